import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startRuntime, type TestRuntime } from './child.js';

let runtime: TestRuntime;
const folder = mkdtempSync(join(tmpdir(), 'imports-'));
const write = (path: string, text: string): void => {
  mkdirSync(dirname(join(folder, path)), { recursive: true });
  writeFileSync(join(folder, path), text);
};

/** Compiles a module whose text is already in the compiler's output form. */
const compile = ({ path, source }: { path: string; source: string }) => {
  if (source.includes('syntax error')) throw new SyntaxError(`${path}: Unexpected token`);
  return { path, filename: path, js: `async function ($module) {${source}\n}`, sourceMap: null };
};

beforeAll(async () => {
  write(
    'node_modules/dual/package.json',
    JSON.stringify({ name: 'dual', exports: { import: './esm.mjs', require: './cjs.cjs' } }),
  );
  write('node_modules/dual/esm.mjs', 'export const kind = "esm"');
  write('node_modules/dual/cjs.cjs', 'exports.kind = "cjs"');
  write(
    'node_modules/dynamic/index.js',
    'const all = ["one", "two"]; for (const name of all) module.exports[name] = () => name',
  );
  write('node_modules/broken/index.js', 'require("not-there-either")');
  write('sub/node_modules/nested/index.js', 'module.exports = { from: "sub" }');
  runtime = await startRuntime(folder);
  runtime.answer = (question) => {
    if (question.kind !== 'compileModule') throw new Error(`no answer to ${question.kind}`);
    return compile(question.params);
  };
});
afterAll(async () => {
  await runtime.stop();
  rmSync(folder, { recursive: true });
});

const shows = async (code: string): Promise<unknown> =>
  JSON.parse(await runtime.print(`console.log(JSON.stringify(await (async () => {${code}})()))`));
const error = async (code: string): Promise<string> => {
  const done = await runtime.run(code);
  return `${done.error?.ename}: ${done.error?.evalue}`;
};

describe('packages', () => {
  it('load from the folder of the notebook, with the conditions of each way', async () => {
    expect(await shows('return [(await $hm.import("dual")).kind, $hm.require("dual").kind]')).toEqual(['esm', 'cjs']);
  });

  it('give names that CommonJS makes only when it runs', async () => {
    expect(
      await shows(
        'const { one, two, default: all } = await $hm.import("dynamic"); return [one(), two(), Object.keys(all)]',
      ),
    ).toEqual(['one', 'two', ['one', 'two']]);
  });

  it('of Node load with and without the prefix, and by data URL', async () => {
    expect(
      await shows(
        'return [typeof (await $hm.import("node:fs")).readFileSync, typeof (await $hm.import("path")).default.join, (await $hm.import("data:text/javascript,export default 5")).default]',
      ),
    ).toEqual(['function', 'function', 5]);
  });

  it('that are missing are named, with what to do', async () => {
    expect(await error('await $hm.import("not-there")')).toBe(
      `Error: Cannot find package 'not-there' from ${folder}: run \`npm install not-there\` there.`,
    );
    expect(await error('await $hm.import("@scope/not-there/part")')).toContain('`npm install @scope/not-there`');
    expect(await error('$hm.require("not-there")')).toContain('`npm install not-there`');
    expect(await error('await $hm.import("broken")')).toContain("Cannot find module 'not-there-either'");
    expect(await error('await $hm.import("./none")')).toContain(`Cannot find module './none' from ${folder}`);
  });

  it('resolve for import.meta, and stray imports from the folder too', async () => {
    expect(
      await shows(
        'return [$hm.importMeta.resolve("./a.ts"), $hm.importMeta.dirname, $hm.dirname, (await import("dual")).kind]',
      ),
    ).toEqual([`file://${folder}/a.ts`, folder, folder, 'esm']);
  });
});

it('an import warns of nothing', async () => {
  const own = await startRuntime(folder);
  const { status } = await own.run(
    'await $hm.import("dual"); await import("dual"); await new Promise((resolve) => setTimeout(resolve, 5))',
  );
  expect([status, own.text('stderr'), own.native.stderr.replaceAll(/\0[^\0]*\0/g, '')]).toEqual(['ok', '', '']);
  await own.stop();
});

describe('json', () => {
  it('gives the value and its members, and is read afresh', async () => {
    write('data.json', '{"a": 1}');
    expect(await shows('const m = await $hm.import("./data.json", { type: "json" }); return [m.default, m.a]')).toEqual(
      [{ a: 1 }, 1],
    );
    write('data.json', '[2]');
    expect(await shows('return (await $hm.import("./data.json")).default')).toEqual([2]);
    write('data.json', '{bad');
    expect(await error('await $hm.import("./data.json")')).toContain('data.json is not JSON');
  });
});

describe('local modules', () => {
  it('are compiled and evaluated once until they change, with those that import them', async () => {
    write('leaf.ts', '$module.export({ value: () => 1 }); globalThis.leafRuns = (globalThis.leafRuns ?? 0) + 1');
    write(
      'top.ts',
      'const leaf = await $module.import("./leaf.js"); globalThis.topRuns = (globalThis.topRuns ?? 0) + 1; $module.export({ twice: () => leaf.value * 2 })',
    );
    write('still.ts', 'globalThis.stillRuns = (globalThis.stillRuns ?? 0) + 1; $module.export({ x: () => 0 })');
    const run =
      'await $hm.import("./still"); const { twice } = await $hm.import("./top"); return [twice, leafRuns, topRuns, stillRuns]';
    expect(await shows(run)).toEqual([2, 1, 1, 1]);
    expect(await shows(run)).toEqual([2, 1, 1, 1]);
    write('leaf.ts', '$module.export({ value: () => 21 }); globalThis.leafRuns++');
    expect(await shows(run)).toEqual([42, 2, 2, 1]);
  });

  it('may import each other', async () => {
    write(
      'even.ts',
      'let odd; $module.export({ isEven: () => isEven }); function isEven(n) { return n === 0 || odd.isOdd(n - 1) } odd = await $module.import("./odd")',
    );
    write(
      'odd.ts',
      'let even; $module.export({ isOdd: () => isOdd }); function isOdd(n) { return n !== 0 && even.isEven(n - 1) } even = await $module.import("./even")',
    );
    expect(await shows('const { isEven } = await $hm.import("./even"); return [isEven(10), isEven(7)]')).toEqual([
      true,
      false,
    ]);
    write(
      'odd.ts',
      'let even; $module.export({ isOdd: () => () => "changed" }); even = await $module.import("./even")',
    );
    expect(await shows('const { isEven } = await $hm.import("./even"); return isEven(1)')).toBe('changed');
  });

  it('are shared by imports at the same time', async () => {
    write(
      'once.ts',
      'globalThis.onceRuns = (globalThis.onceRuns ?? 0) + 1; await null; $module.export({ a: () => 1 })',
    );
    expect(await shows('await Promise.all([1, 2, 3].map(() => $hm.import("./once"))); return onceRuns')).toBe(1);
  });

  it('re-export, and load packages from their own folder', async () => {
    write(
      'sub/part.ts',
      'const nested = await $module.import("nested"); $module.export({ from: () => nested.default.from, default: () => 1 })',
    );
    write('index.ts', '$module.exportAll(await $module.import("./sub/part"))');
    expect(await shows('const all = await $hm.import("."); return [all.from, Object.keys(all)]')).toEqual([
      'sub',
      ['from'],
    ]);
  });

  it('that fail are tried afresh', async () => {
    write('fails.ts', 'throw new Error("at first")');
    expect(await error('await $hm.import("./fails")')).toBe('Error: at first');
    write('fails.ts', 'syntax error');
    expect(await error('await $hm.import("./fails")')).toContain('Unexpected token');
    write('fails.ts', '$module.export({ ok: () => true })');
    expect(await shows('return (await $hm.import("./fails")).ok')).toBe(true);
  });

  it('in CommonJS are loaded by Node, and afresh after a change', async () => {
    write('old.cjs', 'module.exports = { v: 1 }');
    write('older.js', 'exports.v = 1');
    const run = 'return [(await $hm.import("./old.cjs")).v, (await $hm.import("./older")).v]';
    expect(await shows(run)).toEqual([1, 1]);
    write('old.cjs', 'module.exports = { v: 22 }');
    expect(await shows(run)).toEqual([22, 1]);
  });

  it('leave nothing behind over 100 reloads', async () => {
    const collect = `(await $hm.import("node:v8")).setFlagsFromString("--expose-gc"); const gc = (await $hm.import("node:vm")).runInNewContext("gc");
      for (let i = 0; i < 3; i++) { gc(); await new Promise((resolve) => setTimeout(resolve, 1)); }`;
    await shows('globalThis.versions = []; return 0');
    for (let version = 0; version < 100; version += 1) {
      write(
        'big.ts',
        `const rows = new Array(100000).fill(${version}.5); globalThis.versions.push(new WeakRef(rows)); $module.export({ rows: () => rows })`,
      );
      expect(await shows('return (await $hm.import("./big")).rows[0]')).toBe(version + 0.5);
    }
    const alive = await shows(
      `${collect} return globalThis.versions.map((ref, at) => ref.deref() ? at : -1).filter((at) => at >= 0)`,
    );
    expect(alive).toEqual([99]);
  });
});

describe("the kernel's own packages", () => {
  it('give the function forms, display and input', async () => {
    expect(
      await shows(
        'const own = await $hm.import("heapmark"); return [own.answer(), own.display === globalThis.display, typeof own.input, typeof own.default.createComm, $hm.require("heapmark").answer()]',
      ),
    ).toEqual([42, true, 'function', 'function', 42]);
  });

  it('plug tslab in: its displays go out by this kernel', async () => {
    const from = runtime.frames.length;
    await runtime.run(
      'const { display, newDisplay } = await $hm.import("tslab"); display.html("<i>"); const own = newDisplay(); own.text("a"); own.text("b"); display.png(new Uint8Array([1, 2, 3]))',
    );
    const shown = runtime.frames.slice(from).filter((frame) => frame.type === 'display');
    expect(shown.map(({ data, update }) => [data, update])).toEqual([
      [{ 'text/html': '<i>' }, false],
      [{ 'text/plain': 'a' }, false],
      [{ 'text/plain': 'b' }, true],
      [{ 'image/png': 'AQID' }, false],
    ]);
    expect(shown[1]?.transient['display_id']).toBe(shown[2]?.transient['display_id']);
    // Without its compiler, of which others still get the real one.
    const text = await runtime.print(
      `const { versions } = await $hm.import("tslab"); const loaded = Object.keys($hm.require.cache).filter((path) => path.includes("typescript-for-tslab/lib/"));
       console.log(versions.tslab.split(".").length, versions.typescript.split(".").length, loaded.length)`,
    );
    expect(text).toBe('3 3 0\n');
  });
});

describe('cells that are modules', () => {
  it('are importable by name, with the values of now', async () => {
    await runtime.run('$hm.init(__hm_shared, 1)', { declares: { shared: 'let' }, cell: { moduleName: 'lib' } });
    expect(await shows('return (await $hm.import("./lib")).shared')).toBe(1);
    await runtime.run('__hm_shared.v = 2', { uses: ['shared'] });
    expect(
      await shows('return [(await $hm.import("./lib")).shared, Object.keys(await $hm.import("./lib.ts"))]'),
    ).toEqual([2, ['shared']]);
  });
});
