import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { BoundedCache, CacheFileError, memoize, restoreCache, saveCache } from '../../../kernel/src/caches/index.js';
import { FakeClock } from './fake-clock.js';

const folder = mkdtempSync(join(tmpdir(), 'heapmark-caches-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const fileOf = (name: string): string => join(folder, name);

describe('a saved cache', () => {
  test('comes back with its values, its order and the time that is left', async () => {
    const clock = new FakeClock();
    const cache = new BoundedCache<string, unknown>({ maxSize: 3, ttl: 1_000_000, clock });
    cache.set('a', { rows: new Float64Array([1, 2]), at: new Date(5) });
    cache.set('b', new Map([['x', 1n]]));
    cache.set('c', undefined);
    cache.get('a');
    clock.advance(400_000);
    expect(await saveCache(cache, fileOf('cache'))).toMatchObject({ saved: 3, skipped: 0 });
    const later = new FakeClock();
    const restored = new BoundedCache<string, unknown>({ maxSize: 3, ttl: 1_000_000, clock: later });
    expect(await restoreCache(restored, fileOf('cache'))).toEqual({ restored: 3, dropped: 0 });
    expect([...restored]).toEqual([...cache]);
    expect([...restored.keys()]).toEqual(['b', 'c', 'a']);
    later.advance(600_000);
    expect([...restored]).toEqual([]);
  });

  test('fills a smaller cache with the most recent ones', async () => {
    const cache = new BoundedCache<number, number>();
    for (let n = 0; n < 10; n += 1) cache.set(n, n);
    await saveCache(cache, fileOf('ten'));
    const small = new BoundedCache<number, number>({ maxSize: 3 });
    await restoreCache(small, fileOf('ten'));
    expect([...small.keys()]).toEqual([7, 8, 9]);
  });

  test('of a memoized function keeps what means the same elsewhere: results of calls with primitives', async () => {
    const slow = memoize((...values: unknown[]) => values.length);
    for (const values of [[1], ['a', 2], ['s9:', 'o1'], [{ a: 1 }], ['x', {}], []]) slow(...values);
    expect(await saveCache(slow, fileOf('memo'))).toMatchObject({ saved: 4, skipped: 2 });
    let calls = 0;
    const fresh = memoize((..._values: unknown[]) => (calls += 1));
    await restoreCache(fresh, fileOf('memo'));
    expect([fresh(1), fresh('a', 2), fresh('s9:', 'o1'), fresh(), calls]).toEqual([1, 2, 2, 0, 0]);
  });

  test('of an async function gives promises again', async () => {
    const load = memoize(async (n: number) => n * 2);
    await load(4);
    await saveCache(load, fileOf('async'));
    const fresh = memoize(async (_n: number) => 0);
    await restoreCache(fresh, fileOf('async'));
    expect(fresh(4)).toBeInstanceOf(Promise);
    expect(await fresh(4)).toBe(8);
  });

  test('leaves out what cannot be stored', async () => {
    const cache = new BoundedCache<string, unknown>();
    cache.set('fn', () => 1);
    cache.set('ok', 1);
    expect(await saveCache(cache, fileOf('functions'))).toMatchObject({ saved: 1, skipped: 1 });
  });
});

describe('a damaged file', () => {
  test('is a clear error, or an empty cache, wherever it is cut or changed', async () => {
    const cache = new BoundedCache<number, string>();
    for (let n = 0; n < 20; n += 1) cache.set(n, `value ${n}`);
    await saveCache(cache, fileOf('whole'));
    const whole = readFileSync(fileOf('whole'));
    const damaged = [0, 1, 16, 17, 48, 49, 60, whole.length - 1].map((length) => whole.subarray(0, length));
    for (let at = 0; at < whole.length; at += 7) {
      const changed = Buffer.from(whole);
      changed[at] = (changed[at] as number) ^ 0xff;
      damaged.push(changed);
    }
    damaged.push(Buffer.concat([whole, Buffer.from('more')]), Buffer.from('not a cache at all'));
    for (const data of damaged) {
      writeFileSync(fileOf('damaged'), data);
      const target = new BoundedCache<number, string>();
      await expect(restoreCache(target, fileOf('damaged'))).rejects.toThrow(CacheFileError);
      await expect(restoreCache(target, fileOf('damaged'))).rejects.toMatchObject({ code: 'ERR_CACHE_FILE' });
      expect(await restoreCache(target, fileOf('damaged'), { onDamage: 'empty' })).toEqual({ restored: 0, dropped: 0 });
      expect(target.size).toBe(0);
    }
  });

  test('a missing one is the error of the system, or an empty cache', async () => {
    const cache = new BoundedCache<number, string>();
    await expect(restoreCache(cache, fileOf('missing'))).rejects.toMatchObject({ code: 'ENOENT' });
    expect(await restoreCache(cache, fileOf('missing'), { onDamage: 'empty' })).toEqual({ restored: 0, dropped: 0 });
    await expect(saveCache(new Map() as never, fileOf('map'))).rejects.toThrow(/BoundedCache or a memoized function/);
  });
});

test('a save that cannot be written leaves the former file and nothing beside it', async () => {
  const cache = new BoundedCache<number, number>();
  await expect(saveCache(cache, join(folder, 'no-such-folder', 'file'))).rejects.toMatchObject({ code: 'ENOENT' });
  expect(readdirSync(folder).filter((name) => name.endsWith('.new'))).toEqual([]);
});

test('a kill in the middle of a write leaves the former state or the new one, every time', async () => {
  const tsx = new URL('../../../node_modules/tsx/dist/loader.mjs', import.meta.url).href;
  const library = new URL('../../../kernel/src/caches/index.ts', import.meta.url).href;
  const file = fileOf('killed');
  const script = `
    const { BoundedCache, saveCache } = await import(${JSON.stringify(library)});
    const cache = new BoundedCache({ maxSize: Infinity });
    for (let version = 1; ; version += 1) {
      for (let n = 0; n < 2000; n += 1) cache.set(n, { version, text: String(version).padStart(400, '.') });
      await saveCache(cache, process.argv[1]);
      process.stdout.write('.');
    }`;
  for (let round = 0; round < 6; round += 1) {
    const child = spawn(process.execPath, ['--import', tsx, '--input-type=module', '-e', script, file], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    // After a different number of writes each time, and in the midst of the next one.
    await new Promise<void>((resolve) => {
      let seen = 0;
      child.stdout.on('data', (chunk: Buffer) => {
        seen += chunk.length;
        if (seen > round) resolve();
      });
    });
    for (let spin = 0; spin < round * 3; spin += 1) await new Promise((resolve) => void setImmediate(resolve));
    const ended = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGKILL');
    await ended;
    const cache = new BoundedCache<number, { version: number }>({ maxSize: Infinity });
    expect(await restoreCache(cache, file)).toEqual({ restored: 2000, dropped: 0 });
    expect(new Set([...cache.values()].map(({ version }) => version)).size).toBe(1);
  }
});
