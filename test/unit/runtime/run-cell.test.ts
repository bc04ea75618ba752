import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { compiled, startRuntime, type TestRuntime } from './child.js';

let runtime: TestRuntime;
beforeAll(async () => {
  runtime = await startRuntime();
});
afterAll(() => runtime.stop());

describe('a cell', () => {
  it('shows its last expression and then is done', async () => {
    const from = runtime.frames.length;
    const done = await runtime.run('return { value: 40 + 2 }');
    expect(done).toMatchObject({ status: 'ok', error: null, defined: [] });
    expect(runtime.frames.slice(from).map((frame) => frame.type)).toEqual(['result', 'done']);
    expect(runtime.frames[from]).toMatchObject({ data: { 'text/plain': '42' }, tag: done.tag });
  });

  it('shows no result without a last expression, for undefined, and when silent', async () => {
    const from = runtime.frames.length;
    await runtime.run('1');
    await runtime.run('return { value: undefined }');
    await runtime.run('return { value: 1 }', { run: { silent: true } });
    expect(runtime.frames.slice(from).map((frame) => frame.type)).toEqual(['done', 'done', 'done']);
  });

  it('does not await its result', async () => {
    const from = runtime.frames.length;
    await runtime.run('return { value: new Promise(() => {}) }');
    expect(runtime.frames[from]).toMatchObject({ data: { 'text/plain': 'Promise { <pending> }' } });
  });

  it('says which names it has initialised, also when it fails half-way', async () => {
    const done = await runtime.run('$hm.init(__hm_early, 1); throw new Error("half-way"); $hm.init(__hm_late, 2)', {
      declares: { early: 'let', late: 'let' },
    });
    expect(done).toMatchObject({ status: 'error', defined: ['early'] });
    expect(await runtime.print('console.log(__hm_early.v)', { uses: ['early'] })).toBe('1\n');
  });

  it('measures memory before and after, and its time', async () => {
    const { measure } = await runtime.run('$hm.init(__hm_big, new Uint8Array(5e6))', { declares: { big: 'const' } });
    expect(measure.elapsedMs).toBeGreaterThan(0);
    const grown = (measure.after?.arrayBuffers ?? 0) - (measure.before?.arrayBuffers ?? 0);
    expect(grown).toBeGreaterThanOrEqual(5e6);
    expect(grown).toBeLessThan(5.1e6);
  });

  it('waits for the cells before it', async () => {
    const first = runtime.start('await new Promise((resolve) => setTimeout(resolve, 20)); console.log("first")');
    const from = runtime.frames.length;
    await runtime.run('console.log("second")');
    await first.done;
    expect(runtime.text('stdout', from)).toBe('first\nsecond\n');
  });

  it('evaluates user expressions one by one', async () => {
    const { userExpressions } = await runtime.run('', {
      run: {
        userExpressions: {
          good: compiled('good.ts', 'return { value: 6 * 7 }'),
          bad: compiled('bad.ts', 'throw new RangeError("no")'),
          broken: { ename: 'SyntaxError', evalue: 'unexpected', traceback: ['line'] },
        },
      },
    });
    expect(userExpressions['good']).toEqual({ status: 'ok', data: { 'text/plain': '42' }, metadata: {} });
    expect(userExpressions['bad']).toMatchObject({ status: 'error', ename: 'RangeError', evalue: 'no' });
    expect(userExpressions['broken']).toEqual({
      status: 'error',
      ename: 'SyntaxError',
      evalue: 'unexpected',
      traceback: ['line'],
    });
  });

  it('keeps nothing of its result', async () => {
    await runtime.run(
      '$hm.init(__hm_gone, []); return { value: (() => { const big = { id: 1 }; __hm_gone.v.push(new WeakRef(big)); return big })() }',
      {
        declares: { gone: 'const' },
      },
    );
    const text = await runtime.print(
      `const v8 = await $hm.import("node:v8"); v8.setFlagsFromString("--expose-gc");
       const gc = (await $hm.import("node:vm")).runInNewContext("gc");
       gc(); await new Promise((resolve) => setImmediate(resolve)); gc();
       console.log(__hm_gone.v[0].deref() === undefined)`,
      { uses: ['gone'] },
    );
    expect(text).toBe('true\n');
  });
});

describe('names', () => {
  it('are shared by cells and the closures of earlier cells', async () => {
    await runtime.run('$hm.init(__hm_x, 1); $hm.init(__hm_read, () => __hm_x.v)', {
      declares: { x: 'let', read: 'const' },
    });
    await runtime.run('__hm_x.v = 5', { uses: ['x'] });
    expect(await runtime.print('console.log(__hm_read.v())', { uses: ['read'] })).toBe('5\n');
    await runtime.run('$hm.init(__hm_x, "text")', { declares: { x: 'let' } });
    expect(await runtime.print('console.log(__hm_read.v())', { uses: ['read'] })).toBe('text\n');
  });

  it('throw when read after a free, and the compiler is told', async () => {
    await runtime.run('$hm.init(__hm_y, 1); $hm.init(__hm_get, () => __hm_y.v)', {
      declares: { y: 'let', get: 'const' },
    });
    const from = runtime.frames.length;
    await runtime.run('await $hm.magic("free", "y")');
    expect(runtime.frames.slice(from)).toContainEqual({ type: 'forget', names: ['y'], reason: 'free' });
    const done = await runtime.run('__hm_get.v()', { uses: ['get'] });
    expect(done.error).toMatchObject({ ename: 'ReferenceError', evalue: 'y was freed' });
  });

  it('are those of Node where no cell declares them', async () => {
    expect(
      await runtime.print(
        'globalThis.fromNowhere = 7; console.log($hm.late("fromNowhere").v, typeof $hm.late("setTimeout").v)',
      ),
    ).toBe('7 function\n');
    const done = await runtime.run('$hm.late("nowhere").v');
    expect(done.error).toMatchObject({ ename: 'ReferenceError', evalue: 'nowhere is not defined' });
  });

  it('are seen by a direct eval through the scope', async () => {
    await runtime.run('$hm.init(__hm_seen, 20)', { declares: { seen: 'let' } });
    const text = await runtime.print(
      'console.log(new Function("scope", "with (scope) { return eval(\'seen = seen + 1\') }")($hm.scope), __hm_seen.v)',
      {
        uses: ['seen'],
      },
    );
    expect(text).toBe('21 21\n');
  });

  it('of the kernel stay out of the globals', async () => {
    const keys = await runtime.print(
      'console.log(JSON.stringify([Object.keys(globalThis), Object.keys(process.env).filter((key) => key.startsWith("HEAPMARK")), typeof process.send]))',
    );
    const { execFileSync } = await import('node:child_process');
    const expected = execFileSync(process.execPath, ['-p', 'JSON.stringify(Object.keys(globalThis))'], {
      encoding: 'utf8',
    });
    const own = new Set((JSON.parse(expected) as string[]).filter((name) => name !== 'fromNowhere'));
    const [names, environment, send] = JSON.parse(keys) as [string[], string[], string];
    expect(names.filter((name) => !own.has(name) && name !== 'fromNowhere')).toEqual([]);
    expect(environment).toEqual([]);
    expect(send).toBe('undefined');
  });
});

describe('magics', () => {
  it('run in order with the code and print into their cell', async () => {
    expect(await runtime.print('console.log("a"); await $hm.magic("say", "b c"); console.log("d")')).toBe(
      'a\nb c\nd\n',
    );
  });

  it('show a mistake of the user without a stack', async () => {
    const { error } = await runtime.run('await $hm.magic("nonsense", "")');
    expect(error).toMatchObject({ ename: 'UsageError', evalue: 'There is no magic %nonsense.' });
    expect(error?.traceback).toHaveLength(1);
  });

  it('on the first line get the body to run as often as they like', async () => {
    const cellMagic = { name: 'twice', args: '', body: 'count()' };
    const text = await runtime.print('console.log("run")', { cell: { cellMagic } });
    expect(text).toBe('run\nrun\n');
  });

  it('may run text as code of the notebook', async () => {
    runtime.answer = (question) =>
      compiled('fragment.ts', `return { value: ${(question.params as { code: string }).code} }`);
    expect(await runtime.print('await $hm.magic("compiled", "6*7")')).toBe('42');
    runtime.answer = () => {
      throw new SyntaxError('Unexpected token');
    };
    expect((await runtime.run('await $hm.magic("compiled", "6*")')).error).toMatchObject({
      ename: 'SyntaxError',
      evalue: 'Unexpected token',
    });
  });

  it('may add to the payload of the reply', async () => {
    const done = await runtime.run('await $hm.magic("payload", "next")');
    expect(done.payload).toEqual([{ source: 'set_next_input', text: 'next' }]);
  });

  it('hear of each cell, of quiet and of settings', async () => {
    await runtime.print('await $hm.magic("seen", "")');
    const { id } = runtime.start('throw 1');
    runtime.send({ type: 'quiet', quiet: true });
    runtime.send({ type: 'configure', settings: { settlePauseLimitMs: 7, settleDelayMs: 1, variablesWanted: false } });
    const text = await runtime.print('await $hm.magic("seen", "")');
    expect(text.split('\n')).toEqual(
      expect.arrayContaining([`begins ${id}`, `ended ${id} error`, 'quiet true', 'limit 7']),
    );
  });
});
