import { describe, expect, it } from 'vitest';
import type { Compilation } from '../../../kernel/src/compiler/contract.js';
import { Executor } from '../../../kernel/src/front/executor.js';
import { createLogger } from '../../../kernel/src/front/log.js';
import { RuntimeDiedError } from '../../../kernel/src/front/runtime.js';
import type { ReceivedMessage } from '../../../kernel/src/front/wire.js';

const request = (id: string): ReceivedMessage => ({
  identities: [],
  header: { msg_id: id, msg_type: 'execute_request', session: 's', username: '', date: '', version: '5.5' },
  parent: {},
  metadata: {},
  content: {},
  buffers: [],
});
const compiled = { ok: true, id: 5, cell: {} } as Compilation;
const done = { status: 'ok', error: null, defined: ['x'], userExpressions: {}, payload: [], measure: null };

function setUp(compile: () => Promise<Compilation>, run: () => Promise<unknown>, runtime: object = {}) {
  const log: string[] = [];
  const note =
    (name: string) =>
    (...args: unknown[]): void =>
      void log.push([name, ...args.filter((arg) => typeof arg === 'number' || Array.isArray(arg))].join(' '));
  let wake: () => void = () => undefined;
  const replies = new Map<string, Record<string, unknown>>();
  const executor = new Executor({
    broadcast: {
      busy: note('busy'),
      idle: note('idle'),
      cellBegins: note('begins'),
      cellEnds: note('ends'),
      executeInput: note('input'),
      error: note('error'),
    },
    cells: { begin: note('record'), end: (status: string) => log.push(`recorded ${status}`) },
    compiler: { compile, settle: note('settle') },
    history: { add: note('history') },
    runtime: { newId: () => 1, run, send: () => undefined, hold: () => undefined, ...runtime },
    stdin: { cancel: () => undefined },
    log: createLogger('off', () => undefined),
    begins: () => undefined,
    reply: (message: ReceivedMessage, content: Record<string, unknown>) => {
      replies.set(message.header.msg_id, content);
      wake();
    },
    busyChanged: () => undefined,
    now: () => 0,
  } as never);
  const replyTo = async (id: string): Promise<Record<string, unknown>> => {
    while (!replies.has(id)) await new Promise<void>((resolve) => (wake = resolve));
    return replies.get(id) as Record<string, unknown>;
  };
  return { executor, replyTo, log };
}

describe('the executor', () => {
  it('runs a cell from its request to its reply, and tells the compiler what it defined', async () => {
    const { executor, replyTo, log } = setUp(
      async () => compiled,
      async () => done,
    );
    executor.submit(request('a'), { code: 'x' });
    expect(await replyTo('a')).toMatchObject({ status: 'ok', execution_count: 1 });
    expect(log.filter((line) => line.startsWith('settle'))).toEqual(['settle 5 x']);
  });

  it('can be stopped while the compiler works, and drops what that makes', async () => {
    let finish: (value: Compilation) => void = () => undefined;
    const { executor, replyTo, log } = setUp(
      () => new Promise((resolve) => (finish = resolve)),
      () => Promise.reject(new Error('it must not run')),
    );
    executor.submit(request('a'), { code: 'x' });
    void executor.stop('interrupt');
    expect(await replyTo('a')).toMatchObject({ status: 'error', ename: 'KeyboardInterrupt' });
    finish(compiled);
    await new Promise((resolve) => setImmediate(resolve));
    expect(log.some((line) => line.startsWith('settle 5'))).toBe(true);
  });

  it('aborts what is queued when the runtime dies, whatever the cells wanted', async () => {
    const report = { ename: 'RuntimeDied', evalue: 'gone', traceback: [] };
    const { executor, replyTo } = setUp(
      async () => compiled,
      () => Promise.reject(new RuntimeDiedError(report, null)),
    );
    executor.submit(request('a'), { code: 'x', stop_on_error: false });
    executor.submit(request('b'), { code: 'y', stop_on_error: false });
    expect(await replyTo('a')).toMatchObject({ status: 'error', ename: 'RuntimeDied' });
    expect(await replyTo('b')).toEqual({ status: 'aborted' });
  });

  it('answers a cell even when the compiler fails', async () => {
    const { executor, replyTo } = setUp(
      () => Promise.reject(new Error('broken')),
      async () => done,
    );
    executor.submit(request('a'), { code: 'x' });
    expect(await replyTo('a')).toMatchObject({ status: 'error', evalue: expect.stringContaining('broken') });
  });

  it('calls an interrupted cell interrupted, whatever the cell itself made of it', async () => {
    let end: (value: unknown) => void = () => undefined;
    const error = {
      ename: 'Error',
      evalue: 'Command failed: sleep 9\nmore',
      traceback: ['Error: Command failed', 'at'],
    };
    const { executor, replyTo, log } = setUp(
      async () => compiled,
      () => new Promise((resolve) => (end = resolve)),
      { interruptChildren: () => end({ ...done, status: 'error', error }) },
    );
    executor.submit(request('a'), { code: 'x' });
    await new Promise((resolve) => setImmediate(resolve));
    await executor.stop('interrupt');
    expect(await replyTo('a')).toMatchObject({
      ename: 'KeyboardInterrupt',
      evalue: 'The cell was interrupted. It ended with Error: Command failed: sleep 9',
      traceback: [expect.stringContaining('KeyboardInterrupt'), ...error.traceback],
    });
    expect(log).toContain('recorded aborted');
  });

  it('asks for the end of background work when no cell runs, once at a time, and runs the next cell after that', async () => {
    const sent: string[] = [];
    let answered: () => void = () => undefined;
    const { executor, replyTo } = setUp(
      async () => compiled,
      async () => (sent.push('run'), done),
      {
        pid: 1,
        interruptChildren: () => undefined,
        send: ({ type }: { type: string }) => type !== 'quiet' && sent.push(type),
        answerTo: () => new Promise<void>((resolve) => (answered = resolve)),
        terminate: async () => true,
      },
    );
    const stopping = Promise.all([executor.stop('interrupt'), executor.stop('interrupt')]);
    executor.submit(request('a'), { code: 'x' });
    await new Promise((resolve) => setImmediate(resolve));
    expect(sent).toEqual(['stopBackground']);
    answered();
    await stopping;
    expect(await replyTo('a')).toMatchObject({ status: 'ok' });
    expect(sent.at(-1)).toBe('run');
  });
});
