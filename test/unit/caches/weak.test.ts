import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { TimedWeakValueMap, WeakModelCache, WeakValueMap } from '../../../kernel/src/caches/index.js';
import { collectUntil } from './collect.js';
import { FakeClock } from './fake-clock.js';

const made = (n: number): { n: number } => ({ n });

describe('WeakValueMap', () => {
  test('an entry goes when nobody else holds its value, and the callback is told once', async () => {
    const gone: [string, string][] = [];
    const map = new WeakValueMap<string, object>(null, { onRemove: (key, reason) => gone.push([key, reason]) });
    const kept = made(1);
    map.set('kept', kept);
    map.set('gone', made(2));
    await collectUntil(() => gone.length > 0);
    expect(gone).toEqual([['gone', 'collected']]);
    expect([...map.keys()]).toEqual(['kept']);
    expect([map.get('kept'), map.get('gone'), map.has('gone'), map.size]).toEqual([kept, undefined, false, 1]);
  });

  test('unlike in Python, a value that was just stored stays until its job has ended', () => {
    const map = new WeakValueMap<string, object>();
    map.set('a', made(1));
    expect(map.get('a')).toEqual({ n: 1 });
  });

  test('a value that is stored again under its key is not removed with the old one', async () => {
    const gone: string[] = [];
    const map = new WeakValueMap<string, object>(null, { onRemove: (key) => gone.push(key) });
    map.set('a', made(1));
    const second = made(2);
    map.set('a', second);
    const marker = new WeakRef(made(3));
    await collectUntil(() => marker.deref() === undefined);
    expect([map.get('a'), gone]).toEqual([second, []]);
  });

  test('values that refer to each other and to the map go all the same', async () => {
    const map = new WeakValueMap<string, { map: unknown; other?: object }>();
    (() => {
      const a: { map: unknown; other?: object } = { map };
      const b = { map, other: a };
      a.other = b;
      map.set('a', a).set('b', b);
    })();
    await collectUntil(() => map.size === 0);
    expect([...map]).toEqual([]);
  });

  test.each([0, 1, 200, 500, 999])(
    'keys of entries that left are not kept alive where %i of 1000 stay',
    async (stay) => {
      const map = new WeakValueMap<object, object>();
      const kept: object[] = [];
      const keys: WeakRef<object>[] = [];
      const add = (n: number): void => {
        const [key, value] = [made(n), made(n)];
        map.set(key, value);
        if (n < stay) kept.push(key, value);
        else keys.push(new WeakRef(key));
      };
      for (let n = 0; n < 1000; n += 1) add(n);
      await collectUntil(() => keys.every((key) => key.deref() === undefined));
      expect([map.size, [...map].flat()]).toEqual([stay, kept]);
    },
  );

  test('a primitive value is a TypeError that says why', () => {
    for (const value of ['text', 1, true, null, undefined, 1n, Symbol('s')]) {
      expect(() => new WeakValueMap<string, object>().set('a', value as never)).toThrow(TypeError);
      expect(() => new WeakValueMap<string, object>().set('a', value as never)).toThrow(/no identity/);
    }
  });

  test('behaves as a Map while the values are held', () => {
    const operation = fc.tuple(
      fc.constantFrom('set', 'delete', 'get', 'has', 'clear'),
      fc.integer({ min: 0, max: 6 }),
      fc.integer({ min: 0, max: 4 }),
    );
    const values = Array.from({ length: 5 }, (_, n) => made(n));
    fc.assert(
      fc.property(fc.array(operation, { maxLength: 60 }), (operations) => {
        const map = new WeakValueMap<number, object>();
        const plain = new Map<number, object>();
        for (const [name, key, value] of operations) {
          if (name === 'set') {
            map.set(key, values[value] as object);
            plain.set(key, values[value] as object);
          } else if (name === 'clear') {
            map.clear();
            plain.clear();
          } else {
            const call = name;
            expect(map[call](key)).toBe(plain[call](key));
          }
          expect([...map]).toEqual([...plain]);
          expect(map.size).toBe(plain.size);
        }
      }),
    );
  });

  test('a callback that throws stops no clean-up', async () => {
    const warned: string[] = [];
    const listen = ({ message }: Error): void => void warned.push(message);
    process.on('warning', listen);
    const map = new WeakValueMap<number, object>(null, {
      onRemove(key) {
        if (key === 1) throw new Error('callback failed');
      },
    });
    for (let n = 0; n < 5; n += 1) map.set(n, made(n));
    await collectUntil(() => map.size === 0 && warned.length > 0);
    process.off('warning', listen);
    expect(warned).toEqual(['callback failed']);
  });
});

describe('TimedWeakValueMap', () => {
  test('an entry is missing past its time though its value is alive and no timer ran', () => {
    const clock = new FakeClock();
    const gone: string[] = [];
    const map = new TimedWeakValueMap<string, object>(null, {
      clock,
      onRemove: (key, reason) => gone.push(`${key} ${reason}`),
    });
    const value = made(1);
    map.set('a', value);
    clock.advance(59_999);
    expect(map.get('a')).toBe(value);
    clock.advance(1);
    expect([map.get('a'), map.has('a'), map.size, gone]).toEqual([undefined, false, 0, ['a expired']]);
  });

  test('is weak from the start, unless keepAlive holds the value until its time is over', async () => {
    const clock = new FakeClock();
    const weak = new TimedWeakValueMap<string, object>([['a', made(1)]], { clock });
    const strong = new TimedWeakValueMap<string, object>([['a', made(1)]], { clock, keepAlive: true });
    await collectUntil(() => weak.size === 0);
    expect(strong.get('a')).toEqual({ n: 1 });
    clock.advance(60_000);
    expect(strong.get('a')).toBeUndefined();
  });

  test('the time and the hold of one entry can differ', () => {
    const clock = new FakeClock();
    const map = new TimedWeakValueMap<string, object>(null, { clock, timeout: 10 });
    const value = made(1);
    map.set('short', value);
    map.set('long', value, { timeout: 1000 });
    clock.advance(10);
    expect([...map.keys()]).toEqual(['long']);
  });

  test('a timer cleans up, and keeps no process alive', () => {
    const script = `
      const { TimedWeakValueMap } = await import(${JSON.stringify(new URL('../../../kernel/src/caches/index.ts', import.meta.url).href)});
      const value = {};
      globalThis.map = new TimedWeakValueMap([['a', value]], { timeout: 20, keepAlive: true, onRemove: () => console.log('removed', map.size, value === undefined) });
      globalThis.long = new TimedWeakValueMap([['a', value]], { timeout: 3_600_000 });
    `;
    const tsx = new URL('../../../node_modules/tsx/dist/loader.mjs', import.meta.url).href;
    const run = (code: string): string =>
      execFileSync(process.execPath, ['--import', tsx, '--input-type=module', '-e', code], { encoding: 'utf8' });
    // Ends by itself, long before the hour.
    expect(run(script)).toBe('');
    expect(run(`${script}\nconst held = setInterval(() => { if (map.size === 0) clearInterval(held); }, 5);`)).toBe(
      'removed 0 false\n',
    );
  });

  test('wrong options are TypeErrors', () => {
    expect(() => new TimedWeakValueMap(null, { timeout: 0 })).toThrow(/timeout is a time in ms/);
    expect(() => new TimedWeakValueMap(null, { keepAlive: 1 } as never)).toThrow(TypeError);
    expect(() => new TimedWeakValueMap(null, { time: 1 } as never)).toThrow(/no option time/);
  });
});

describe('WeakModelCache', () => {
  test('gives what is alive, loads once for all who wait, and holds only the most recent', async () => {
    const loaded: number[] = [];
    const cache = new WeakModelCache({
      load: async (n: number) => {
        loaded.push(n);
        return made(n);
      },
      keep: 1,
    });
    const [a, again] = await Promise.all([cache.get(1), cache.get(1)]);
    expect(a).toBe(again);
    await cache.get(2);
    await cache.get(3);
    expect(await cache.get(1)).toBe(a);
    await collectUntil(() => cache.peek(2) === undefined);
    await cache.get(2);
    expect(loaded).toEqual([1, 2, 3, 2]);
    expect(cache.info()).toMatchObject({ sharedLoads: 1, misses: 4, loads: 4, failures: 0, kept: 1 });
    expect(cache.info().weakHits).toBeGreaterThanOrEqual(1);
    expect(cache.info().collected).toBeGreaterThanOrEqual(1);
  });

  test('what is kept strongly survives a collection', async () => {
    let loads = 0;
    const cache = new WeakModelCache({
      load: (n: number) => {
        loads += 1;
        return made(n);
      },
      keep: 2,
    });
    for (const n of [1, 2, 3]) await cache.get(n);
    await collectUntil(() => cache.peek(1) === undefined);
    await cache.get(3);
    await cache.get(2);
    expect(loads).toBe(3);
    expect(cache.resize(0)).toBe(2);
  });

  test('a failed load is not kept, and a primitive is a TypeError', async () => {
    let fail = true;
    const cache = new WeakModelCache<string, object>({
      load(key) {
        if (key === 'text') return 'text' as never;
        if (fail) throw new Error('no disk');
        return {};
      },
    });
    await expect(cache.get('a')).rejects.toThrow('no disk');
    fail = false;
    await expect(cache.get('a')).resolves.toEqual({});
    await expect(cache.get('text')).rejects.toThrow(TypeError);
    expect(cache.info()).toMatchObject({ misses: 3, loads: 3, failures: 2, size: 1 });
  });

  test('loaders that wait for each other are told so instead of waiting for ever', async () => {
    const needs: Record<string, string> = { a: 'b', b: 'c', c: 'a' };
    const cache: WeakModelCache<string, object> = new WeakModelCache<string, object>({
      load: async (key) => ({ key, part: await cache.get(needs[key] as string) }),
    });
    await expect(cache.get('a')).rejects.toThrow(/waits for/);
    const results = await Promise.allSettled([cache.get('a'), cache.get('b'), cache.get('c')]);
    expect(results.every(({ status }) => status === 'rejected')).toBe(true);
    needs['c'] = 'd';
    const chain: WeakModelCache<string, object> = new WeakModelCache<string, object>({
      load: async (key) => (key === 'd' ? {} : { part: await chain.get(needs[key] as string) }),
    });
    expect(await Promise.all([chain.get('a'), chain.get('b'), chain.get('c')])).toHaveLength(3);
  });

  test('clearing forgets values and loads under way', async () => {
    const cache = new WeakModelCache({ load: async (n: number) => made(n) });
    const before = cache.get(1);
    cache.clear();
    await before;
    expect(cache.size).toBe(0);
    expect(cache.peek(1)).toBeUndefined();
  });
});

test.each([0, 0.1, 0.45])(
  'a million entries of which a share of %f stays are cleaned up in slices that block nobody for long',
  async (share) => {
    const map = new WeakValueMap<number, object>();
    const kept: object[] = [];
    const stays = (n: number): boolean => (n * 7919) % 1000 < share * 1000;
    const add = (n: number): void => {
      const value = made(n);
      map.set(n, value);
      if (stays(n)) kept.push(value);
    };
    for (let n = 0; n < 1_000_000; n += 1) add(n);
    let before = map.size;
    let mostInATurn = 0;
    await collectUntil(() => {
      mostInATurn = Math.max(mostInATurn, before - map.size);
      before = map.size;
      return map.size === kept.length;
    }, 200);
    // All at once would be one turn.
    expect(mostInATurn).toBeLessThan(250_000);
    expect([...map.values()].every((value, at) => value === kept[at])).toBe(true);
  },
);
