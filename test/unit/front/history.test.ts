import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { globMatcher, History } from '../../../kernel/src/front/history.js';
import { createLogger } from '../../../kernel/src/front/log.js';

let folder: string;
let logged: string[];
const log = createLogger('debug', (line) => logged.push(line));
const open = (): History => new History(join(folder, 'deep', 'history.jsonl'), log);
const codes = (lines: { code: string }[]): string[] => lines.map(({ code }) => code);

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'heapmark-history-'));
  logged = [];
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe('history', () => {
  it('gives the last lines, oldest first', async () => {
    const history = open();
    ['a', 'b', 'c'].forEach((code, index) => history.add(index + 1, code, null));
    expect(codes(await history.tail(2))).toEqual(['b', 'c']);
    expect(codes(await history.tail(null))).toEqual(['a', 'b', 'c']);
  });

  it('outlives the kernel, in a session with a number of its own', async () => {
    const first = open();
    first.add(1, 'let x = 1', 'one');
    await first.settled();
    const second = open();
    second.add(1, 'let y = 2', null);
    expect(await second.tail(2)).toEqual([
      { session: 1, line: 1, code: 'let x = 1', output: 'one' },
      { session: 2, line: 1, code: 'let y = 2', output: null },
    ]);
  });

  it('gives kernels that run at the same time numbers of their own', async () => {
    const kernels = Array.from({ length: 8 }, open);
    await Promise.all(
      kernels.map((history, index) => {
        history.add(1, `cell of ${index}`, null);
        return history.settled();
      }),
    );
    const late = open();
    const lines = await late.tail(null);
    expect(lines).toHaveLength(8);
    expect(new Set(lines.map(({ session }) => session)).size).toBe(8);
    late.add(1, 'x', null);
    expect(lines.map(({ session }) => session)).not.toContain((await late.tail(1))[0]?.session);
  });

  it('gives a range of this session, of one before, and of one by its number', async () => {
    const before = open();
    before.add(1, 'old', null);
    await before.settled();
    const history = open();
    ['a', 'b', 'c'].forEach((code, index) => history.add(index + 1, code, null));
    expect(codes(await history.range(0, 2, 3))).toEqual(['b']);
    expect(codes(await history.range(0, 2, null))).toEqual(['b', 'c']);
    expect(codes(await history.range(-1, 0, null))).toEqual(['old']);
    expect(codes(await history.range(1, 0, null))).toEqual(['old']);
    expect(await history.range(-9, 0, null)).toEqual([]);
  });

  it('searches by glob, once for each source when asked, the latest n', async () => {
    const history = open();
    ['1+1', '2+2', '1+1', 'let x'].forEach((code, index) => history.add(index + 1, code, null));
    expect(codes(await history.search({ pattern: '?+?', n: null, unique: false }))).toEqual(['1+1', '2+2', '1+1']);
    expect(codes(await history.search({ pattern: '?+?', n: null, unique: true }))).toEqual(['2+2', '1+1']);
    expect(codes(await history.search({ pattern: '*', n: 2, unique: false }))).toEqual(['1+1', 'let x']);
  });

  it('ignores damaged lines of its file', async () => {
    const first = open();
    first.add(1, 'kept', null);
    await first.settled();
    const file = join(folder, 'deep', 'history.jsonl');
    writeFileSync(file, `${readFileSync(file, 'utf8')}{"session":1,"li\nnull\n[]\n`);
    expect(codes(await open().tail(null))).toEqual(['kept']);
  });

  it('cuts a file that has grown too long', async () => {
    const history = open();
    await history.settled();
    const file = join(folder, 'deep', 'history.jsonl');
    const line = (n: number) => `${JSON.stringify({ session: 1, line: n, code: 'x'.repeat(90_000), output: null })}\n`;
    writeFileSync(file, Array.from({ length: 60 }, (_value, n) => line(n)).join(''));
    await open().tail(1);
    expect(readFileSync(file, 'utf8').length).toBeLessThan(3_000_000);
  });

  it('goes on in memory when the disk fails, and says so once', async () => {
    const blocker = join(folder, 'file');
    writeFileSync(blocker, '');
    const history = new History(join(blocker, 'history.jsonl'), log);
    history.add(1, 'a', null);
    history.add(2, 'b', null);
    expect(codes(await history.tail(null))).toEqual(['a', 'b']);
    expect(logged.filter((text) => text.includes('memory only'))).toHaveLength(1);
  });

  it('is readable by nobody else', async () => {
    const history = open();
    history.add(1, 'secret', null);
    await history.settled();
    chmodSync(folder, 0o700);
    const { statSync } = await import('node:fs');
    expect(statSync(join(folder, 'deep', 'history.jsonl')).mode & 0o077).toBe(0);
  });
});

describe('globs', () => {
  it.each([
    ['let *', 'let x = 1', true],
    ['let *', 'const x', false],
    ['?+?', '1+1', true],
    ['[0-9]+[!a-z]', '1+1', true],
    ['[0-9]+[!a-z]', '1+a', false],
    ['a*b*c', 'a\nb\nc', true],
    ['(', '(', true],
  ])('%j on %j is %j', (pattern, text, expected) => {
    expect(globMatcher(pattern)(text)).toBe(expected);
  });

  it('of a text without wildcards match just that text', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (a, b) => {
        fc.pre(!/[*?[\]]/.test(a));
        expect(globMatcher(a)(b)).toBe(a === b);
      }),
    );
  });

  it('with many stars take no exponential time', () => {
    // In exponential time it would not come back.
    expect(globMatcher(`${'*a'.repeat(30)}b`)('a'.repeat(5_000))).toBe(false);
  });
});
