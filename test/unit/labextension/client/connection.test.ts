import { ErrorCode, ProtocolError, notification, result } from '@heapmark/protocol';
import { describe, expect, it } from 'vitest';
import { Connection, type MemoryEvent } from '../../../../labextension/src/client/connection.js';
import { FakeChannel, settle } from '../fake-kernel.js';
import { memoryRecord, sample, variables } from '../records.js';

function connect() {
  const channel = new FakeChannel();
  const seen = { events: [] as MemoryEvent[], closed: 0, invalid: [] as Error[] };
  const connection = new Connection(channel, {
    onEvent: (event) => seen.events.push(event),
    onClosed: () => (seen.closed += 1),
    onInvalid: (problem) => seen.invalid.push(problem),
  });
  return { channel, connection, seen };
}

describe('a connection to the memory of a kernel', () => {
  it('gives each request an id of its own and matches answers that come in another order', async () => {
    const { channel, connection } = connect();
    const memory = connection.request('memory', {});
    const cells = connection.request('cells', {});
    expect(channel.sent.map(({ id }) => id)).toEqual([1, 2]);
    channel.answer('cells', { cells: [] });
    channel.answer('memory', memoryRecord());
    await expect(cells).resolves.toEqual({ cells: [] });
    await expect(memory).resolves.toMatchObject({ sample: { heapUsed: 100e6 } });
  });

  it("rejects with the kernel's own code and words", async () => {
    const { channel, connection } = connect();
    const answer = connection.request('free', { names: ['x'] });
    channel.refuse('free', ErrorCode.usage, 'There is no variable x.');
    await expect(answer).rejects.toMatchObject({ code: ErrorCode.usage, message: 'There is no variable x.' });
  });

  it('rejects an answer that does not fit its schema, and says where', async () => {
    const { channel, connection } = connect();
    const answer = connection.request('variables', {});
    channel.onMessage?.(result(1, { record: { ...variables([]), totalBytes: 'many' }, stale: false, asOf: 1 }));
    await expect(answer).rejects.toThrow('/record/totalBytes');
  });

  it.each([
    ['no object', 'hello'],
    ['null', null],
    ['another version', { jsonrpc: '1.0', id: 1, result: {} }],
    ['an event with a payload that does not fit', notification('sample', { time: 'now' })],
    ['a list', [result(1, {})]],
  ])('drops and reports %s', (_, data) => {
    const { channel, seen } = connect();
    channel.onMessage?.(data);
    expect(seen.events).toEqual([]);
    expect(seen.invalid).toHaveLength(1);
  });

  it('leaves events alone that a newer kernel may send', () => {
    const { channel, seen } = connect();
    channel.onMessage?.(notification('toString', {}));
    channel.onMessage?.(notification('weather', { sunny: true }));
    expect(seen).toMatchObject({ events: [], invalid: [] });
  });

  it('leaves answers alone that nobody asked for', () => {
    const { channel, seen } = connect();
    channel.onMessage?.(result(77, {}));
    channel.onMessage?.(result('one', {}));
    expect(seen).toMatchObject({ events: [], invalid: [], closed: 0 });
  });

  it('hands valid events on', () => {
    const { channel, seen } = connect();
    channel.tell('sample', sample({ time: 5 }));
    expect(seen.events).toEqual([{ name: 'sample', payload: sample({ time: 5 }) }]);
  });

  it('rejects what is pending when the kernel closes, once, and says what to do', async () => {
    const { channel, connection, seen } = connect();
    const answer = connection.request('memory', {});
    channel.onClose?.();
    await expect(answer).rejects.toThrow('Restart the kernel');
    expect(seen.closed).toBe(1);
    expect(connection.isOpen).toBe(false);
    await expect(connection.request('memory', {})).rejects.toBeInstanceOf(ProtocolError);
    expect(channel.sent).toHaveLength(1);
  });

  it('closes the comm from this side without hearing of it again', async () => {
    const { channel, connection, seen } = connect();
    const answer = connection.request('memory', {});
    connection.close();
    connection.close();
    await expect(answer).rejects.toMatchObject({ code: ErrorCode.cancelled });
    expect(channel.isClosed).toBe(true);
    expect(seen.closed).toBe(0);
  });

  it('asks the kernel to cancel what is aborted, and leaves it alone once it is answered', async () => {
    const { channel, connection } = connect();
    const abort = new AbortController();
    const answer = connection.request('gc', {}, { signal: abort.signal });
    abort.abort();
    expect(channel.asked('cancel')).toMatchObject([{ params: { id: 1 } }]);
    channel.refuse('gc', ErrorCode.cancelled, 'Cancelled.');
    await expect(answer).rejects.toMatchObject({ code: ErrorCode.cancelled });

    const late = new AbortController();
    const other = connection.request('cells', {}, { signal: late.signal });
    channel.answer('cells', { cells: [] });
    await other;
    late.abort();
    expect(channel.asked('cancel')).toHaveLength(1);
  });

  it('rejects when the message cannot be sent', async () => {
    const { channel, connection } = connect();
    channel.send = () => Promise.reject(new Error('socket closed'));
    await expect(connection.request('memory', {})).rejects.toMatchObject({ code: ErrorCode.cancelled });
  });

  it('tells when the kernel has dealt with a message that it does not answer', async () => {
    const { channel, connection } = connect();
    let handled = false;
    void connection.request('hello', { version: 1, client: 'test' }, { handled: () => (handled = true) });
    expect(handled).toBe(false);
    channel.dealtWith[0]?.();
    await settle();
    expect(handled).toBe(true);
  });
});
