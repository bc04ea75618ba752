import { ErrorCode, PROTOCOL_VERSION, type Topic } from '@heapmark/protocol';
import { describe, expect, it } from 'vitest';
import { createLogger } from '../../../kernel/src/front/log.js';
import { MemoryServer, type MethodHandlers } from '../../../kernel/src/front/memory-server.js';

interface Sent extends Record<string, unknown> {
  error?: { code: number };
  result?: unknown;
}

function setUp(handlers: Partial<MethodHandlers> = {}) {
  const logged: string[] = [];
  const interest: Topic[][] = [];
  const server = new MemoryServer(
    handlers as MethodHandlers,
    { kernelVersion: '1', language: 'typescript', methods: ['hello'], heapLimit: () => null },
    (topics) => interest.push([...topics]),
    createLogger('debug', (line) => logged.push(line)),
  );
  const open = () => {
    const sent: Sent[] = [];
    const peer = server.open((data) => sent.push(data));
    const ask = async (id: number | string, method: string, params: unknown = {}) => {
      peer.receive({ jsonrpc: '2.0', id, method, params });
      while (!sent.some((data) => data['id'] === id)) await new Promise((resolve) => setImmediate(resolve));
      return sent.findLast((data) => data['id'] === id) as Sent;
    };
    return { peer, sent, ask };
  };
  const greeted = async () => {
    const peer = open();
    await peer.ask('hello', 'hello', { version: PROTOCOL_VERSION, client: 't' });
    return peer;
  };
  return { server, open, greeted, logged, interest };
}

const sample = {
  time: 1,
  rss: null,
  heapUsed: null,
  heapTotal: null,
  heapLimit: null,
  arrayBuffers: null,
  otherExternal: null,
  workers: null,
  native: null,
  tensors: null,
  gpu: null,
  busy: true,
};

const warning = { kind: 'other' as const, text: 'w' };

describe('the memory server', () => {
  it('sends nothing that was not asked for', async () => {
    const { server, greeted } = setUp();
    const { sent, ask } = await greeted();
    server.emit('warning', warning);
    expect(sent).toHaveLength(1);
    await ask(1, 'subscribe', { topics: ['warning'] });
    server.emit('warning', warning);
    expect(sent.at(-1)).toEqual({ jsonrpc: '2.0', method: 'warning', params: warning });
    await ask(2, 'subscribe', { topics: [] });
    const before = sent.length;
    server.emit('warning', warning);
    expect(sent).toHaveLength(before);
  });

  it('tells what anybody wants, also when a comm closes', async () => {
    const { greeted, interest } = setUp();
    const one = await greeted();
    const two = await greeted();
    await one.ask(1, 'subscribe', { topics: ['sample'] });
    await two.ask(1, 'subscribe', { topics: ['cell'] });
    two.peer.close();
    expect(interest).toEqual([['sample'], ['sample', 'cell'], ['sample']]);
  });

  it('sends samples no faster than a comm wants them', async () => {
    const { server, greeted } = setUp();
    const { sent, ask } = await greeted();
    await ask(1, 'subscribe', { topics: ['sample'], sampleEveryMs: 60_000 });
    for (let n = 0; n < 5; n += 1) server.emit('sample', sample);
    expect(sent.filter((data) => data['method'] === 'sample')).toHaveLength(1);
  });

  it('leaves out samples, but none of the collections that they tell of', async () => {
    const { server, greeted } = setUp();
    const { sent, ask } = await greeted();
    const mark = (time: number, pauseMs: number) =>
      ({ time, kind: 'minor', count: 1, pauseMs, longestMs: pauseMs, freed: 10, heapUsed: 100 - time }) as const;
    const told = () =>
      sent
        .filter((data) => data['method'] === 'sample')
        .map((data) => (data['params'] as { collections: unknown }).collections);
    await ask(1, 'subscribe', { topics: ['sample'], sampleEveryMs: 60_000 });
    for (const [time, pause] of [
      [1, 3],
      [2, 7],
      [3, 5],
    ] as const)
      server.emit('sample', { ...sample, collections: [mark(time, pause)] });
    expect(told()).toEqual([[mark(1, 3)]]);
    // Another wish counts from anew.
    await ask(2, 'subscribe', { topics: ['sample'] });
    server.emit('sample', { ...sample, collections: [] });
    expect(told()[1]).toEqual([
      { time: 3, kind: 'minor', count: 2, pauseMs: 12, longestMs: 7, freed: 20, heapUsed: 97 },
    ]);
  });

  it('does not send an answer or an event that breaks the contract', async () => {
    const { server, greeted, logged } = setUp({ cells: async () => ({ cells: 'all' }) as never });
    const { ask, sent } = await greeted();
    expect((await ask(1, 'cells')).error?.code).toBe(ErrorCode.internalError);
    await ask(2, 'subscribe', { topics: ['warning'] });
    server.emit('warning', { text: 7 } as never);
    expect(sent.some((data) => data['method'] === 'warning')).toBe(false);
    expect(logged).toHaveLength(2);
  });

  it('cancels what is under way, and what a closed comm had asked', async () => {
    const signals: AbortSignal[] = [];
    const { greeted } = setUp({ gc: (_params, signal) => (signals.push(signal), new Promise(() => undefined)) });
    const { ask, peer } = await greeted();
    const waiting = ask('slow', 'gc');
    expect((await ask(1, 'cancel', { id: 'slow' })).result).toEqual({ cancelled: true });
    expect((await waiting).error?.code).toBe(ErrorCode.cancelled);
    expect((await ask(2, 'cancel', { id: 'slow' })).result).toEqual({ cancelled: false });
    void ask('other', 'gc');
    await new Promise((resolve) => setImmediate(resolve));
    peer.close();
    expect(signals.map(({ aborted }) => aborted)).toEqual([true, true]);
  });

  it('refuses an id that is in use', async () => {
    const { greeted } = setUp({ gc: () => new Promise(() => undefined) });
    const { peer, sent } = await greeted();
    for (let n = 0; n < 2; n += 1) peer.receive({ jsonrpc: '2.0', id: 'same', method: 'gc', params: {} });
    while (!sent.some((data) => data['error'])) await new Promise((resolve) => setImmediate(resolve));
    expect(sent.at(-1)?.error?.code).toBe(ErrorCode.invalidRequest);
  });
});
