import { beforeAll, describe, expect, it } from 'vitest';
import type { CompilerService } from '../../../kernel/src/compiler/service.js';
import { ts } from '../../../kernel/src/compiler/typescript.js';
import { Session } from './notebook-session.js';

let service: CompilerService;

beforeAll(() => {
  service = new Session().service;
});

/** What the code gives where its names are locals of one function, as JavaScript has it. */
async function asFunction(cells: readonly string[]): Promise<unknown> {
  const last = cells[cells.length - 1] as string;
  const code = `(async () => { ${cells.slice(0, -1).join('\n')}\nreturn (${last}); })()`;
  const { outputText } = ts.transpileModule(code, { compilerOptions: { target: ts.ScriptTarget.ES2022 } });
  return (0, eval)(outputText) as Promise<unknown>;
}

async function asCells(cells: readonly string[], check: boolean): Promise<unknown> {
  service.reset();
  service.typecheck(check);
  try {
    const session = new Session(service);
    let value: unknown;
    for (const cell of cells) value = await session.run(cell);
    return value;
  } finally {
    service.typecheck(true);
  }
}

/** Each list is a notebook; its last cell is an expression. */
const notebooks: string[][] = [
  [
    'let x = 1; const o: any = { x, f() { return x }, get g() { return x }, [`k${x}`]: x, ...{ y: 2 } }',
    'x = 5',
    '[o.x, o.f(), o.g, o.k1]',
  ],
  [
    'let x = 3; let fs: (() => number)[] = []; for (let i = 0; i < 3; i++) fs.push(() => i * x)',
    'x = 10',
    'fs.map((f) => f())',
  ],
  [
    'class A { static own = 1; static { A.own = 2 } make() { return new A() } same() { return A } }',
    'const a = new A()',
    '[A.own, a.make() instanceof A, a.same() === A, A.name, String(new A().constructor === A)]',
  ],
  ['const a = (p = q, { r = p } = {} as any) => [p, r]; let q = 4', 'a()'],
  [
    'let name = "n", of = 1, async = 2, get = 3, init = 4, v = 5',
    'for (of of [7, 8]) v += of',
    '[name, of, async, get, init, v]',
  ],
  [
    'let a = 1, b = 2; [a, b] = [b, a]; const { length } = "four"; const [, second = a, ...rest] = [1, undefined, 3, 4]',
    '[a, b, length, second, rest]',
  ],
  [
    'let o: any = { a: { b: 1 } }; let k = "a";',
    '({ [k]: o, z: o.z = 9 } = { a: o } as any)',
    '[o.a.b, k in o, o.z, delete o.z, "z" in o, void o]',
  ],
  [
    'let c = 0; const inc = () => ++c',
    'let d = c++ + inc() + c--; d += c; c **= 3; c ||= 8; c &&= 9; let n: any = null; n ??= c',
    '[c, d, n]',
  ],
  ['function outer() { var x = 1; { var x = 2 } return x } var x = 7; if (x) { var y = x; }', '[outer(), x, y]'],
  [
    'let log: string[] = []; label: for (const a of [1, 2, 3]) { for (const b of [1, 2]) { if (b === 2) continue label; if (a === 3) break label; log.push(`${a}${b}`) } }',
    'log',
  ],
  [
    'async function* numbers() { for (let i = 0; i < 3; i++) yield i * factor } let factor = 2; let sum = 0; for await (const n of numbers()) sum += n',
    'sum',
  ],
  ['let e: any; try { throw { code: 4 } } catch ({ code }: any) { e = code } finally { e += 1 }', 'e'],
  [
    'const tag = (s: TemplateStringsArray, ...v: unknown[]) => s.join("|") + v.join(","); let w = 3',
    'tag`a${w}b${w + 1}c`',
  ],
  [
    'let f: any = function () { return typeof f }; const g = f; let h = { f }',
    '[f(), g(), h.f(), f?.(), h?.f?.(), f.name, new f() instanceof f]',
  ],
  ['const fib = (n: number): number => (n < 2 ? n : fib(n - 1) + fib(n - 2))', 'fib(12)'],
  [
    'let fact = function self(n: number): number { return n < 2 ? 1 : n * self(n - 1) }; const keep = fact',
    'keep(5) + fact(4)',
  ],
  [
    'enum E { A = 1 } enum E { B = 2 } namespace N { export let n = 1; export const up = () => ++n }',
    'N.up()',
    '[E.A, E[2], N.n]',
  ],
  ['let s = 0; for (var i = 0, j = 10; i < j; i++, j--) s += i * j', '[i, j, s]'],
  ['let s = 0; let i = 0; do { if (i % 2) continue; s += i } while (++i < 10)', '[s, i]'],
  ['let big = 1n; let n = 0; while (big < 1000n) { big *= 2n; n++ }', '[String(big), n]'],
  ['let text = ""; for (let i = 0; i < 3; i++) { text += `${i}`; for (let j = i; j > 0; j--) text += "-" }', 'text'],
  [
    'let z = -0; let nan = NaN; let count = 0; for (let i = 0; i < 5000; i++) { z *= 1; count += i === nan ? 1 : 0; nan += i }',
    '[Object.is(z, -0), nan, count]',
  ],
  [
    'let most = -Infinity; let seen = 0; rows: for (let i = 0; i < 9000; i++) { const each = Math.sin(i) * i; if (each < most) continue rows; most = each; if (++seen > 500) break rows }',
    '[most, seen]',
  ],
  [
    'let flag = false, hits = 0; for (let i = 0; i < 10_000; i++) { flag = !flag; if (flag && i % 3 === 0) hits += 1 }',
    '[flag, hits]',
  ],
  ['let t = 0; { let step = 2; for (let i = 0; i < 10_000; i += step) { step = 1 + (i & 1); t += step } }', 't'],
  [
    'let m = 0; for (let i = 0; i < 3; i++) switch (i) { case 0: m += 1; break; case 1: { m += 10; continue } default: m += 100 }',
    'm',
  ],
  ['var u; let w: any; for (var i = 0; i < 2; i++) { u = i; w = u }', '[u, w, i]'],
  ['let x = 1; { let x = 2; { x = 3 } } { class x {} } { function x() {} }', 'x'],
  ['const o = { get x() { return 1 } }; const { x: renamed, ...others } = { x: o.x, y: 2 }', '[renamed, others]'],
  ['let p = Promise.resolve(5); let got = (await p) + (await (async () => await p)())', 'got'],
  [
    'let C: any = class { static make() { return new this() } }; class D extends C { who = "d" }',
    '[(D as any).make().who, C.name]',
  ],
];

describe('cells mean what the same code means in a function', () => {
  it.each(notebooks.map((cells) => [cells.join(' ⏎ '), cells] as const))('%s', async (_shown, cells) => {
    const expected = await asFunction(cells);
    expect(await asCells(cells, false)).toEqual(expected);
    expect(await asCells(cells, true)).toEqual(expected);
  });
});
