import { describe, expect, it } from 'vitest';
import { ErrorCode, PROTOCOL_VERSION } from '@heapmark/protocol';
import { MemoryComm, openMemory } from '../helpers/memory-comm.js';
import { useKernel } from '../helpers/shared-kernel.js';

const shared = useKernel();
const open = () => openMemory(shared.client);

describe('the first exchange', () => {
  it('tells versions, methods and topics', async () => {
    const comm = new MemoryComm(shared.client);
    const hello = await comm.request('hello', { version: PROTOCOL_VERSION, client: 'test' });
    expect(hello).toMatchObject({ version: PROTOCOL_VERSION, kernel: 'heapmark', language: 'typescript' });
    expect(hello.methods).toEqual(expect.arrayContaining(['variables', 'free', 'cells', 'subscribe']));
  });

  it('is refused when no version is common', async () => {
    const comm = new MemoryComm(shared.client);
    await expect(comm.request('hello', { version: 0, client: 'old' })).rejects.toMatchObject({
      code: ErrorCode.unsupportedVersion,
    });
  });

  it('must be first', async () => {
    const comm = new MemoryComm(shared.client);
    await expect(comm.request('cells', {})).rejects.toMatchObject({ code: ErrorCode.invalidRequest });
  });
});

describe('bad requests', () => {
  it.each([
    ['no JSON-RPC', { hello: 1 }, ErrorCode.invalidRequest],
    ['a request without id', { jsonrpc: '2.0', method: 'cells' }, ErrorCode.invalidRequest],
  ])('%s gets error', async (_name, data, code) => {
    const comm = await open();
    comm.send(data);
    await expect(comm.answer(null)).rejects.toMatchObject({ code });
  });

  it('of unknown methods and wrong parameters say which', async () => {
    const comm = await open();
    comm.send({ jsonrpc: '2.0', id: 'a', method: 'brew', params: {} });
    await expect(comm.answer('a')).rejects.toMatchObject({
      code: ErrorCode.methodNotFound,
      message: expect.stringContaining('brew'),
    });
    comm.send({ jsonrpc: '2.0', id: 'b', method: 'free', params: { names: 'x' } });
    await expect(comm.answer('b')).rejects.toMatchObject({
      code: ErrorCode.invalidParams,
      message: expect.stringContaining('names'),
    });
  });
});

describe('cells', () => {
  it('has a record for each execution, with the cell id of the request', async () => {
    const comm = await open();
    await shared.client.execute('let grown = new Array(100_000).fill(0);', {}, { cellId: 'cell-a' });
    const { cells } = await comm.request('cells', { limit: 1 });
    expect(cells[0]).toMatchObject({
      cellId: 'cell-a',
      status: 'ok',
      source: 'let grown = new Array(100_000).fill(0);',
    });
    expect(cells[0]?.delta).toBeGreaterThan(100_000);
    expect(cells[0]?.peak).toBeGreaterThan(0);
    expect(cells[0]?.elapsedMs).toBeGreaterThan(0);
  });
});

describe('subscriptions', () => {
  it('tell when a cell began, ended and was confirmed', async () => {
    const comm = await open();
    await comm.request('subscribe', { topics: ['cell'] });
    // Cells that follow one another at once are confirmed together: the ones before must be through.
    const before = comm.event('cell', ({ cell }) => cell.status === 'ok' && (cell.settled || cell.group !== null));
    await shared.client.execute('let before = 1;');
    await before;
    const running = comm.event('cell', ({ cell }) => cell.status === 'running');
    const ended = comm.event('cell', ({ cell }) => cell.status === 'ok');
    const settled = comm.event('cell', ({ cell }) => cell.settled);
    await shared.client.execute(
      'let kept = Array.from({ length: 50_000 }, (_v, n) => ({ n }));',
      {},
      { cellId: 'cell-b' },
    );
    expect((await running).cell.cellId).toBe('cell-b');
    expect((await ended).cell.delta).not.toBeNull();
    const record = (await settled).cell;
    expect(record).toMatchObject({ cellId: 'cell-b', settled: true });
    expect(record.delta).toBeGreaterThan(1_000_000);
  });

  it('tell the highest of a cell that never gave up the thread, and of which kind it was', async () => {
    const comm = await open();
    await comm.request('subscribe', { topics: ['cell'] });
    const peakOf = async (code: string) => {
      const ended = comm.event('cell', ({ cell }) => cell.status === 'ok' && cell.cellId === code);
      await shared.client.execute(code, {}, { cellId: code });
      const { peak, peakKind, peakPrecision, before } = (await ended).cell;
      const start = (before?.heapUsed ?? 0) + (before?.arrayBuffers ?? 0) + (before?.otherExternal ?? 0);
      return { rise: (peak ?? 0) - start, peakKind, peakPrecision };
    };
    // The first buffer is garbage long before the cell ends, and the others have V8 collect it.
    const buffers = await peakOf(
      '(() => { new Uint8Array(3e8).fill(1); for (let i = 0; i < 50; i++) new Uint8Array(4e6); })()',
    );
    expect(buffers.rise).toBeGreaterThanOrEqual(3e8);
    expect(['arrayBuffers', 'external']).toContain(buffers.peakKind);
    const objects = await peakOf('(() => { for (let i = 0; i < 4; i++) new Array(5e6).fill(i); })()');
    expect(objects).toMatchObject({ peakKind: 'heapUsed', peakPrecision: 'atLeast' });
    expect(objects.rise).toBeGreaterThanOrEqual(4e7);
  });

  it('bring samples while a cell spins, and none when nobody asked', async () => {
    const { client } = shared;
    const listening = await open();
    const silent = await open();
    await listening.request('subscribe', { topics: ['sample'] });
    const sample = listening.event('sample', ({ busy }) => busy);
    await client.execute('{ const until = Date.now() + 1500; while (Date.now() < until); }');
    expect(await sample).toMatchObject({ busy: true, heapUsed: expect.any(Number), rss: expect.any(Number) });
    await listening.request('subscribe', { topics: [] });
    const before = listening.events.length;
    await client.execute('{ const until = Date.now() + 800; while (Date.now() < until); }');
    expect(listening.events.length).toBe(before);
    expect(silent.events).toEqual([]);
  });

  it('bring the variables when they change', async () => {
    const comm = await open();
    await comm.request('subscribe', { topics: ['variables'] });
    const told = comm.event('variables', ({ record }) => record.variables.some(({ name }) => name === 'announced'));
    await shared.client.execute('let announced = "here";');
    expect((await told).record.variables.find(({ name }) => name === 'announced')?.type).toBe('string');
  });
});

describe('answers of the kernel', () => {
  it('list variables, free them, and know they are gone', async () => {
    const comm = await open();
    await shared.client.execute('let doomed = new Float64Array(1_000_000);');
    const before = await comm.request('variables', {});
    expect(before.stale).toBe(false);
    expect(before.record.variables.find(({ name }) => name === 'doomed')?.bytes).toBeGreaterThanOrEqual(8_000_000);
    const freed = await comm.request('free', { names: ['doomed'] });
    expect(freed.freed).toEqual(['doomed']);
    const after = await comm.request('variables', {});
    expect(after.record.variables.some(({ name }) => name === 'doomed')).toBe(false);
    const { reply } = await shared.client.execute('doomed');
    expect(reply.content['status']).toBe('error');
  });

  it('tell where memory stands, and the limits', async () => {
    const comm = await open();
    const { sample, limits } = await comm.request('memory', {});
    expect(sample.heapUsed).toBeGreaterThan(1_000_000);
    expect(limits.map(({ kind }) => kind)).toEqual(expect.arrayContaining(['heap', 'machine']));
  });

  it('tell the processes, and end only those that user code started', async () => {
    const comm = await open();
    await shared.client.execute('import { spawn } from "node:child_process"; const sleeper = spawn("sleep", ["60"]);');
    const { processes } = await comm.request('processes', {});
    expect(processes.map(({ role }) => role)).toEqual(expect.arrayContaining(['front', 'runtime', 'child']));
    const child = processes.find(({ role }) => role === 'child');
    expect(await comm.request('endProcess', { pid: child?.pid as number })).toEqual({ ended: true });
    const front = processes.find(({ role }) => role === 'front');
    await expect(comm.request('endProcess', { pid: front?.pid as number })).rejects.toMatchObject({
      code: ErrorCode.usage,
    });
    await expect(comm.request('endProcess', { pid: 1 })).rejects.toMatchObject({ code: ErrorCode.usage });
  });

  it('about tensors, devices and caches are answered although none is there', async () => {
    const comm = await open();
    expect(await comm.request('tensors', {})).toMatchObject({ tensors: [] });
    expect(await comm.request('caches', {})).toMatchObject({ caches: [] });
    expect(await comm.request('gpu', {})).toHaveProperty('devices');
  });

  it('change the settings', async () => {
    const comm = await open();
    expect(await comm.request('settings', { settlePauseLimitMs: 50 })).toMatchObject({ settlePauseLimitMs: 50 });
    expect(await comm.request('settings', { settlePauseLimitMs: 200 })).toMatchObject({ settlePauseLimitMs: 200 });
  });

  it('are cancelled on request', async () => {
    const comm = await open();
    const spinning = shared.client.submit(
      'console.log("begun"); { const until = Date.now() + 3000; while (Date.now() < until); }',
    );
    await shared.client.until((message) => message.parent.msg_id === spinning && message.header.msg_type === 'stream');
    comm.send({ jsonrpc: '2.0', id: 'slow', method: 'gc', params: {} });
    expect(await comm.request('cancel', { id: 'slow' })).toEqual({ cancelled: true });
    await expect(comm.answer('slow')).rejects.toMatchObject({ code: ErrorCode.cancelled });
    await shared.client.exchange(spinning);
  });
});

describe('a memory limit', () => {
  it('stops a runaway cell, and the variables stay', async () => {
    const comm = await open();
    await shared.client.execute('let survivor = "alive";');
    const { sample } = await comm.request('memory', {});
    await comm.request('memlimit', { bytes: (sample.rss as number) + 150_000_000 });
    const { reply } = await shared.client.execute(
      'const heap: Uint8Array[] = []; for (;;) { heap.push(new Uint8Array(1_000_000).fill(1)); }',
    );
    expect(reply.content).toMatchObject({ status: 'error', ename: 'MemoryLimitError' });
    expect(await comm.request('memlimit', { bytes: null })).toMatchObject({ limit: null });
    expect((await shared.client.execute('survivor')).reply.content['status']).toBe('ok');
    await comm.request('free', { names: ['heap'] });
  });
});
