import { LRUCache } from 'lru-cache';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { BoundedCache, memoize, WeakValueMap } from '../../../kernel/src/caches/index.js';
import { adviceFor } from '../../../kernel/src/caches/inventory/advice.js';
import { Inventory, UnknownCache, type InventoryHost } from '../../../kernel/src/caches/inventory/inventory.js';
import { fake } from '../magics/fake-runtime.js';
import { runLine } from '../../../kernel/src/magics/dispatch.js';
import { collectUntil } from './collect.js';

let names: Record<string, unknown> = {};
const host: InventoryHost = {
  names: () => Object.entries(names).map(([name, value]) => ({ name, value })),
  measure: (groups) => groups.map((group) => ({ bytes: 1000 * group.length, precision: 'exact' as const })),
};
let inventory: Inventory;
const named = (name: string) => inventory.list().find((each) => each.name === name);

beforeEach(() => {
  names = {};
  inventory = new Inventory(host);
  inventory.start();
});
afterEach(() => inventory.stop());

describe('caches of this library', () => {
  test('stand under the variable that holds them, with their counts', () => {
    const square = memoize((n: number) => n * n, { maxSize: 2 });
    names['mySquare'] = square;
    for (const n of [1, 2, 3, 3]) square(n);
    expect(named('mySquare')).toMatchObject({
      kind: 'memoize',
      hits: 1,
      misses: 3,
      size: 2,
      maxSize: 2,
      evictions: 1,
      loads: 3,
      clearable: true,
      resizable: true,
    });
    const { averageLoadMs, savedMs, oldest } = named('mySquare') ?? {};
    expect(savedMs).toBe(averageLoadMs);
    expect(Math.abs((oldest ?? 0) - Date.now())).toBeLessThan(60_000);
  });

  test('have their own name where no variable holds them, and no two the same', () => {
    const a = memoize((n: number) => n, { name: 'embed' });
    const b = memoize((n: number) => n, { name: 'embed' });
    expect([a(1), b(1)]).toEqual([1, 1]);
    const listed = inventory.list().map(({ name }) => name);
    expect(listed).toContain('embed');
    expect(listed).toContain('embed (2)');
    expect(new Set(listed).size).toBe(listed.length);
  });

  test('are listed no longer than they live', async () => {
    const hold = (): void => void memoize((n: number) => n, { name: 'shortLived' })(1);
    hold();
    await collectUntil(() => named('shortLived') === undefined);
    expect(named('shortLived')).toBeUndefined();
  });

  test('can be emptied and bounded by name', () => {
    const cache = new BoundedCache<number, number>();
    names['numbers'] = cache;
    for (let n = 0; n < 10; n += 1) cache.set(n, n);
    expect(inventory.resize('numbers', 4)).toBe(6);
    expect(inventory.clear('numbers')).toBe(4);
    expect(cache.size).toBe(0);
    names['weak'] = new WeakValueMap<string, object>();
    expect(() => inventory.resize('weak', 3)).toThrow(UnknownCache);
    expect(() => inventory.clear('nowhere')).toThrow(/no cache nowhere. There are .*numbers/);
  });
});

describe('lru-cache', () => {
  test('is seen from its first use on, whoever made it', () => {
    class Mine extends LRUCache<number, string> {
      override get size(): never {
        throw new Error('code of the user was run');
      }
    }
    const cache = new Mine({ max: 3, ttl: 60_000 });
    names['lru'] = cache;
    expect(named('lru')).toBeUndefined();
    for (let n = 0; n < 5; n += 1) cache.set(n, `v${n}`);
    cache.get(4);
    cache.get(0);
    expect(named('lru')).toMatchObject({
      kind: 'lru-cache',
      hits: 1,
      misses: 1,
      size: 3,
      maxSize: 3,
      evictions: 2,
      resizable: false,
    });
    expect(Math.abs((named('lru')?.oldest ?? 0) - Date.now())).toBeLessThan(60_000);
    expect(inventory.clear('lru')).toBe(3);
    expect(named('lru')).toMatchObject({ size: 0, oldest: null });
  });

  test('fetch and memo are counted', async () => {
    const cache = new LRUCache<string, string>({
      max: 3,
      fetchMethod: async (key) => `${key}!`,
      memoMethod: (key) => `${key}?`,
    });
    names['fetching'] = cache;
    await cache.fetch('a');
    await cache.fetch('a');
    cache.memo('b');
    cache.memo('b');
    expect(named('fetching')).toMatchObject({ size: 2 });
    expect(named('fetching')?.hits).toBeGreaterThanOrEqual(1);
  });
});

describe('what the user names', () => {
  test('a Map, an array and an object are listed on request, without their code', () => {
    names['lookup'] = new Map([['a', 1]]);
    names['rows'] = [1, 2, 3];
    names['table'] = {
      a: 1,
      get b(): never {
        throw new Error('a getter was run');
      },
    };
    expect(inventory.list().some(({ name }) => name === 'lookup')).toBe(false);
    for (const name of ['lookup', 'rows', 'table']) inventory.add(name);
    expect(named('lookup')).toMatchObject({
      kind: 'Map',
      size: 1,
      hits: null,
      misses: null,
      clearable: true,
      resizable: false,
    });
    expect(named('rows')).toMatchObject({ kind: 'Array', size: 3, clearable: false });
    expect(named('table')).toMatchObject({ kind: 'Object', size: 2 });
    expect(inventory.clear('lookup')).toBe(1);
    delete names['lookup'];
    expect(named('lookup')).toBeUndefined();
    expect(() => inventory.add('nothing')).toThrow(/no variable nothing/);
    names['text'] = 'text';
    expect(() => inventory.add('text')).toThrow(/no object/);
  });
});

describe('advice', () => {
  const record = {
    name: 'c',
    kind: 'memoize',
    hits: 5,
    misses: 95,
    size: 90,
    maxSize: 100,
    maxBytes: null,
    bytes: 5e6,
    precision: 'exact' as const,
    evictions: 0,
    loads: 95,
    averageLoadMs: 1,
    savedMs: 5,
    oldest: null,
    clearable: true,
    resizable: true,
  };
  test('points out a hit rate that is too low for what is held', () => {
    expect(adviceFor(record)).toMatch(/5\.00 MB for a hit rate of 5 %.*%caches clear c/);
    expect(adviceFor({ ...record, evictions: 500 })).toMatch(/A larger bound/);
    expect(adviceFor({ ...record, bytes: 5000 })).toBeNull();
    expect(adviceFor({ ...record, hits: 95, misses: 5 })).toBeNull();
    expect(adviceFor({ ...record, hits: 1, misses: 3 })).toBeNull();
    expect(adviceFor({ ...record, hits: 95, misses: 5, maxSize: null })).toMatch(/no bound/);
  });
});

describe('%caches', () => {
  test('lists, empties, bounds, and says what is wrong', async () => {
    const cache = new BoundedCache<number, string>();
    for (let n = 0; n < 5; n += 1) cache.set(n, 'text');
    const it = fake({ values: { texts: cache, lookup: new Map([[1, 2]]) } });
    const last = (): string => String(it.said.displays.at(-1)?.['text/plain']);
    await runLine('caches', '', it.context);
    expect(last()).toMatch(/texts +BoundedCache +5 of 128/);
    await runLine('caches', 'add lookup', it.context);
    expect(last()).toMatch(/lookup +Map +1/);
    await runLine('caches', 'resize texts 2', it.context);
    expect(last()).toBe('texts now holds at most 2 entries; 3 left.');
    await runLine('caches', 'clear texts', it.context);
    expect(last()).toMatch(/^Cleared texts: 2 entries/);
    await expect(runLine('caches', 'clear', it.context)).rejects.toThrow(/needs the name/);
    await expect(runLine('caches', 'clear text', it.context)).rejects.toThrow(/no cache text\. There are/);
    await expect(runLine('caches', 'resize texts', it.context)).rejects.toThrow(/resize texts 100/);
    await expect(runLine('caches', 'drop texts', it.context)).rejects.toThrow(/clear, resize, add/);
  });

  test('the requests of the protocol do the same', async () => {
    const cache = new BoundedCache<number, string>();
    cache.set(1, 'a').valueOf();
    const { context } = fake({ values: { texts: cache } });
    const { requests } = context.caches;
    const call = { tag: null, signal: new AbortController().signal };
    expect((await requests.caches?.({}, call))?.caches.map(({ name }) => name)).toContain('texts');
    expect(await requests.cacheResize?.({ name: 'texts', maxSize: null }, call)).toEqual({ evicted: 0 });
    expect(await requests.cacheClear?.({ name: 'texts' }, call)).toMatchObject({ cleared: 1 });
    expect(() => requests.cacheClear?.({ name: 'none' }, call)).toThrow(/no cache none/);
  });
});
