import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { CompilerService } from '../../../kernel/src/compiler/service.js';
import { Session } from './notebook-session.js';

const folder = mkdtempSync(join(tmpdir(), 'heapmark-answers-'));
let service: CompilerService;
let session: Session;

beforeAll(() => {
  writeFileSync(
    join(folder, 'shapes.ts'),
    'export interface Shape { sides: number }\nexport const square: Shape = { sides: 4 };\n',
  );
  service = new CompilerService({ folder });
});

beforeEach(() => {
  service.reset();
  session = new Session(service);
});

/** Completes at the bar. */
function complete(marked: string): { texts: string[]; types: Record<string, string>; replaced: string } {
  const cursor = marked.indexOf('|');
  const code = marked.replace('|', '');
  const { matches, start, end } = service.complete(code, cursor);
  return {
    texts: matches.map(({ text }) => text),
    types: Object.fromEntries(matches.map(({ text, type }) => [text, type])),
    replaced: code.slice(start, end),
  };
}

function inspect(marked: string, detail = 0): Record<string, string> | null {
  return service.inspect(marked.replace('|', ''), marked.indexOf('|'), detail)?.data ?? null;
}

describe('completion', () => {
  it('offers members with their kinds', () => {
    const { texts, types, replaced } = complete('[1, 2].ma|');
    expect(texts[0]).toBe('map');
    expect(types['map']).toBe('method');
    expect(replaced).toBe('ma');
  });

  it('offers names of earlier cells, also those that are used nowhere yet', async () => {
    await session.run(
      'const measured = { width: 1, height: 2 }; function measure() {} class Meter {} type Metre = number',
    );
    const { texts, types } = complete('let x = me|');
    expect(texts).toEqual(expect.arrayContaining(['measured', 'measure', 'Meter', 'Metre']));
    expect(types).toMatchObject({ measured: 'variable', measure: 'function', Meter: 'class', Metre: 'interface' });
    expect(complete('measured.|').texts).toEqual(expect.arrayContaining(['width', 'height']));
  });

  it('knows no name that was freed', async () => {
    await session.run('let gone = { deep: 1 }');
    session.free('gone');
    expect(complete('go|').texts).not.toContain('gone');
    expect(complete('gone.|').texts).not.toContain('deep');
  });

  it('works in code that is broken, after emoji and with Windows line ends', () => {
    expect(complete('const s = "😀";\r\nif (s) {\r\n  s.toUpp|').texts).toContain('toUpperCase');
  });

  it('offers local files and packages in import specifiers', () => {
    expect(complete('import { square } from "./sh|"').texts).toContain('shapes');
    expect(complete('import { square } from "./sh|"').types['shapes']).toBe('path');
    expect(complete('import { | } from "./shapes"').texts).toContain('square');
  });

  it('offers magics, their options and the values of these', async () => {
    await session.run('let alpha = 1, beta = 2');
    expect(complete('%va|')).toMatchObject({ texts: ['%vars'], replaced: '%va' });
    expect(complete('let a = 1\n  %va|').texts).toEqual(['%vars']);
    expect(complete('%%ti|').texts).toEqual(['%%time', '%%timeit']);
    expect(complete('%vars --s|').texts).toEqual(['--sort']);
    expect(complete('%vars --sort |').texts).toEqual(['size', 'name', 'cell']);
    expect(complete('%free al|').texts).toEqual(['alpha']);
    expect(complete('%free alpha |').texts).toEqual(expect.arrayContaining(['beta', '--all']));
    expect(complete('%free alpha |').texts).not.toContain('alpha');
  });

  it('takes a percent sign in an expression for no magic', () => {
    expect(complete('const t = (7\n%Mat|').texts).toContain('Math');
  });

  it('never offers what the kernel made', async () => {
    await session.run('let a = 1');
    expect(complete('|').texts.filter((text) => text.includes('heapmark') || text.includes('__hm'))).toEqual([]);
  });
});

describe('inspection', () => {
  it('gives signature and documentation of what a cell declared', async () => {
    await session.run(
      '/**\n * Adds two numbers.\n * @param a - the first\n * @returns the sum\n */\nfunction add(a: number, b: number) { return a + b }',
    );
    const found = inspect('add|(1, 2)');
    expect(found?.['text/plain']).toContain('function add(a: number, b: number): number');
    expect(found?.['text/plain']).toContain('Adds two numbers.');
    expect(found?.['text/markdown']).toContain('```typescript\nfunction add(a: number, b: number): number\n```');
    expect(found?.['text/markdown']).toContain('- *@param* `a` — the first');
  });

  it('reads the documentation of the language and of Node', () => {
    expect(inspect('[1].ma|p(x => x)')?.['text/plain']).toContain('Calls a defined callback function on each element');
    expect(inspect('import { readFileSync } from "node:fs"; readFileSync|')?.['text/plain']).toContain(
      'contents of the `path`',
    );
  });

  it('answers inside the brackets of a call for what is called', async () => {
    await session.run('function area(width: number) { return width }');
    expect(inspect('area(|')?.['text/plain']).toContain('function area(width: number): number');
  });

  it('shows the help of a magic', () => {
    expect(inspect('%vars?|')?.['text/plain']).toContain('Lists your variables');
    expect(inspect('%fr|ee x')?.['text/markdown']).toContain('%free');
    expect(inspect('%nothing|')).toBeNull();
  });

  it('finds nothing where nothing is', () => {
    expect(inspect('  |')).toBeNull();
    expect(inspect('// words in a comm|ent')).toBeNull();
  });
});

describe('completeness', () => {
  it.each([
    ['', 'complete', undefined],
    ['let a = 1', 'complete', undefined],
    ['%vars', 'complete', undefined],
    ['1 +', 'incomplete', ''],
    ['function f() {', 'incomplete', '  '],
    ['if (x) {\n  for (;;) {', 'incomplete', '    '],
    ['foo(1,', 'incomplete', '  '],
    ['const t = `abc', 'incomplete', ''],
    ['/* words', 'incomplete', ' '],
    ['<div>', 'incomplete', ''],
    ['let s = "abc', 'invalid', undefined],
    ['let 1x', 'invalid', undefined],
    ['a b', 'invalid', undefined],
    ['}', 'invalid', undefined],
    ['%%timeit', 'incomplete', ''],
    ['class A { x = 1 }', 'complete', undefined],
    ['await 1', 'complete', undefined],
    ['x'.repeat(300_000), 'unknown', undefined],
  ])('of %j is %s', (code, status, indent) => {
    expect(service.isComplete(code)).toEqual(indent === undefined ? { status } : { status, indent });
  });
});

describe('a local module', () => {
  it('becomes a function whose exports are live', async () => {
    const { js } = service.compileModule(
      '/notebooks/counter.ts',
      `import base, { step as by, type Options } from './base';
       import * as all from './base';
       export let count: number = 0;
       export function up() { count += by; return this as unknown }
       export default class Counter { n = base }
       export { count as total, by };
       export * from './more';
       export * as inner from './base';
       export { up as again } from './self';
       export const url = import.meta.url, { a, b: [c] } = all.pair, self = () => by();`,
    );
    const base = { default: 7, step: 2 as unknown, pair: { a: 1, b: [2] } };
    const exported: Record<string, () => unknown> = {};
    const names: string[] = [];
    const run = (0, eval)(`(${js})`) as (module: unknown) => Promise<void>;
    await run({
      import: async (specifier: string) => (specifier === './self' ? { up: 'again' } : base),
      export: (getters: Record<string, () => unknown>) => Object.assign(exported, getters),
      exportAll: (namespace: object) => names.push(...Object.keys(namespace)),
      importMeta: { url: 'file:///here' },
      require: () => undefined,
    });
    expect(Object.keys(exported).sort()).toEqual([
      'a',
      'again',
      'by',
      'c',
      'count',
      'default',
      'inner',
      'self',
      'total',
      'up',
      'url',
    ]);
    expect((exported['up']?.() as () => unknown)()).toBeUndefined();
    expect([
      exported['count']?.(),
      exported['total']?.(),
      exported['a']?.(),
      exported['c']?.(),
      exported['url']?.(),
    ]).toEqual([2, 2, 1, 2, 'file:///here']);
    base.step = () => 'live';
    expect((exported['self']?.() as () => unknown)()).toBe('live');
    expect(new (exported['default']?.() as new () => { n: number })().n).toBe(7);
    expect(names).toContain('step');
  });

  it('may be CommonJS', async () => {
    const { js } = service.compileModule(
      '/notebooks/old.js',
      'const os = require("os"); module.exports = { name: "old", os };',
    );
    let getters: Record<string, () => unknown> = {};
    let all = {};
    const run = (0, eval)(`(${js})`) as (module: unknown) => Promise<void>;
    await run({
      export: (given: typeof getters) => (getters = given),
      exportAll: (given: object) => (all = given),
      require: () => 'os!',
    });
    expect(getters['default']?.()).toEqual({ name: 'old', os: 'os!' });
    expect(all).toEqual({ name: 'old', os: 'os!' });
  });

  it('says where its syntax is wrong', () => {
    expect(() => service.compileModule('/notebooks/bad.ts', 'let a = 1;\nlet = = 2')).toThrow(
      /\/notebooks\/bad\.ts:2:\d+: /,
    );
  });

  it('has its types checked where a cell uses it', () => {
    expect(session.errors('import { square } from "./shapes"; square.corners')[0]).toContain(
      "TS2339 1:43 Property 'corners'",
    );
  });

  it('may be a cell, by its name', async () => {
    session.modules.set('./mine', { answer: 42 });
    const cell = session.compile('/** @module mine */\nexport const answer = 42');
    expect(cell.moduleName).toBe('mine');
    session.service.settle(session.lastId, ['answer']);
    expect(await session.run('import { answer as got } from "./mine"; const n: number = got; n')).toBe(42);
    expect(session.errors('import { nothing } from "./mine"')[0]).toContain('TS2305');
  });
});

describe('expressions of a request', () => {
  it('see names that no cell has declared yet', async () => {
    const compiled = service.compileExpression('later + 1');
    if (!compiled.ok) throw new Error('It did not compile.');
    session.init(session.slot('later'), 4);
    expect(await session.execute(compiled.cell)).toEqual({ value: 5 });
    expect(compiled.cell.declares).toEqual([]);
  });

  it('keep their declarations to themselves', async () => {
    const compiled = service.compileExpression('const own = [1, 2]; own.length');
    if (!compiled.ok) throw new Error('It did not compile.');
    expect(await session.execute(compiled.cell)).toEqual({ value: 2 });
    expect(session.has('own')).toBe(false);
  });

  it('fail with the place of a syntax error', () => {
    const compiled = service.compileExpression('1 +');
    expect(compiled.ok ? null : compiled.error.evalue).toMatch(/^TS1109 at 1:/);
  });
});
