/** What a compiler does before the first cells: it keeps files for the next start, and practises. */
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { practiceCell } from '../../../kernel/src/compiler/practice.js';
import { CompilerService } from '../../../kernel/src/compiler/service.js';
import { Session } from './notebook-session.js';

let folder: string;
let cache: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'heapmark-start-'));
  cache = join(folder, 'cache');
  mkdirSync(join(folder, 'notebooks'));
  vi.stubEnv('HEAPMARK_CACHE_DIR', cache);
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true, force: true });
});

const start = (): CompilerService => new CompilerService({ folder: join(folder, 'notebooks') });
const declarations = (): string =>
  join(cache, readdirSync(cache).find((name) => /^declarations-[0-9a-f]+$/.test(name)) ?? 'missing');

describe('The declarations of the language and of Node', () => {
  it('mean the same when they come from the cache, comments of theirs included', () => {
    const first = start();
    first.warmUp();
    expect(JSON.parse(readFileSync(declarations(), 'utf8'))).toHaveProperty('roots');
    for (const service of [first, start()]) {
      const wrong = service.compile(
        'import { readFileSync } from "node:fs"; const n: number = readFileSync("a", "utf8")',
        1,
      );
      expect(wrong).toMatchObject({ ok: false, diagnostics: [{ code: 'TS2322' }] });
      const fine = service.compile(
        'const r: Response = await fetch("x"); [r.ok, new Map([[1, 2]]).size, setTimeout]',
        2,
      );
      expect(fine).toMatchObject({ ok: true });
      expect(service.inspect('Math.hypot', 8, 0)?.data['text/plain']).toContain('square root of the sum of squares');
      const read = service.inspect('import { readFileSync } from "node:fs"; readFileSync', 45, 0);
      expect(read?.data['text/plain']).toContain('Returns the contents of the `path`');
    }
  });

  it('are read anew when the cache is damaged', () => {
    start().warmUp();
    writeFileSync(declarations(), '{"roots": ["/heapmark');
    expect(start().compile('Math.max(1, [2].at(0) ?? 0)', 1)).toMatchObject({ ok: true });
  });
});

describe('Practice', () => {
  it('is made of cells without mistakes, no two the same', () => {
    const session = new Session(start());
    const codes = Array.from({ length: 9 }, (_, index) => practiceCell(index));
    for (const code of codes) {
      const compiled = session.service.compile(code, 1);
      expect(compiled, code).toMatchObject({ ok: true });
      if (compiled.ok)
        session.service.settle(
          compiled.id,
          compiled.cell.declares.map(({ name }) => name),
        );
    }
    expect(new Set(codes).size).toBe(codes.length);
  });

  it('leaves no trace in the notebook, between whose cells it happens', async () => {
    const session = new Session(start());
    await session.run('const mine = 1');
    const names = (): string[] => session.service.complete('m', 1).matches.map(({ text }) => text);
    const before = names();
    for (let count = 0; count < 20; count += 1) session.service.rehearse();
    expect(names()).toEqual(before);
    expect(session.service.complete('poi', 3).matches.map(({ text }) => text)).not.toContain('point_19');
    expect(session.errors('point_19')).toEqual([expect.stringContaining("Cannot find name 'point_19'")]);
    expect(await session.run('mine + 1')).toBe(2);
    const again = session.service.compile('mine', session.count);
    expect(again.ok && again.cell.filename).toBe(`cell-${session.count}.${again.ok ? again.id : ''}.ts`);
  });
});

describe('A long notebook', () => {
  it('keeps the types of more cells than there were files for at the start', async () => {
    const session = new Session(start());
    for (let index = 0; index < 80; index += 1) await session.run(`const v${index} = { n${index}: ${index} }`);
    expect(await session.run('v0.n0 + v31.n31 + v32.n32 + v79.n79')).toBe(142);
    expect(session.errors('v40.n41')).toEqual([expect.stringContaining("Property 'n41' does not exist")]);
  });
});
