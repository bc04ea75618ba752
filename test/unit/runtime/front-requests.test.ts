import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CommMessage } from '../../../kernel/src/ipc/messages.js';
import { startRuntime, type TestRuntime } from './child.js';

let runtime: TestRuntime;
beforeAll(async () => {
  runtime = await startRuntime();
});
afterAll(() => runtime.stop());

let requests = 100;
async function request(
  method: 'cells' | 'gpu' | 'caches' | 'gc' | 'tensors',
  then: (id: number) => void = () => undefined,
) {
  const id = ++requests;
  const reply = runtime.next('reply', (frame) => frame.id === id);
  runtime.send({ type: 'request', id, method, params: {}, tag: null });
  then(id);
  return reply;
}

describe('a request', () => {
  it('is answered with a result or with its error, one reply each', async () => {
    expect(await request('cells')).toMatchObject({ ok: true, value: { cells: [] } });
    expect(await request('gpu')).toMatchObject({
      ok: false,
      code: -32002,
      message: 'There is no GPU.',
      data: { reason: 'none' },
    });
    expect(await request('gc')).toMatchObject({ ok: false, code: -32603, message: 'broken' });
    expect(await request('tensors')).toMatchObject({ ok: false, code: -32601 });
  });

  it('may be cancelled', async () => {
    expect(await request('caches', (id) => runtime.send({ type: 'cancel', id }))).toMatchObject({
      ok: false,
      code: -32004,
    });
    runtime.send({ type: 'cancel', id: 1 });
    expect(await request('cells')).toMatchObject({ ok: true });
  });

  it('is answered while a cell only waits', async () => {
    const { id, done } = runtime.start('await new Promise(() => {})');
    expect(await request('cells')).toMatchObject({ ok: true });
    runtime.send({ type: 'abort', id, reason: 'interrupt' });
    await done;
  });
});

describe('input', () => {
  it('asks the front and gives the answer', async () => {
    runtime.answer = (question) => `${JSON.stringify(question)}!`;
    expect(await runtime.print('console.log(await input("name? "), await input("secret", { password: true }))')).toBe(
      '{"kind":"input","params":{"prompt":"name? ","password":false}}! {"kind":"input","params":{"prompt":"secret","password":true}}!\n',
    );
  });

  it('says why it cannot ask', async () => {
    const { error } = await runtime.run('await input()', { run: { allowStdin: false } });
    expect(error).toMatchObject({ ename: 'StdinNotImplementedError' });
    expect(error?.evalue).toContain('allow_stdin');
  });

  it('gives on the refusal of the front', async () => {
    runtime.answer = () => {
      throw new RangeError('the front is busy');
    };
    expect((await runtime.run('await input()')).error).toMatchObject({
      ename: 'RangeError',
      evalue: 'the front is busy',
    });
  });
});

describe('a comm', () => {
  const nextComm = (kind: CommMessage['kind']) => runtime.next('comm', ({ message }) => message.kind === kind);
  const event = (kind: CommMessage['kind'], commId: string, data: unknown, targetName?: string): void =>
    runtime.send({
      type: 'comm',
      message: { kind, commId, data, metadata: {}, buffers: [], ...(targetName === undefined ? {} : { targetName }) },
    });

  it('opened by a cell sends and receives, buffers too', async () => {
    const opening = nextComm('open');
    const sending = nextComm('msg');
    const { tag } = await runtime.run(
      `const { createComm } = await $hm.import("heapmark"); globalThis.comm = createComm("target", { hello: 1 });
       comm.onMessage(({ data }) => console.log("got", data)).onClose(() => console.log("closed"));
       comm.send({ x: 1 }, { buffers: [new Uint16Array([513])] })`,
    );
    const { message } = await opening;
    expect(message).toMatchObject({ targetName: 'target', data: { hello: 1 } });
    expect(await sending).toMatchObject({ tag, message: { data: { x: 1 }, buffers: [new Uint8Array([1, 2])] } });
    const got = runtime.next('stream', ({ text }) => text.startsWith('got'));
    event('msg', message.commId, { y: 2 });
    expect(await got).toMatchObject({ tag, text: 'got { y: 2 }\n' });
    const closed = runtime.next('stream', ({ text }) => text === 'closed\n');
    event('close', message.commId, {});
    await closed;
    expect((await runtime.run('comm.send(1)')).error?.evalue).toContain('is closed');
  });

  it('opened by the front end reaches the target of a cell; an unknown target is closed', async () => {
    await runtime.run(
      'const { registerCommTarget } = await $hm.import("heapmark"); registerCommTarget("echo", (comm, { data }) => comm.send({ back: data }).close?.())',
    );
    const echoed = nextComm('msg');
    event('open', 'front-1', { n: 1 }, 'echo');
    expect((await echoed).message).toMatchObject({ commId: 'front-1', data: { back: { n: 1 } } });
    const refused = nextComm('close');
    event('open', 'front-2', {}, 'nobody');
    expect((await refused).message.commId).toBe('front-2');
    event('msg', 'never-opened', {});
    expect(await runtime.print('console.log("alive")')).toBe('alive\n');
  });

  it('whose handler throws does not end the runtime', async () => {
    await runtime.run(
      'const { registerCommTarget } = await $hm.import("heapmark"); registerCommTarget("throws", () => { throw new Error("in handler") })',
    );
    const late = runtime.next('lateError');
    event('open', 'front-3', {}, 'throws');
    expect((await late).error.evalue).toBe('in handler');
  });
});
