import { describe, expect, it } from 'vitest';
import { startCompiler } from '../../../kernel/src/compiler/client.js';
import { SessionRecord } from '../../../kernel/src/compiler/session-record.js';
import { Session } from './notebook-session.js';

/** A thread that answers as the text of a function of the message says. */
const thread = (answer: string): URL =>
  new URL(
    `data:text/javascript,${encodeURIComponent(
      `import { parentPort } from 'node:worker_threads'; parentPort.on('message', (call) => { (${answer})(call, (message) => parentPort.postMessage(message)); });`,
    )}`,
  );

describe('the compiler seen from the front', () => {
  it('gets the answer to each of its calls, in whatever order they come', async () => {
    const compiler = startCompiler(
      { folder: '/' },
      thread(`(call, send) => {
        globalThis.held ??= [];
        held.push({ id: call.id, ok: true, value: { status: call.args[0] } });
        if (held.length === 2) for (const each of held.reverse()) send(each);
      }`),
    );
    const answers = await Promise.all([compiler.isComplete('first'), compiler.isComplete('second')]);
    expect(answers).toEqual([{ status: 'first' }, { status: 'second' }]);
    await compiler.close();
  });

  it('hears of an error that the thread answers with', async () => {
    const compiler = startCompiler(
      { folder: '/' },
      thread(`(call, send) => send({ id: call.id, ok: false, error: new Error('no such file') })`),
    );
    await expect(compiler.compileModule('a.ts', '')).rejects.toThrow('no such file');
    await compiler.close();
  });

  it('is told when the thread dies, and that none is left when its successors die too', async () => {
    const compiler = startCompiler({ folder: '/' }, thread(`() => { throw new Error('out of luck') }`));
    await expect(compiler.isComplete('x')).rejects.toThrow(
      'The compiler ended (out of luck). Another one has started and knows the names and types of earlier cells: run this cell again.',
    );
    await expect(compiler.isComplete('y')).rejects.toMatchObject({ name: 'CompilerEnded', code: 'COMPILER_ENDED' });
    await expect(compiler.isComplete('z')).rejects.toThrow('and so did those started after it. Restart the kernel.');
    await compiler.close();
  });

  it('ends what waits when it is closed', async () => {
    const compiler = startCompiler({ folder: '/' }, thread('() => undefined'));
    const waiting = expect(compiler.isComplete('x')).rejects.toThrow('The compiler was closed.');
    await compiler.close();
    await waiting;
  });

  it('gives up what nobody wants any longer, and loses nothing else', async () => {
    const compiler = startCompiler(
      { folder: '/' },
      thread(`(call, send) => {
        globalThis.calls ??= [];
        calls.push([call.method, ...call.args]);
        if (call.args[0] === 'endless') for (;;);
        const value = call.method === 'compile' ? { ok: true, id: 1, cell: {} } : { calls: calls.slice() };
        if (call.id !== null) send({ id: call.id, ok: true, value });
      }`),
    );
    const first = (await compiler.compile('let x = 1', 1)) as { id: number };
    compiler.settle(first.id, ['x']);
    const unwanted = new AbortController();
    const endless = expect(compiler.compile('endless', 2, unwanted.signal)).rejects.toMatchObject({
      code: 'COMPILER_ENDED',
    });
    const next = compiler.isComplete('z');
    unwanted.abort();
    await endless;
    const { calls } = (await next) as unknown as { calls: unknown[] };
    expect(calls).toEqual([
      ['restore', { untyped: [], steps: [{ code: 'let x = 1', executionCount: 1, defined: ['x'] }] }],
      ['isComplete', 'z'],
    ]);
    await compiler.close();
  });

  it('keeps the thread of what was given up and done in time', async () => {
    const compiler = startCompiler(
      { folder: '/' },
      thread(`(call, send) => {
        globalThis.calls = (globalThis.calls ?? 0) + 1;
        if (call.id !== null) send({ id: call.id, ok: true, value: { ok: false, calls } });
      }`),
    );
    const unwanted = new AbortController();
    const compiling = compiler.compile('quick', 1, unwanted.signal);
    unwanted.abort();
    expect(await compiling).toMatchObject({ ok: false, calls: 1 });
    expect(await compiler.isComplete('z')).toMatchObject({ calls: 2 });
    await compiler.close();
  });

  it('is another one after a death, which is told what has happened so far', async () => {
    const compiler = startCompiler(
      { folder: '/' },
      thread(`(call, send) => {
        globalThis.calls ??= [];
        calls.push([call.method, ...call.args]);
        if (call.args[0] === 'boom') throw new Error('boom');
        const value = call.method === 'compile' ? { ok: true, id: 1, cell: {} } : { calls: calls.slice() };
        if (call.id !== null) send({ id: call.id, ok: true, value });
      }`),
    );
    const first = (await compiler.compile('let x = 1', 1)) as { id: number };
    compiler.settle(first.id, ['x']);
    compiler.forget(['x']);
    await compiler.typecheck(false);
    const running = (await compiler.compile('let y = 2', 2)) as { id: number };
    for (let deaths = 0; deaths < 5; deaths += 1) await expect(compiler.isComplete('boom')).rejects.toThrow('boom');
    compiler.settle(running.id, ['y']);
    const steps = [{ code: 'let x = 1', executionCount: 1, defined: ['x'] }, { forget: ['x'] }];
    const { calls } = (await compiler.isComplete('z')) as unknown as { calls: unknown[] };
    expect(calls).toEqual([
      ['restore', { untyped: [], steps }],
      ['typecheck', false],
      ['restore', { untyped: [], steps: [{ code: 'let y = 2', executionCount: 2, defined: ['y'] }] }],
      ['isComplete', 'z'],
    ]);
    await compiler.close();
  });
});

describe('a new compiler', () => {
  it('knows names, types, what was freed, and what is only a name', () => {
    const old = new SessionRecord();
    old.settled('interface P { x: number }; let p: P = { x: 1 }', 1, ['p']);
    old.settled('let gone = 1', 2, ['gone']);
    old.forgotten(['gone']);
    const session = new Session();
    session.service.restore({ ...old.restoration(true), untyped: ['loose'] });
    expect(session.errors('p.y')).toEqual([expect.stringContaining("'y' does not exist on type 'P'")]);
    expect(session.errors('gone')[0]).toContain('gone');
    expect(session.compile('loose.anything(p.x)').bindings).toEqual(['loose', 'p']);
    expect(old.restoration(false)).toEqual({ untyped: ['p'], steps: [] });
  });

  it('is told the names alone of cells that are too long to keep', () => {
    const record = new SessionRecord();
    record.settled(`let a = 1; // ${'x'.repeat(2_500_000)}`, 1, ['a', 'b']);
    record.settled(`let b = 1; // ${'x'.repeat(2_500_000)}`, 2, ['b']);
    const { untyped, steps } = record.restoration(true);
    expect(untyped).toEqual(['a']);
    expect(steps).toHaveLength(1);
  });
});
