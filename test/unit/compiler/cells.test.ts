import { beforeEach, describe, expect, it } from 'vitest';
import { type CompilerService } from '../../../kernel/src/compiler/service.js';
import { Session } from './notebook-session.js';

let service: CompilerService | undefined;
let session: Session;

beforeEach(() => {
  service?.reset();
  session = new Session(service);
  service = session.service;
});

describe('a cell', () => {
  it('gives the value of its last expression', async () => {
    expect(await session.run('const a = 1;\na + 1')).toBe(2);
    expect(await session.run('a;')).toBe(1);
    expect(await session.run('let b = 3')).toBeUndefined();
    expect(await session.run('')).toBeUndefined();
    expect(await session.run('// nothing')).toBeUndefined();
  });

  it('does not await the value of its last expression', async () => {
    expect(await session.run('const later = Promise.resolve(1); [later]')).toBeInstanceOf(Array);
    const box = (await session.execute(session.compile('Promise.resolve(1)'))) as { value: unknown };
    expect(box.value).toBeInstanceOf(Promise);
  });

  it('shares its variables with closures of earlier cells, both ways', async () => {
    await session.run('let x = 1; function f() { return x } const set = (v: number) => { x = v };');
    await session.run('x = 5');
    expect(await session.run('f()')).toBe(5);
    await session.run('set(7)');
    expect(await session.run('x')).toBe(7);
  });

  it('may declare a name again with another type, and old closures see the new value', async () => {
    await session.run('let x = 1; const old = () => x');
    await session.run('const x = "text"; const length = x.length');
    expect(await session.run('[x.toUpperCase(), length, old()]')).toEqual(['TEXT', 4, 'text']);
  });

  it.each([
    ['mm.nope()', 'TS2339'],
    ['mm.nope(); 1', 'TS2339'],
    ['st.foo()', 'TS2339'],
    ['if (true) { mm.nope() }', 'TS2339'],
    ["fnn('s')", 'TS2345'],
    ['dd.push(3)', 'TS2345'],
    ["counter = 's'; fnn('s')", 'TS2345'],
    ['mm.nope(); const own = mm.size', 'TS2339'],
    ['(mm.nope())', 'TS2339'],
    ['const r = mm.nope()', 'TS2339'],
    ["1 + fnn('s')", 'TS2345'],
  ])('refuses a wrong call of an earlier name: %s', async (code, error) => {
    await session.run(
      "const mm = new Map<string, number>(); const fnn = (q: number) => q * 2; const dd: Date[] = []; const st = 'abc'; let counter: string | number = 1",
    );
    expect(session.errors(code)).toEqual([expect.stringContaining(error)]);
  });

  it('keeps the types of what stands after a call of an earlier name', async () => {
    await session.run('const mm = new Map<string, number>(); let total: number | string = 1');
    await session.run("mm.set('a', 2); total = mm.size; const kept = mm");
    expect(await session.run('kept.size + mm.size')).toBe(2);
    expect(session.errors('kept.nope()')).toEqual([expect.stringContaining('TS2339')]);
  });

  it('keeps earlier types of names that were declared again', async () => {
    await session.run('interface P { a: number } const p: P = { a: 1 }');
    await session.run('interface P { b: string } const q: P = { b: "x" }');
    expect(await session.run('p.a + q.b.length')).toBe(2);
    expect(session.errors('p.b')).toEqual([
      expect.stringContaining("TS2339 1:3 Property 'b' does not exist on type 'P'."),
    ]);
  });

  it.each([
    [
      'class',
      'class A { static made = 0; constructor(readonly n: number) { A.made++ } twice() { return this.n * 2 } }',
      'new A(2).twice() + A.made',
      5,
    ],
    [
      'abstract class',
      'abstract class S { abstract area(): number }',
      'class Q extends S { area() { return 4 } } new Q().area()',
      4,
    ],
    ['enum', 'enum Color { Red, Green = "g" }', 'Color.Green + Color[0] + Color.Red', 'gRed0'],
    ['const enum', 'const enum Flag { A = 1, B = 2 }', 'Flag.A | Flag.B', 3],
    [
      'namespace',
      'namespace N { export const v = 3; export interface I { x: number } }',
      'const i: N.I = { x: N.v }; i.x',
      3,
    ],
    ['merged function', 'function f() { return f.count }\nnamespace f { export let count = 2 }', 'f() + f.count', 4],
    [
      'generic function',
      'function first<T>(all: readonly T[]): T | undefined { return all[0] }',
      'const n: number | undefined = first([4]); n',
      4,
    ],
    [
      'overloads',
      'function g(a: string): string; function g(a: number): number; function g(a: any) { return a }',
      'const s: string = g("s"); const t: number = g(2); s + t',
      's2',
    ],
    ['type aliases', 'type Pair<T> = [T, T]; type Id = string | number', 'const p: Pair<Id> = ["a", 1]; p.length', 2],
    [
      'unique symbol',
      'const key: unique symbol = Symbol("k"); const o = { [key]: 5 }',
      'const n: number = o[key]; n',
      5,
    ],
    [
      'destructuring',
      'const { a, b: [c, ...d], ...rest } = { a: 1, b: [2, 3, 4], e: 5 }',
      'a + c + d.length + rest.e',
      10,
    ],
    ['destructuring with defaults', 'let [h = 1, { k = h + 1 } = {}]: any[] = []', 'h + k', 3],
    ['async function', 'async function wait() { return 6 }', 'const got = await wait(); got', 6],
    ['generator', 'function* gen() { yield 1; yield 2 }', '[...gen()].length', 2],
    [
      'assertion function',
      'function sure(x: unknown): asserts x is string { if (typeof x !== "string") throw 1 }',
      'const u: unknown = "abc"; sure(u); u.length',
      3,
    ],
    ['var in a block', 'if (true) { var deep = 8 } for (var i = 0; i < 3; i++) {}', 'deep + i', 11],
    ['literal types', 'const mode = "on"', 'const m: "on" = mode; m', 'on'],
    ['unicode names', 'const größe = 1; const \\u0061bc = 2', 'größe + abc', 3],
    ['class expression', 'const K = class { v = 9 }', 'new K().v + K.name', '9K'],
    [
      'mixin that cannot be named',
      'const make = () => class { private secret = 1; open = 2 }',
      'new (make())().open',
      2,
    ],
  ])('shares a %s with later cells', async (_kind, declaration, use, value) => {
    await session.run(declaration);
    expect(await session.run(use)).toBe(value);
  });

  it('lets a type and a value of one name come from two cells', async () => {
    await session.run('const Color = { red: 1, blue: 2 } as const');
    await session.run('type Color = typeof Color[keyof typeof Color]');
    expect(await session.run('const c: Color = Color.blue; c')).toBe(2);
  });

  it('names anonymous functions and classes after their variables', async () => {
    await session.run(
      'const f = () => {}; let g = function () {}; const C = class {}; let late: any; late = () => {}; const { d = () => {} }: any = {}',
    );
    expect(await session.run('[f, g, C, late, d].map((each) => each.name)')).toEqual(['f', 'g', 'C', 'late', 'd']);
  });

  it('calls functions of earlier cells without an object', async () => {
    await session.run(
      'function self(this: any) { "use strict"; return this } const tag = function (this: any, _: any) { return this }',
    );
    expect(await session.run('[self(), self?.(), tag`x`]')).toEqual([undefined, undefined, undefined]);
  });

  it('hoists its functions', async () => {
    expect(await session.run('const early = hoisted(); function hoisted() { return 1 } early')).toBe(1);
  });

  it('keeps what it had defined when it fails half-way', async () => {
    const thrown = session.run('const kept = 1; type T = string; if (kept) throw new Error("half"); const lost = 2');
    await expect(thrown).rejects.toThrow('half');
    expect(await session.run('const t: T = "t"; kept')).toBe(1);
    expect(session.errors('lost')[0]).toContain("TS2304 1:1 Cannot find name 'lost'.");
  });

  it('says in which cell a name was freed', async () => {
    await session.run('let rows = [1]; const use = () => rows');
    session.free('rows');
    expect(session.errors('rows.length')).toEqual(["TS2304 1:1 Cannot find name 'rows'. It was freed in [1]."]);
    await expect(session.run('use()')).rejects.toThrow(ReferenceError);
    expect(await session.run('let rows = "again"; rows')).toBe('again');
  });

  it('answers typeof of a freed name with undefined', async () => {
    await session.run('let gone = 1; const kind = () => typeof gone');
    session.free('gone');
    expect(await session.run('kind()')).toBe('undefined');
  });

  it('sees a shadowing local and not the name of the notebook', async () => {
    await session.run('let x = 1; let o: any');
    expect(
      await session.run('const inner = ((x: number) => { let y = x; { let x = 3; y += x } return y })(10); inner'),
    ).toBe(13);
    expect(
      await session.run('for (const x of [5]) o = { x }; try { throw 2 } catch (x) { o.y = x } [o.x, o.y, x]'),
    ).toEqual([5, 2, 1]);
  });

  it('writes to names of the notebook in every form of assignment', async () => {
    await session.run('let a = 1, b = 2, c: any, d: any, list = [1, 2]');
    await session.run('[a, b] = [b, a]; ({ a: c, ...d } = { a: 7, z: 8 }); a++; --b; list[0] += a; a **= 2; c ??= 1');
    expect(await session.run('({ a, b, c, d, list })')).toEqual({ a: 9, b: 0, c: 7, d: { z: 8 }, list: [4, 2] });
    await session.run('for (a of [4, 5]); for (c in { k: 1 }); for ([b] of [[6]]);');
    expect(await session.run('[a, b, c]')).toEqual([5, 6, 'k']);
  });

  it('uses await at the top level, in any expression', async () => {
    expect(await session.run('const v = [await Promise.resolve(1), ...(await Promise.all([2]))]; v')).toEqual([1, 2]);
    expect(await session.run('let n = 0; for await (const each of [Promise.resolve(1), 2]) n += each; n')).toBe(3);
  });

  it('throws a TypeError for an assignment to a constant when types are not checked', async () => {
    expect(session.errors('const k = 1; k = 2')[0]).toContain('TS2588');
    session.service.typecheck(false);
    try {
      expect(await session.failure('const k = 1; k = 2')).toMatchObject({
        name: 'TypeError',
        message: 'Assignment to constant variable.',
      });
      expect(await session.failure('[k] = [3]')).toMatchObject({ name: 'TypeError' });
      expect(await session.run('k')).toBe(1);
    } finally {
      session.service.typecheck(true);
    }
  });

  it('finds a name that a later cell declares when types are not checked', async () => {
    session.service.typecheck(false);
    try {
      await session.run('function reader() { return laterName }');
      expect(await session.failure('reader()')).toMatchObject({
        name: 'ReferenceError',
        message: 'laterName is not defined',
      });
      await session.run('const laterName = 3');
      expect(await session.run('reader()')).toBe(3);
      expect(await session.run('typeof nowhere')).toBe('undefined');
    } finally {
      session.service.typecheck(true);
    }
  });

  it('disposes what using declares at the end of the cell', async () => {
    expect(
      await session.run(
        'const log: string[] = []; using res = { [Symbol.dispose]() { log.push("bye") } }; let inside = log.length; inside',
      ),
    ).toBe(0);
    expect(await session.run('log')).toEqual(['bye']);
    expect(await session.run('inside')).toBe(0);
  });

  it('runs standard decorators', async () => {
    await session.run(
      'function twice<T extends (this: any, ...a: any[]) => number>(m: T, _: ClassMethodDecoratorContext) { return function (this: any, ...a: any[]) { return m.apply(this, a) * 2 } as T }',
    );
    await session.run('class D { @twice get(n: number) { return n } }');
    expect(await session.run('new D().get(4)')).toBe(8);
  });

  it('makes elements of JSX with React.createElement or what a pragma names', async () => {
    await session.run(
      'const React = { createElement: (tag: any, props: any, ...children: any[]) => ({ tag, props, children }) }',
    );
    expect(await session.run('const el = <div id="a">don\'t {1 + 1}</div>; el')).toEqual({
      tag: 'div',
      props: { id: 'a' },
      children: ["don't ", 2],
    });
    expect(await session.run('/** @jsx h */ const h = (tag: string) => tag; <b/>')).toBe('b');
    expect(await session.run('const id = <T,>(v: T) => <T>v; id(3)').catch(() => 'tsx')).toBeDefined();
  });

  it('takes exports politely', async () => {
    expect(
      await session.run(
        'export const e = 1; export function f() { return e } export { e as other }; export default class X {}\nf()',
      ),
    ).toBe(1);
    expect(await session.run('export default 5')).toBe(5);
    expect(await session.run('new X() instanceof X')).toBe(true);
  });

  it('lets a direct eval see the names of the notebook', async () => {
    await session.run('let seen = 4');
    expect(await session.run('const local = 1; eval("seen + 1")')).toBe(5);
  });

  it('has the names of a CommonJS module', async () => {
    expect(await session.run('typeof require + typeof module + typeof __dirname')).toBe('functionobjectstring');
    expect(await session.run('require("node:path").sep')).toBe('/');
    expect(await session.run('import.meta.url')).toBe('file:///cell.ts');
    await session.run('const require = (x: string) => x');
    expect(await session.run('require("mine")')).toBe('mine');
  });

  it('shadows globals of Node by its own names', async () => {
    await session.run(
      'const performance = { now: () => "mine" }; interface Event { mine: number } class Blob { kind = "own" }',
    );
    expect(await session.run('const e: Event = { mine: 1 }; [performance.now(), e.mine, new Blob().kind]')).toEqual([
      'mine',
      1,
      'own',
    ]);
  });

  it('runs with many repeated declarations and labels', async () => {
    expect(
      await session.run(
        'outer: for (let i = 0; i < 3; i++) { for (;;) { if (i === 1) break outer; continue outer } }\n"done"',
      ),
    ).toBe('done');
    expect(session.errors('let d = 1; let d = 2').length).toBe(2);
  });
});

describe('imports', () => {
  it('bind default, namespace and named imports, for later cells too', async () => {
    await session.run(
      'import fs, { readFileSync as read, type Stats } from "node:fs"; import * as path from "node:path"; import os = require("node:os");',
    );
    expect(
      await session.run(
        'const stats: Stats | null = null; [typeof fs.statSync, typeof read, path.posix.join("a", "b"), typeof os.cpus]',
      ),
    ).toEqual(['function', 'function', 'a/b', 'function']);
  });

  it('leave out what is only a type', async () => {
    const cell = session.compile(
      'import { Stats, type Dirent } from "node:fs"; import { ReadableOptions } from "node:stream"; let s: Stats | undefined',
    );
    expect(cell.declares.map(({ name }) => name)).toEqual(['Stats', 's']);
  });

  it('fail for an export that is not there', async () => {
    session.service.typecheck(false);
    try {
      await expect(session.run('import { nope } from "node:fs"')).rejects.toThrow(
        "The module 'node:fs' does not provide an export named 'nope'",
      );
    } finally {
      session.service.typecheck(true);
    }
  });

  it('load dynamically, with attributes', async () => {
    session.modules.set('./data.json', { default: { a: 1 } });
    expect(await session.run('const p = await import("node:path"); typeof p.join')).toBe('function');
    session.service.typecheck(false);
    try {
      expect(await session.run('(await import("./data.json", { with: { type: "json" } })).default.a')).toBe(1);
    } finally {
      session.service.typecheck(true);
    }
  });

  it('know the types of tslab and of Node', async () => {
    expect(session.errors('import { display } from "tslab"; display.html(3)')[0]).toContain('TS2345');
    expect(session.errors('import { nothing } from "node:fs"')[0]).toContain('TS2305');
  });
});

describe('magics', () => {
  it('run in order with the code, awaited', async () => {
    const order: string[] = [];
    session.onMagic = async (name) => {
      await Promise.resolve();
      order.push(`${name}:${session.has('b')}`);
    };
    expect(await session.run('let a = 1\n%vars --all\nlet b = a\n  %gc\n%free b // not a comment')).toBeUndefined();
    expect(session.magics).toEqual([
      ['vars', '--all'],
      ['gc', ''],
      ['free', 'b // not a comment'],
    ]);
    expect(order).toEqual(['vars:false', 'gc:true', 'free:true']);
    expect(await session.run('%mem\na')).toBe(1);
  });

  it('are found only at depth 0 outside strings, templates and comments', async () => {
    const code = 'const t = `\n%vars ${1 +\n 1}\n%gc`; /*\n%gc\n*/\nconst n = (7\n%mod)\nvar mod = 3;';
    await session.run('var mod = 4');
    expect(session.service.compile(code, 99).ok).toBe(true);
    expect(session.compile('const u = 7\n  % 4; u').hasResult).toBe(true);
    expect(await session.run('const r = /[/`]/g; const d = "a\\\n%vars"; d')).toBe('a%vars');
    expect(session.magics).toEqual([]);
  });

  it('keep the lines and columns of everything else', async () => {
    expect(session.errors('%vars\nlet a = 1\n%gc\nlet z: string = a')).toEqual([
      expect.stringContaining('TS2322 4:5 '),
    ]);
    expect(await session.failure('%vars\n%gc --minor\n\n(undefined as any).x')).toMatchObject({ line: 4 });
  });

  it('on the first line with two percent signs take the whole cell', async () => {
    const cell = session.compile('%%timeit -n 3\nlet a = 1;\na + 1');
    expect(cell.cellMagic).toEqual({ name: 'timeit', args: '-n 3', body: 'let a = 1;\na + 1' });
    expect(await session.execute(cell)).toEqual({ value: 2 });
    expect(await session.execute(cell)).toEqual({ value: 2 });
    expect(session.errors('let a = 1\n%%time\na')).toEqual([expect.stringContaining('HM1 2:1 ')]);
  });

  it('show help', async () => {
    await session.run('%vars?');
    expect(session.magics).toEqual([['vars?', '']]);
  });
});

describe('What a cell adds to types of others', () => {
  it.each([
    ['declare global { interface Array<T> { second(): T } }', '(() => [1, 2].second()).length'],
    ['const own = 1; declare global { interface String { shout(): string } }', '(() => "a".shout()).length'],
    ['declare global { var made: number }', 'made + 1'],
    ['declare module "node:os" { interface CpuInfo { made: 5 } }', '(await import("node:os")).cpus()[0]?.made'],
  ])('%s is known to later cells, until a reset', async (code, use) => {
    const session = new Session();
    await session.run(code);
    await session.run(code);
    expect(session.service.compile(use, 9)).toMatchObject({ ok: true });
    session.service.forget(['own']);
    for (let count = 0; count < 40; count += 1) await session.run(`let again = ${count}`);
    expect(session.service.compile(use, 9)).toMatchObject({ ok: true });
    session.service.reset();
    expect(session.service.compile(use, 9)).toMatchObject({ ok: false });
  });

  it.each([
    ['const', 'const made: NEW', 'made'],
    ['class', 'class Made { of: NEW }', 'new Made().of'],
    ['function', 'function make(): NEW', 'make()'],
    ['enum and namespace', 'enum E { A = NEW }\nnamespace Inner { let kept: NEW, gone: NEW }', 'Inner.gone'],
    ['member', 'interface Shape { size: NEW }\nlet shape: Shape', 'shape.size'],
  ])('may be a %s that the cell says again, also as another one', async (_kind, declaration, use) => {
    const session = new Session();
    for (const [head, before, reached] of [
      ['declare module "node:os"', 'import * as os from "node:os"; ', use.replace(/^(new )?/, '$1os.')],
      ['declare global', '', use],
    ] as const) {
      for (const type of ['1', '1', '2']) {
        await session.run(`${head} { ${declaration.replaceAll('NEW', type)} }`);
      }
      expect(session.errors(`${before}const wrong: 3 = ${reached}`)).toEqual([
        expect.stringContaining("Type '2' is not assignable to type '3'"),
      ]);
    }
  });

  it('stays where another cell adds something else, and where the new cell fails', async () => {
    const session = new Session();
    await session.run('declare global { interface String { one(): 1 }\n var kept: 1, other: 1 }');
    await session.run('declare global { interface String { two(): 2 }\n var other: 2 }');
    expect(session.errors('const wrong: 0 = [kept, other, "".one(), "".two()] as const')).toEqual([
      expect.stringContaining('readonly [1, 2, 1, 2]'),
    ]);
    session.errors('declare global { var kept: 3 }; missing');
    expect(session.errors('const wrong: 0 = kept')).toEqual([expect.stringContaining("Type '1' is not")]);
  });
});
