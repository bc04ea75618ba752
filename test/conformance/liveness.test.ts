import { describe, expect, it } from 'vitest';
import { openMemory } from '../helpers/memory-comm.js';
import { useKernel } from '../helpers/shared-kernel.js';

const shared = useKernel();
const SPIN_MS = 10_000;
const PROMISED_MS = 200;

describe('while a cell spins for ten seconds', () => {
  it('kernel_info, completion and the memory protocol answer within 200 ms', async () => {
    const { client } = shared;
    await client.execute('const tableOfThings = [1, 2, 3];');
    const memory = await openMemory(client);
    await memory.request('variables', {});
    await client.request('complete_request', { code: 'tableOf', cursor_pos: 7 });
    const id = client.submit(
      `console.log("begun"); { const until = Date.now() + ${SPIN_MS}; while (Date.now() < until); }`,
    );
    await client.until((message) => message.parent.msg_id === id && message.header.msg_type === 'stream');
    const took: Record<string, number[]> = { kernel_info: [], complete: [], memory: [], variables: [] };
    const timed = async (name: string, action: () => Promise<unknown>): Promise<void> => {
      const began = performance.now();
      await action();
      took[name]?.push(performance.now() - began);
    };
    const running = () =>
      !client.seen.some((message) => message.parent.msg_id === id && message.content['execution_state'] === 'idle');
    while (running()) {
      await timed('kernel_info', () => client.request('kernel_info_request'));
      await timed('complete', () => client.request('complete_request', { code: 'tableOf', cursor_pos: 7 }));
      await timed('memory', () => memory.request('memory', {}));
      await timed('variables', async () => {
        const answer = (await memory.request('variables', {})) as { stale: boolean };
        if (running()) expect(answer.stale).toBe(true);
      });
    }
    for (const [name, times] of Object.entries(took)) {
      const sorted = [...times].sort((a, b) => a - b);
      const high = sorted[Math.floor(sorted.length * 0.95)] as number;
      expect(high, `${name}: ${times.length} answers, 95 % within ${high.toFixed(0)} ms`).toBeLessThan(PROMISED_MS);
    }
    expect((await client.exchange(id)).reply.content['status']).toBe('ok');
  });
});
