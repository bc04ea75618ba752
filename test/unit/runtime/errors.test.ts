import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { plain, startRuntime, type TestRuntime } from './child.js';

let runtime: TestRuntime;
beforeAll(async () => {
  runtime = await startRuntime();
});
afterAll(() => runtime.stop());

let last = 0;
const fails = async (code: string, options = {}) => {
  const done = await runtime.run(code, options);
  last = done.id;
  expect(done.status).toBe('error');
  return {
    ...done.error,
    ename: done.error?.ename,
    evalue: done.error?.evalue,
    lines: (done.error?.traceback ?? []).map(plain),
  };
};

describe('an error of a cell', () => {
  beforeEach(async () => {
    // Whatever the cell before did, this one runs.
    expect(await runtime.print('console.log("alive")')).toBe('alive\n');
  });

  it('has no frame of functions that the compiler adds', async () => {
    const { evalue, lines } = await fails(
      `const $hm_imported = () => { throw new SyntaxError("no such export") };
       const $hm_initialiser = () => ({ set v(value) { throw new Error("never") } });
       $hm_imported()`,
    );
    expect(evalue).toBe('no such export');
    expect(lines.join('\n')).not.toContain('at $hm');
    expect(lines.join('\n')).toMatch(/at .*cell \[\d+\]:3/);
  });

  it.each([
    ['$hm.late("y").v', 'y is not defined'],
    ['$hm.init(__hm_o, {}); (0, $hm.late("o").v)()', '(intermediate value) is not a function'],
    ['const $hm_after = (x) => x; const [a] = $hm_after(1)', '(intermediate value) is not iterable'],
    ['$hm.importMeta.nothing()', 'import.meta.nothing is not a function'],
  ])('has no word of the compiler in its message: %s', async (code, message) => {
    const { evalue } = await fails(code, { declares: { o: 'let' } });
    expect(evalue).toBe(message);
  });

  it('names the cell and its line, without frames of the kernel', async () => {
    const { ename, evalue, lines } = await fails('\nfunction f() {\n  null.x\n}\nf()');
    expect(ename).toBe('TypeError');
    expect(evalue).toBe("Cannot read properties of null (reading 'x')");
    expect(lines).toEqual([
      `TypeError: ${String(evalue)}`,
      `    at f (cell [${last}]:3:8)`,
      `    at cell [${last}]:5:1`,
    ]);
  });

  it('is shown in the source as the user wrote it, by the source map', async () => {
    // One segment a line: generated lines 1, 2 are lines 2, 3 of the source.
    const sourceMap = JSON.stringify({
      version: 3,
      sources: ['c'],
      names: [],
      mappings: 'AACA;AACA',
      sourcesContent: ['// first\nlet a = 1\nthrow new Error("here")\n// last'],
    });
    const { lines } = await fails('\nthrow new Error("here")', { cell: { sourceMap } });
    expect(lines).toEqual([
      'Error: here',
      '  1 | // first',
      '  2 | let a = 1',
      '> 3 | throw new Error("here")',
      '    | ^',
      '  4 | // last',
      `    at cell [${last}]:3:1`,
    ]);
  });

  it('names the cell where the failing function was declared', async () => {
    const { id } = await runtime.run(
      '\n\n$hm.init(__hm_broken, function broken() {\n throw new RangeError("deep")\n})',
      { declares: { broken: 'function' } },
    );
    const { lines } = await fails('(0, __hm_broken.v)()', { uses: ['broken'] });
    expect(lines).toContain(`    at broken (cell [${id}]:4:8)`);
  });

  it('speaks of names as the user wrote them', async () => {
    const { evalue } = await fails('$hm.init(__hm_thing, 1); (0, __hm_thing.v)()', { declares: { thing: 'let' } });
    expect(evalue).toBe('thing is not a function');
  });

  it('tells its causes, its parts and its details', async () => {
    const { lines } = await fails('throw new Error("outer", { cause: new TypeError("inner", { cause: "text" }) })');
    expect(lines.filter((line) => !line.startsWith('    at'))).toEqual([
      'Error: outer',
      'Caused by:',
      'TypeError: inner',
      'Caused by:',
      "'text'",
    ]);
    const several = await fails('await Promise.any([Promise.reject(new Error("a")), Promise.reject("b")])');
    expect(several.lines.filter((line) => !line.startsWith('    at'))).toEqual([
      'AggregateError: All promises were rejected',
      'Error 1 of 2:',
      'Error: a',
      'Error 2 of 2:',
      "'b'",
    ]);
    const system = await fails('(await $hm.import("node:fs")).readFileSync("/nowhere")');
    expect(system.lines.at(-1)).toContain("code: 'ENOENT'");
  });

  it('may be anything that was thrown', async () => {
    expect(await fails('throw "text"')).toMatchObject({ ename: 'Uncaught', evalue: "'text'" });
    expect(await fails('throw undefined')).toMatchObject({ evalue: 'undefined' });
    expect(await fails('throw { code: 5 }')).toMatchObject({ evalue: '{ code: 5 }' });
    expect(await fails('throw Symbol("s")')).toMatchObject({ evalue: 'Symbol(s)' });
    expect(await fails('throw null')).toMatchObject({ evalue: 'null' });
    expect(
      await fails('throw (await $hm.import("node:vm")).runInNewContext("new TypeError(\'realm\')")'),
    ).toMatchObject({ ename: 'TypeError', evalue: 'realm' });
  });

  it('may be hostile', async () => {
    const getters =
      'Object.defineProperties(new Error("m"), { name: { get() { throw 1 } }, message: { get() { throw 2 } }, stack: { get() { throw 3 } }, cause: { get() { throw 4 } } })';
    expect(await fails(`throw ${getters}`)).toMatchObject({ ename: 'Error', evalue: '' });
    expect(
      (
        await fails(
          'throw new Proxy(new Error("x"), { get() { throw new Error("trap") }, getPrototypeOf() { throw new Error("trap") } })',
        )
      ).ename,
    ).toBe('Uncaught');
    expect(await fails('const e = new Error("loop"); e.cause = e; throw e')).toMatchObject({ evalue: 'loop' });
    expect(
      await fails('throw Object.assign(new Error("x"), { name: 5, message: { toString() { throw 1 } } })'),
    ).toMatchObject({ ename: 'Error' });
    expect((await fails('throw { [Symbol.for("nodejs.util.inspect.custom")]() { throw 1 } }')).evalue).toBe(
      'a value that cannot be shown: its own inspection throws',
    );
    const { evalue } = await fails('throw new Error("x".repeat(1e7))');
    expect(evalue?.length).toBeLessThan(30_000);
    expect(evalue).toMatch(/… \(\d+ more characters\)$/);
    expect(await fails('const deep = () => deep(); deep()')).toMatchObject({
      ename: 'RangeError',
      evalue: 'Maximum call stack size exceeded',
    });
  });

  it('leaves a prepareStackTrace of the user alone', async () => {
    const text = await runtime.print(
      `const before = Error.prepareStackTrace; Error.prepareStackTrace = (error, sites) => sites; const sites = new Error("x").stack; Error.prepareStackTrace = before;
       console.log(Array.isArray(sites), typeof sites[0].getFileName, new Error("y").stack.split("\\n")[1].trim())`,
    );
    expect(text).toMatch(/^true function at cell \[\d+\]:2:\d+\n$/);
  });

  it('is a rejection of what the cell awaits', async () => {
    expect(await fails('await Promise.reject(new Error("rejected"))')).toMatchObject({
      ename: 'Error',
      evalue: 'rejected',
    });
  });

  it('does not run a result it cannot show', async () => {
    const from = runtime.frames.length;
    await runtime.run('return { value: { get bad() { throw 1 } } }');
    await runtime.run('return { value: new Proxy({}, { get() { throw 1 }, ownKeys() { throw 2 } }) }');
    await runtime.run('const c = {}; c.c = c; return { value: c }');
    await runtime.run(
      'return { value: { toString() { for (;;); }, valueOf() { for (;;); }, toJSON() { for (;;); } } }',
    );
    await runtime.run('return { value: "x".repeat(5e8) }');
    const results = runtime.frames
      .slice(from)
      .flatMap((frame) => (frame.type === 'result' ? [String(frame.data['text/plain'])] : []));
    expect(results.slice(0, 3)).toEqual([
      '{ bad: [Getter] }',
      'Proxy [ {}, { get: [Function: get], ownKeys: [Function: ownKeys] } ]',
      '<ref *1> { c: [Circular *1] }',
    ]);
    expect(results[3]).toContain('toString: [Function: toString]');
    expect(results[4]?.length).toBeLessThan(600_000);
    expect(results[4]).toMatch(/more characters$/);
    expect(await fails('return { value: { [Symbol.for("Jupyter.display")]: () => "no bundle" } }')).toMatchObject({
      ename: 'TypeError',
    });
  });

  it('of code that does not parse says so', async () => {
    expect(await fails('let let = 1')).toMatchObject({ ename: 'SyntaxError' });
  });
});

describe('an error that no cell waits for', () => {
  it('goes to the cell whose timer threw', async () => {
    const late = runtime.next('lateError');
    const { tag } = await runtime.run('setTimeout(() => { throw new Error("timer") }, 5)');
    await runtime.run('1');
    expect(await late).toMatchObject({ tag, error: { ename: 'Error', evalue: 'timer' } });
  });

  it('goes to the cell whose promise nobody handles, and the cell is not failed by it', async () => {
    const late = runtime.next('lateError');
    const done = await runtime.run('Promise.reject(new TypeError("nobody")); return { value: 1 }');
    expect(done.status).toBe('ok');
    expect(await late).toMatchObject({ tag: done.tag, error: { evalue: 'nobody' } });
  });

  it('goes to the right one of two cells', async () => {
    const first = runtime.next('lateError', ({ error }) => error.evalue === 'one');
    const second = runtime.next('lateError', ({ error }) => error.evalue === 'two');
    const one = await runtime.run(
      '(async () => { await new Promise((r) => setTimeout(r, 20)); throw new Error("one") })()',
    );
    const two = await runtime.run('queueMicrotask(() => { throw new Error("two") })');
    expect((await first).tag).toEqual(one.tag);
    expect((await second).tag).toEqual(two.tag);
  });

  it('of an event handler does not end the runtime', async () => {
    const late = runtime.next('lateError');
    await runtime
      .run('new (await $hm.import("node:events")).EventEmitter().emit("error", new Error("emitted"))')
      .then(({ status }) => expect(status).toBe('error'));
    await runtime.run('setImmediate(() => { throw { odd: true } })');
    expect((await late).error.evalue).toBe('{ odd: true }');
    expect(await runtime.print('console.log("alive")')).toBe('alive\n');
  });
});

it('process.exit in a cell ends the runtime, with all output sent', async () => {
  const own = await startRuntime();
  own.start('for (let i = 0; i < 1000; i++) console.log(i); process.exit(3)');
  expect(await own.ended).toEqual({ code: 3, signal: null });
  await expect.poll(() => own.text('stdout'), { timeout: 10_000 }).toMatch(/\n999\n$/);
  await own.stop();
});
