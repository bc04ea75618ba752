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

const isFast = (code: string): boolean => session.compile(code).js.includes('$hm_local_');

describe('a loop at the top level', () => {
  it.each([
    'let s = 0; for (let i = 0; i < 10; i++) s += i;',
    'let s = 0, n = 10; while (n > 0) { n--; if (n % 2) continue; s += n }',
    'let a = 1; do { a *= 2 } while (a < 100)',
    'var t = ""; for (var i = 0; i < 5; i++) t += `${i},`',
    'let p = 0; outer: for (let i = 0; i < 9; i++) { for (let j = 0; j < 9; j++) { if (j > i) continue outer; if (i === 8) break outer; p += j } }',
    'let r = 0; for (let i = 1; i < 9; i++) { const half = i / 2; switch (i % 3) { case 0: r += Math.sqrt(i); break; default: r -= Math.max(half, 1) } }',
    'let big = 1n; for (let i = 1n; i < 20n; i++) big *= i',
    'let u: any; let count = 0; for (let i = 0; i < 3; i++) { u ??= i; count += typeof u === "number" ? 1 : 0 }',
  ])('keeps its variables in locals: %s', async (code) => {
    expect(isFast(code)).toBe(true);
    await session.run(code);
    const names = session.lastCell?.declares.map(({ name }) => name) ?? [];
    const fast = names.map((name) => session.slot(name).v);
    const plain = new Session(service);
    // In a function, where no name is the notebook's.
    const js = code.replace(/: any/g, '');
    const values = await plain.run(`(() => { ${js}; return [${names.join(', ')}] })()`);
    expect(fast).toEqual(values);
  });

  it.each([
    ['a call', 'let s = 0; const f = () => 1; for (let i = 0; i < 3; i++) s += f()'],
    ['a property', 'let s = 0; const o = { n: 1 }; for (let i = 0; i < 3; i++) s += o.n'],
    ['an await', 'let s = 0; for (let i = 0; i < 3; i++) s += await 1'],
    ['a closure', 'let s = 0; let g: any; for (let i = 0; i < 3; i++) { g = () => s; s++ }'],
    ['an object', 'let s: any = 0; for (let i = 0; i < 3; i++) s = [i]'],
    [
      'a function of its own',
      'let s = 0; const Math = { sqrt: (x: number) => x }; for (let i = 0; i < 3; i++) s += Math.sqrt(i)',
    ],
    ['a constructor', 'let s: any = 0; for (let i = 0; i < 3; i++) s = new Date'],
    ['a tagged template', 'let s: any = 0; for (let i = 0; i < 3; i++) s = String.raw`x`'],
    ['a direct eval', 'let s = 0; for (let i = 0; i < 3; i++) s += eval("i")'],
    ['a regular expression', 'let s: any = 0; for (let i = 0; i < 3; i++) s = /x/'],
  ])('stays as it is with %s', async (_what, code) => {
    expect(isFast(code)).toBe(false);
    await session.run(code);
  });

  it('shows every step to valueOf of an object that a name holds', async () => {
    await session.run('let s = 0; const seen: number[] = []; let step: any = { valueOf() { seen.push(s); return 1 } }');
    await session.run('for (let i = 0; i < 3; i++) s += step');
    expect(await session.run('[s, seen]')).toEqual([3, [0, 1, 2]]);
  });

  it('shows every step to valueOf of an object in a block around it', async () => {
    await session.run('let s = 0; const seen: number[] = []');
    await session.run(
      '{ const step: any = { valueOf() { seen.push(s); return 1 } }; for (let i = 0; i < 3; i++) s += step }',
    );
    expect(await session.run('[s, seen]')).toEqual([3, [0, 1, 2]]);
  });

  it('shows every step to a function of an earlier cell', async () => {
    await session.run('let s = 0; const seen: number[] = []; function note() { seen.push(s); return 1 }');
    await session.run('for (let i = 0; i < 3; i++) s += note()');
    expect(await session.run('[s, seen]')).toEqual([3, [0, 1, 2]]);
  });

  it('runs as written when a function of Math is another', async () => {
    await session.run(
      'let s = 0; const seen: number[] = []; const real = Math.sqrt; Math.sqrt = (x: number) => { seen.push(s); return x }',
    );
    try {
      await session.run('for (let i = 0; i < 3; i++) s += Math.sqrt(i)');
      expect(await session.run('[s, seen]')).toEqual([3, [0, 0, 1]]);
    } finally {
      await session.run('Math.sqrt = real');
    }
  });

  it('keeps the state of the iteration in which it throws', async () => {
    await session.run('let s: any = 0; let n = 0');
    await expect(session.run('for (let i = 0; i < 5; i++) { n++; if (i === 3) s = 1n; s += 1 }')).rejects.toThrow(
      TypeError,
    );
    expect(await session.run('[s, n]')).toEqual([1n, 4]);
  });

  it('throws for a freed name and does not bring it back', async () => {
    await session.run('let s = 0; let other = 1');
    session.service.typecheck(false);
    try {
      session.free('s');
      await expect(session.run('for (let i = 0; i < 3; i++) { other += i; s += i }')).rejects.toThrow(
        's is not defined',
      );
      expect(session.has('s')).toBe(false);
      expect(await session.run('other')).toBe(1);
      await expect(session.run('for (let i = 0; i < 3; i++) s = i')).rejects.toThrow('s is not defined');
      expect(session.has('s')).toBe(false);
    } finally {
      session.service.typecheck(true);
    }
  });

  it('does not bring back a name that is freed between its rounds', async () => {
    await session.run('let s = 0');
    session.onMagic = () => session.free('s');
    await expect(
      session.run('for (let i = 0; i < 3; i++) s += i;\n%free s\nfor (let i = 0; i < 3; i++) s += i;'),
    ).rejects.toThrow('s is not defined');
    expect(session.has('s')).toBe(false);
  });

  it('throws for a name that is declared below it', async () => {
    session.service.typecheck(false);
    try {
      await expect(session.run('for (let i = 0; i < 3; i++) below += i; let below = 0')).rejects.toThrow(
        ReferenceError,
      );
    } finally {
      session.service.typecheck(true);
    }
  });

  it('throws for an assignment to a constant', async () => {
    session.service.typecheck(false);
    try {
      await expect(session.run('const k = 0; for (let i = 0; i < 3; i++) k = i')).rejects.toThrow(
        'Assignment to constant variable.',
      );
    } finally {
      session.service.typecheck(true);
    }
  });

  it('has its values in the notebook when it is terminated', async () => {
    await session.run('let n = 0');
    session.timeout = 200;
    await expect(session.run('for (;;) n++')).rejects.toThrow(/timed out/);
    session.timeout = undefined;
    expect(await session.run('n > 100_000')).toBe(true);
  });

  it('tells the line and column of an error in its fast version', async () => {
    await session.run('let s: any = 0');
    const failure = await session.failure(
      '%vars\n// a comment\nfor (let i = 0; i < 5; i++) {\n  if (i === 2) s = 1n;\n  s = s + i;\n}',
    );
    expect(session.lastCell?.js).toContain('$hm_local_s');
    expect(failure).toMatchObject({ name: 'TypeError', line: 5 });
  });

  // How fast that is, `npm run bench` measures.
  it('keeps its variables in locals after a free too', async () => {
    const code = 'let s = 0; for (let i = 0; i < 1_000; i++) s += i;';
    await session.run(code);
    session.free('s');
    expect(isFast(code)).toBe(true);
    await session.run(code);
    expect(session.slot('s').v).toBe(499_500);
  });
});
