import { PROTOCOL_VERSION } from '@heapmark/protocol';
import { expect, test } from 'vitest';
import type { Compiler } from '../../../kernel/src/compiler/contract.js';
import { createLogger } from '../../../kernel/src/front/log.js';
import { MemoryDesk } from '../../../kernel/src/front/memory-desk.js';
import type { Runtime } from '../../../kernel/src/front/runtime.js';
import type { RawUsage } from '../../../kernel/src/ipc/messages.js';

const MB = 1e6;
const HEAP_LIMIT = 4_000 * MB;

interface Sent extends Record<string, unknown> {
  method?: string;
  params?: Record<string, unknown>;
}

/** A desk over a runtime that does nothing, with a panel that listens to warnings and samples. */
async function listening() {
  const runtime = {
    pid: null,
    heapLimit: HEAP_LIMIT,
    configure: () => undefined,
    watch: () => undefined,
    watchHeapEnd: () => undefined,
  } as unknown as Runtime;
  const desk = new MemoryDesk({
    runtime,
    compiler: {} as Compiler,
    language: 'typescript',
    log: createLogger('debug', () => undefined),
    busy: () => true,
    stopForMemory: () => undefined,
  });
  const sent: Sent[] = [];
  const peer = desk.open((data) => sent.push(data));
  const ask = async (id: number, method: string, params: object): Promise<void> => {
    peer.receive({ jsonrpc: '2.0', id, method, params });
    while (!sent.some((data) => data['id'] === id)) await new Promise((resolve) => setImmediate(resolve));
  };
  await ask(1, 'hello', { version: PROTOCOL_VERSION, client: 'test' });
  await ask(2, 'subscribe', { topics: ['warning', 'sample'] });
  const told = (method: string) => sent.filter((data) => data.method === method).map(({ params }) => params ?? {});
  return { desk, told };
}

/** A sample right after a full collection that left so much. */
const left = (second: number, heapUsed: number): RawUsage => ({
  time: second * 1_000,
  rss: heapUsed,
  heapUsed,
  heapTotal: heapUsed,
  arrayBuffers: 0,
  external: 0,
  collections: [{ time: second * 1_000, kind: 'major', count: 1, pauseMs: 5, longestMs: 5, freed: 0, heapUsed }],
});

test('a cell that grows steadily is warned of on the memory protocol, and its collections come with the samples', async () => {
  const { desk, told } = await listening();
  desk.setBusy(true);
  for (let second = 1; second <= 60; second++) desk.sampled(left(second, (100 + 20 * second) * MB));
  desk.setBusy(false);
  const [growth] = told('warning').filter(({ kind }) => kind === 'growth');
  expect(growth).toMatchObject({
    text: expect.stringMatching(
      /^The running cell grows steadily: 20\.0 MB a second .* reaches V8's heap limit, 4\.00 GB/,
    ),
    limit: HEAP_LIMIT,
    bytesPerSecond: 20 * MB,
  });
  expect(told('sample')[0]?.['collections']).toHaveLength(1);
});

test('a cell is not warned of for what the one before it took', async () => {
  const { desk, told } = await listening();
  desk.setBusy(true);
  for (let second = 1; second <= 13; second++) desk.sampled(left(second, 60 * second * MB));
  desk.setBusy(false);
  desk.setBusy(true);
  for (let second = 14; second <= 27; second++) desk.sampled(left(second, 60 * second * MB));
  desk.setBusy(false);
  expect(told('warning')).toEqual([]);
});
