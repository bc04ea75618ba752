/** How long others wait for an answer while a cell spins without a pause. */
import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { FigureId } from '../figures.js';
import type { KernelClient } from '../kernel-client.js';
import { Session } from '../session.js';
import { median } from '../statistics.js';
import type { Measurement } from './measurement.js';
import { assertOk } from './assert-ok.js';

const SPIN_MS = 10_000;
const QUICK_SPIN_MS = 3_000;
const BETWEEN_MS = 100;

export const responsiveness: Measurement = {
  name: 'responsiveness',
  figures: ['kernelInfoMedian', 'kernelInfoMax', 'completeMedian', 'completeMax', 'panelMedian', 'panelMax'],
  once: true,
  async run(kernel, { results, scratch, quick }) {
    const { session } = await Session.launch(kernel, scratch);
    const { client } = session;
    try {
      assertOk(await client.execute('const tau = 2 * Math.PI'), kernel);
      const panel = kernel === 'heapmark' ? await openPanel(client) : null;
      const spin = quick ? QUICK_SPIN_MS : SPIN_MS;

      let spinning = true;
      const cell = client
        .execute(`{ const end = Date.now() + ${spin}; while (Date.now() < end); }`)
        .finally(() => (spinning = false));
      const probe = async (ask: () => Promise<unknown>): Promise<number[]> => {
        const waits: number[] = [];
        await delay(BETWEEN_MS);
        while (spinning) {
          const asked = performance.now();
          await ask();
          waits.push(performance.now() - asked);
          await delay(BETWEEN_MS);
        }
        return waits;
      };
      const [info, complete, memory, run] = await Promise.all([
        probe(() => client.request('kernel_info_request', {})),
        probe(() => client.request('complete_request', { code: 'Math.ma', cursor_pos: 7 })),
        panel === null ? [] : probe(panel),
        cell,
      ]);
      assertOk(run, kernel);
      const add = (middle: FigureId, longest: FigureId, waits: number[]): void => {
        results.add(kernel, middle, median(waits));
        results.add(kernel, longest, Math.max(...waits));
      };
      add('kernelInfoMedian', 'kernelInfoMax', info);
      add('completeMedian', 'completeMax', complete);
      if (panel !== null) add('panelMedian', 'panelMax', memory);
      else
        for (const figure of ['panelMedian', 'panelMax'] as const) results.missing(kernel, figure, 'it has no panel');
    } finally {
      await session.end();
    }
  },
};

/** Opens the memory comm as the panel does. Returns what asks for the memory and waits for the answer. */
async function openPanel(client: KernelClient): Promise<() => Promise<unknown>> {
  const comm = randomUUID();
  const ask = async (method: string, params: Record<string, unknown>): Promise<unknown> => {
    const id = randomUUID();
    const answered = new Promise<unknown>((resolve, reject) => {
      const stop = client.onBroadcast((message) => {
        const data = message.content['data'] as { id?: unknown; error?: { message?: string } } | undefined;
        if (message.header.msg_type !== 'comm_msg' || data?.id !== id) return;
        stop();
        if (data.error === undefined) resolve(data);
        else reject(new Error(`The kernel refused ${method}: ${String(data.error.message)}`));
      });
    });
    await client.post('comm_msg', { comm_id: comm, data: { jsonrpc: '2.0', id, method, params } });
    return answered;
  };
  await client.post('comm_open', { comm_id: comm, target_name: 'heapmark.memory', data: {} });
  await ask('hello', { version: 1, client: 'bench' });
  return () => ask('memory', {});
}
