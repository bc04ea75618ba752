import { mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { CacheFile } from '../../../kernel/src/compiler/cache-file.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'heapmark-cache-'));
  vi.stubEnv('HEAPMARK_CACHE_DIR', folder);
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true, force: true });
});

it('gives back what was kept for the same origin, and nothing for another', () => {
  expect(new CacheFile('words', ['a', 1]).read()).toBeUndefined();
  new CacheFile('words', ['a', 1]).write('kept');
  expect(new CacheFile('words', ['a', 1]).read()?.toString()).toBe('kept');
  expect(new CacheFile('words', ['a', 2]).read()).toBeUndefined();
  expect(new CacheFile('others', ['a', 1]).read()).toBeUndefined();
});

it('drops what was made of other origins a month ago, of its own kind only', () => {
  for (const name of ['words-old', 'words-new', 'others-old']) writeFileSync(join(folder, name), '');
  const long = Date.now() / 1000 - 40 * 24 * 3600;
  for (const name of ['words-old', 'others-old']) utimesSync(join(folder, name), long, long);
  new CacheFile('words', []).write('kept');
  const names = readdirSync(folder);
  expect(names).not.toContain('words-old');
  expect(names).toEqual(expect.arrayContaining(['words-new', 'others-old']));
  expect(names).toHaveLength(3);
});

it('does without a folder that cannot be made', () => {
  writeFileSync(join(folder, 'file'), '');
  vi.stubEnv('HEAPMARK_CACHE_DIR', join(folder, 'file', 'below'));
  const cache = new CacheFile('words', []);
  expect(() => cache.write('kept')).not.toThrow();
  expect(cache.read()).toBeUndefined();
});
