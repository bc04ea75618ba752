import fc from 'fast-check';
import { describe, expect, test, vi } from 'vitest';
import { BoundedCache, memoize } from '../../../kernel/src/caches/index.js';
import { FakeClock } from './fake-clock.js';

/** A cache as one would write it without any cleverness: an array, the most recently used last. */
class Model {
  rows: { key: number; value: string; bytes: number; ends: number }[] = [];
  hits = 0;
  misses = 0;
  evictions = 0;
  constructor(
    public maxSize: number,
    readonly maxBytes: number,
    readonly ttl: number,
    readonly sliding: boolean,
    readonly clock: FakeClock,
  ) {}

  private live(key: number): number {
    return this.rows.findIndex((row) => row.key === key && row.ends > this.clock.now());
  }
  /** What is over counts for the bounds until somebody looks at it. */
  private dropOver(key: number): void {
    this.rows = this.rows.filter((row) => row.key !== key || row.ends > this.clock.now());
  }
  get(key: number): string | undefined {
    const at = this.live(key);
    if (at < 0) {
      this.dropOver(key);
      this.misses += 1;
      return undefined;
    }
    this.hits += 1;
    const [row] = this.rows.splice(at, 1) as [(typeof this.rows)[number]];
    if (this.sliding) row.ends = this.clock.now() + this.ttl;
    this.rows.push(row);
    return row.value;
  }
  set(key: number, value: string): boolean {
    this.rows = this.rows.filter((row) => row.key !== key);
    if (this.maxSize < 1 || value.length > this.maxBytes) return false;
    this.rows.push({ key, value, bytes: value.length, ends: this.clock.now() + this.ttl });
    this.shrink();
    return true;
  }
  shrink(): void {
    while (this.rows.length > this.maxSize || this.bytes > this.maxBytes) {
      this.rows.shift();
      this.evictions += 1;
    }
  }
  has(key: number): boolean {
    const found = this.live(key) >= 0;
    if (!found) this.dropOver(key);
    return found;
  }
  delete(key: number): boolean {
    const found = this.has(key);
    this.rows = this.rows.filter((row) => row.key !== key);
    return found;
  }
  get bytes(): number {
    return this.rows.reduce((sum, { bytes }) => sum + bytes, 0);
  }
  get content(): [number, string][] {
    return this.rows.filter(({ ends }) => ends > this.clock.now()).map(({ key, value }) => [key, value]);
  }
}

const key = fc.integer({ min: 0, max: 12 });
const step = fc.oneof(
  { weight: 5, arbitrary: fc.record({ do: fc.constant('get' as const), key }) },
  {
    weight: 5,
    arbitrary: fc.record({ do: fc.constant('set' as const), key, length: fc.integer({ min: 0, max: 30 }) }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('has' as const), key }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('delete' as const), key }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('wait' as const), ms: fc.integer({ min: 1, max: 120 }) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('resize' as const), to: fc.integer({ min: -1, max: 9 }) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('clear' as const) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('sweep' as const) }) },
);
const rules = fc.record({
  maxSize: fc.oneof(fc.integer({ min: -1, max: 8 }), fc.constant(Infinity)),
  maxBytes: fc.oneof(fc.integer({ min: 0, max: 80 }), fc.constant(Infinity)),
  ttl: fc.oneof(fc.integer({ min: 1, max: 200 }), fc.constant(Infinity)),
  sliding: fc.boolean(),
});

test('every combination of bounds behaves as a plain model does', () => {
  fc.assert(
    fc.property(rules, fc.array(step, { maxLength: 120 }), ({ maxSize, maxBytes, ttl, sliding }, steps) => {
      const clock = new FakeClock();
      const slides = sliding && ttl !== Infinity;
      const model = new Model(Math.max(0, maxSize), maxBytes, ttl, slides, clock);
      const cache = new BoundedCache<number, string>({
        maxSize,
        clock,
        ...(maxBytes === Infinity ? {} : { maxBytes, sizeOf: (value: unknown) => (value as string).length }),
        ...(ttl === Infinity ? {} : { ttl, sliding: slides }),
      });
      for (const [index, each] of steps.entries()) {
        if (each.do === 'get') expect(cache.get(each.key)).toBe(model.get(each.key));
        else if (each.do === 'set') {
          const value = String(index).padEnd(each.length, '.').slice(0, each.length);
          expect(cache.set(each.key, value)).toBe(model.set(each.key, value));
        } else if (each.do === 'has') expect(cache.has(each.key)).toBe(model.has(each.key));
        else if (each.do === 'delete') expect(cache.delete(each.key)).toBe(model.delete(each.key));
        else if (each.do === 'wait') clock.advance(each.ms);
        else if (each.do === 'resize') {
          cache.resize(each.to);
          model.maxSize = Math.max(0, each.to);
          model.shrink();
        } else if (each.do === 'sweep') {
          cache.sweep();
          model.rows = model.rows.filter(({ ends }) => ends > clock.now());
        } else {
          cache.clear();
          model.rows = [];
        }
        expect([...cache]).toEqual(model.content);
        expect(cache.size).toBe(model.rows.length);
        if (maxBytes !== Infinity) expect(cache.info().bytes).toBe(model.bytes);
      }
      const { hits, misses, evictions } = cache.info();
      expect({ hits, misses, evictions }).toEqual({
        hits: model.hits,
        misses: model.misses,
        evictions: model.evictions,
      });
    }),
    { numRuns: 400 },
  );
});

test('a memoized function gives what the function gives, and counts as a plain model', () => {
  const argument = fc.oneof(
    fc.integer({ min: 0, max: 5 }),
    fc.constantFrom('0', '1', '', ',', 's1:a'),
    fc.boolean(),
    fc.constant(null),
    fc.constant(undefined),
  );
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 6 }),
      fc.array(fc.array(argument, { maxLength: 3 }), { maxLength: 80 }),
      (maxSize, calls) => {
        const text = (...values: unknown[]): string =>
          JSON.stringify(values.map((value) => [typeof value, String(value)]));
        const memo = memoize(text, { maxSize, typed: true });
        let order: string[] = [];
        let hits = 0;
        for (const values of calls) {
          const name = text(...values);
          if (order.includes(name)) hits += 1;
          order = [...order.filter((each) => each !== name), name].slice(-maxSize);
          expect(memo(...values)).toBe(name);
        }
        expect(memo.cacheInfo()).toEqual({ hits, misses: calls.length - hits, maxSize, currentSize: order.length });
      },
    ),
    { numRuns: 300 },
  );
});

describe('time to live', () => {
  test('an entry ends by the clock, though no timer ran', () => {
    const clock = new FakeClock();
    const load = vi.fn((n: number) => n);
    const memo = memoize(load, { ttl: 100, clock });
    memo(1);
    clock.advance(99);
    memo(1);
    clock.advance(1);
    memo(1);
    expect(load).toHaveBeenCalledTimes(2);
  });

  test('sliding starts the time anew at each hit', () => {
    const clock = new FakeClock();
    const load = vi.fn((n: number) => n);
    const memo = memoize(load, { ttl: 100, sliding: true, clock });
    for (let n = 0; n < 10; n += 1) {
      memo(1);
      clock.advance(99);
    }
    expect(load).toHaveBeenCalledTimes(1);
    clock.advance(1);
    memo(1);
    expect(load).toHaveBeenCalledTimes(2);
  });

  test('jitter spreads the ends over its share, and never beyond the ttl', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.double({ min: 0, max: 0.999, noNaN: true }),
        (jitter, drawn) => {
          const clock = new FakeClock();
          const cache = new BoundedCache<number, number>({ ttl: 1000, jitter, clock, random: () => drawn });
          cache.set(1, 1);
          const life = 1000 * (1 - jitter * drawn);
          clock.time += life * 0.999;
          expect(cache.has(1)).toBe(true);
          clock.time += life * 0.002;
          expect(cache.has(1)).toBe(false);
        },
      ),
    );
  });

  test('a thousand entries that were made together do not end together', () => {
    const clock = new FakeClock();
    const cache = new BoundedCache<number, number>({ ttl: 1000, jitter: 0.5, maxSize: Infinity, clock });
    for (let n = 0; n < 1000; n += 1) cache.set(n, n);
    clock.advance(750);
    cache.sweep();
    expect(cache.size).toBeGreaterThan(300);
    expect(cache.size).toBeLessThan(700);
    clock.advance(250);
    cache.sweep();
    expect(cache.size).toBe(0);
  });

  test('sweeping does not stop anybody: it comes back to where it was', () => {
    const clock = { time: 0, now: () => (clock.time += 0.01) };
    const cache = new BoundedCache<number, number>({ ttl: 5, maxSize: Infinity, clock });
    for (let n = 0; n < 5000; n += 1) cache.set(n, n);
    clock.time += 10;
    cache.sweep();
    expect(cache.size).toBe(0);
  });
});

describe('stale while it is renewed', () => {
  const turn = (): Promise<void> => new Promise((resolve) => void setImmediate(resolve));

  test('the old value is given out while one load renews it', async () => {
    const clock = new FakeClock();
    let version = 0;
    const memo = memoize(async (_n: number) => (version += 1), { ttl: 100, staleWhileRevalidate: 50, clock });
    expect(await memo(1)).toBe(1);
    clock.advance(120);
    expect(await Promise.all([memo(1), memo(1)])).toEqual([1, 1]);
    await turn();
    await turn();
    expect([await memo(1), version]).toEqual([2, 2]);
    clock.advance(151);
    expect(await memo(1)).toBe(3);
  });

  test('a failed renewal leaves the old value until its grace is over', async () => {
    const clock = new FakeClock();
    let calls = 0;
    const memo = memoize(
      (_n: number) => {
        calls += 1;
        if (calls === 2) throw new Error('down');
        return calls;
      },
      { ttl: 100, staleWhileRevalidate: 50, clock },
    );
    memo(1);
    clock.advance(110);
    expect(memo(1)).toBe(1);
    await turn();
    expect([calls, memo(1)]).toEqual([2, 1]);
    await turn();
    expect(memo(1)).toBe(3);
  });
});

describe('bytes', () => {
  test('what is larger than the bound is not kept, and pushes nothing out', () => {
    const cache = new BoundedCache<string, string>({ maxBytes: 10, sizeOf: (value) => (value as string).length });
    cache.set('a', 'aaaa');
    expect(cache.set('b', 'b'.repeat(11))).toBe(false);
    expect([...cache.keys()]).toEqual(['a']);
    expect(cache.set('a', 'a'.repeat(11))).toBe(false);
    expect(cache.size).toBe(0);
  });

  test('a size function that gives no number is a mistake that says so', () => {
    const cache = new BoundedCache<string, string>({ maxBytes: 10, sizeOf: () => NaN });
    expect(() => cache.set('a', 'a')).toThrow(/number of bytes/);
    expect(cache.size).toBe(0);
  });

  test('the tables of a measured cache count, and never grow over the bound', () => {
    const cache = new BoundedCache<number, number>({ maxSize: Infinity, maxBytes: 100_000 });
    let most = 0;
    for (let n = 0; n < 5_000; n += 1) {
      cache.set(n, n);
      most = Math.max(most, cache.info().bytes ?? NaN);
    }
    expect(most).toBeLessThanOrEqual(100_000);
    // Each entry takes 32 bytes in columns, 16 in arrays and 56 in the Map, at least.
    expect(cache.size).toBeLessThanOrEqual(100_000 / 104);
    expect(cache.size).toBeGreaterThan(400);
    expect(cache.get(4_999)).toBe(4_999);
  });

  test('tables that stand in the way of a large entry are given back', () => {
    const cache = new BoundedCache<number, unknown>({ maxSize: Infinity, maxBytes: 100_000 });
    for (let n = 0; n < 5_000; n += 1) cache.set(n, n);
    expect(cache.set(-1, new Uint8Array(95_000))).toBe(true);
    expect([...cache.keys()]).toEqual([-1]);
    expect(cache.info().bytes).toBeLessThanOrEqual(100_000);
  });

  test('the size model measures values when nobody else does', () => {
    const cache = new BoundedCache<number, number[]>({ maxBytes: 100_000 });
    for (let n = 0; n < 100; n += 1)
      cache.set(
        n,
        Array.from({ length: 1000 }, (_, index) => index + 0.5),
      );
    expect(cache.size).toBeGreaterThan(8);
    expect(cache.size).toBeLessThan(14);
    expect(cache.info().bytes).toBeLessThanOrEqual(100_000);
  });
});

test('load() loads once for concurrent callers, with the loader of the cache or of the call', async () => {
  const load = vi.fn(async (name: string) => name.toUpperCase());
  const cache = new BoundedCache<string, Promise<string>>({ load });
  expect(await Promise.all([cache.load('a'), cache.load('a')])).toEqual(['A', 'A']);
  expect(load).toHaveBeenCalledTimes(1);
  expect(await cache.load('b', async (name) => `${name}!`)).toBe('b!');
  expect(() => new BoundedCache<string, string>().load('a')).toThrow(/needs a loader/);
});
