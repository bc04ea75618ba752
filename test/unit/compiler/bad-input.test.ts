import { beforeEach, describe, expect, it } from 'vitest';
import type { CompilerService } from '../../../kernel/src/compiler/service.js';
import { Session } from './notebook-session.js';

let service: CompilerService | undefined;
let session: Session;

beforeEach(() => {
  service?.reset();
  session = new Session(service);
  service = session.service;
});

describe('an error of a cell', () => {
  it('shows each mistake with its place and a frame', () => {
    const compiled = session.service.compile('const n: number = "a";\nconst s: string = 1;\n', 1);
    if (compiled.ok) throw new Error('It compiled.');
    expect(compiled.diagnostics.map(({ code, line, column }) => [code, line, column])).toEqual([
      ['TS2322', 1, 7],
      ['TS2322', 2, 7],
    ]);
    expect(compiled.diagnostics[1]?.frame).toBe(
      '  1 | const n: number = "a";\n> 2 | const s: string = 1;\n    |       ^\n  3 |',
    );
    expect(compiled.error.evalue).toContain(
      "TS2322 at 1:7: Type 'string' is not assignable to type 'number'. (and 1 more)",
    );
  });

  it('lists ten mistakes and counts the others', () => {
    const compiled = session.service.compile(
      Array.from({ length: 25 }, (_, index) => `const n${index}: number = "a"`).join('\n'),
      1,
    );
    if (compiled.ok) throw new Error('It compiled.');
    expect(compiled.error.traceback.at(-1)).toBe('… and 15 more');
    expect(compiled.diagnostics).toHaveLength(25);
  });

  it('is one of syntax before it is one of types', () => {
    expect(session.errors('const = 1; const n: number = "a"').every((each) => /^TS1/.test(each))).toBe(true);
    expect(session.errors('let s = `abc')[0]).toMatch(/^TS1160 /);
    expect(session.errors('let a = (1')[0]).toMatch(/^TS1005 1:11 /);
  });

  it('tells that a cell cannot return', () => {
    expect(session.errors('let a = 1;\nif (a) {\n  return a\n}')).toEqual([
      'TS1108 3:3 A cell cannot return. To show a value, end the cell with it.',
    ]);
  });

  it('does not reach the next cell', async () => {
    session.errors('let broken: number = "a"');
    expect(session.errors('broken')[0]).toContain("Cannot find name 'broken'.");
    expect(await session.run('1 + 1')).toBe(2);
  });

  it('names no file of the kernel', async () => {
    await session.run('interface P { a: number } const p: P = { a: 1 }');
    await session.run('interface P { b: string }');
    const [message] = session.errors('const q: P = p');
    expect(message).toContain("is missing in type 'P' but required in type 'P'");
    expect(message).not.toMatch(/heapmark|import\(/);
  });
});

describe('a cell in a strange form', () => {
  it.each([
    ['Windows line ends', 'let a = 1;\r\nlet b = 2;\r\na + b', 3],
    ['a mark of byte order', '\ufefflet c = 4;\nc', 4],
    ['a first line for the shell', '#!/usr/bin/env node\n5', 5],
    ['a comment at its end', '6 // six', 6],
    ['a comment without an end of line', 'let d = 7;\nd /* seven */', 7],
    ['a directive', '"use strict";\nlet e = 8; e', 8],
    ['an empty statement at its end', '9;;', 9],
    ['separators of lines of Unicode', 'let f = 1;\u2028f', 1],
    [
      'names of its own like those of the kernel',
      'let typeof_ = 1, constant = 2, count = 3; typeof_ + constant + count',
      6,
    ],
    [
      'names that objects inherit',
      'let toString = 1, constructor = 2, hasOwnProperty = 3; toString + constructor + hasOwnProperty',
      6,
    ],
    ['a string with the end of a comment', 'const g = "*/ //"; g.length', 5],
    ['regular expressions of the newest kind', '/\\p{L}[a--b]/v.test("ä") || 1', 1],
  ])('has %s', async (_what, code, value) => {
    session.service.typecheck(!code.includes('a--b'));
    try {
      expect(await session.run(code)).toBe(value);
    } finally {
      session.service.typecheck(true);
    }
  });

  it('may have fifteen thousand names', { timeout: 60_000 }, async () => {
    session.service.typecheck(false);
    try {
      await session.run(Array.from({ length: 15_000 }, (_, index) => `let name${index} = ${index};`).join('\n'));
      expect(await session.run('name0 + name14999')).toBe(14_999);
    } finally {
      session.service.typecheck(true);
    }
  });

  it('may be nested deeper than the compiler can follow', { timeout: 60_000 }, async () => {
    const deep = `${'('.repeat(20_000)}1${')'.repeat(20_000)}`;
    const compiled = session.service.compile(deep, 1);
    if (!compiled.ok) expect(compiled.error.evalue).toMatch(/nested too deeply/);
    expect(await session.run('2 + 2')).toBe(4);
  });

  it('may be five megabytes long', { timeout: 120_000 }, async () => {
    const line = 'rows.push({ id: 1, name: "a name of some length", values: [1, 2, 3, 4, 5] });\n';
    const rows = `const rows: unknown[] = [];\n${line.repeat(Math.ceil(5e6 / line.length))}rows.length`;
    expect(session.service.compile(rows, 1)).toMatchObject({
      ok: true,
      cell: { hasResult: true },
      notice: expect.stringContaining('types were not checked') as unknown,
    });
    expect(await session.run(`const text = ${JSON.stringify('x'.repeat(5e6))}; text.length`)).toBe(5e6);
    expect(session.service.compile('text.length', 1)).not.toHaveProperty('notice');
  });
});

describe('the place of an error', () => {
  it.each([
    ['a call', 'let a = 1;\nlet b: any = {};\n  b.missing.deep()', 3],
    ['a function of the cell', 'function fail() {\n  throw new Error("x")\n}\n\nfail()', 2],
    ['a class', 'class A {\n  run() {\n    throw new Error("x")\n  }\n}\nnew A().run()', 3],
    ['an await', 'const p = Promise.resolve(1);\nawait p;\nthrow new Error("x")', 3],
    [
      'a cell with imports and types',
      'import fs from "node:fs";\ninterface T { a: number }\ntype U = T;\nfs.readFileSync("/nowhere/at/all")',
      4,
    ],
    ['an enum before', 'enum E { A, B }\nnamespace N { export const x = 1 }\nthrow new Error("x")', 3],
  ])('is right in %s', async (_what, code, line) => {
    expect((await session.failure(code)).line).toBe(line);
  });

  it('has the column of the user', async () => {
    await session.run('let notAFunction: any = 1; let other: any');
    expect(await session.failure('let x = 1; notAFunction(x)')).toMatchObject({
      message: 'notAFunction is not a function',
      line: 1,
      column: 12,
    });
    expect(await session.failure('  other.field')).toMatchObject({ line: 1, column: 9 });
  });
});

describe('A magic that does not exist', () => {
  it.each([
    ['%%unknwon --x\nthis is ? not TypeScript at all', { cellMagic: { name: 'unknwon', args: '--x', body: '' } }],
    ['const wrong: number = "text"\n  %vras a b\nmore(', { cellMagic: null, declares: [] }],
  ])('is all that is compiled of %j', (code, expected) => {
    const compiled = new Session().service.compile(code, 1);
    expect(compiled).toMatchObject({ ok: true, cell: expected });
    if (compiled.ok) expect(compiled.cell.js).not.toContain('wrong');
  });

  it('is named by its own call, at its own line', async () => {
    const session = new Session();
    session.onMagic = (name, args) => {
      throw new Error(`no ${name} with ${args}`);
    };
    await expect(session.run('let late = 1\n%vras a b')).rejects.toThrow('no vras with a b');
    expect(session.has('late')).toBe(false);
  });

  it('leaves help and known magics alone', () => {
    for (const code of ['%vars?', '%?', '%%time\nlet x = 1', '%free\nlet y = 2']) {
      expect(new Session().service.compile(code, 1), code).toMatchObject({ ok: true });
    }
    expect(new Session().service.compile('%vars\nlet kept = 1', 1)).toMatchObject({
      cell: { declares: [{ name: 'kept' }] },
    });
  });
});

it('says what to do in place of a command for the shell', () => {
  const hint = 'execSync("…", { encoding: "utf8" })';
  expect(new Session().errors('!ls')[0]).toContain(hint);
  expect(new Session().errors('let a = 1\n!pip install x')[0]).toContain(hint);
  expect(new Session().errors('const a = !missing')[0]).not.toContain(hint);
});
