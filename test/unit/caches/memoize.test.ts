import { execFileSync } from 'node:child_process';
import ts from 'typescript';
import { describe, expect, test, vi } from 'vitest';
import { memoize, structuralKey } from '../../../kernel/src/caches/index.js';
import { collectUntil } from './collect.js';

const later = <T>(value: T): Promise<T> => new Promise((resolve) => void setImmediate(() => resolve(value)));

describe("the story of Python's documentation", () => {
  test('a recursive factorial whose base case is 1: 5, then 3', () => {
    const factorial = memoize((n: number): number => (n <= 1 ? 1 : n * factorial(n - 1)));
    expect([factorial(5), factorial(3)]).toEqual([120, 6]);
    expect(factorial.cacheInfo()).toEqual({ hits: 1, misses: 5, maxSize: 128, currentSize: 5 });
  });

  test('fib with no bound: hits 28, misses 16 for the first sixteen numbers', () => {
    const fib = memoize((n: number): number => (n < 2 ? n : fib(n - 1) + fib(n - 2)), { maxSize: Infinity });
    const first = Array.from({ length: 16 }, (_, n) => fib(n));
    expect(first).toEqual([0, 1, 1, 2, 3, 5, 8, 13, 21, 34, 55, 89, 144, 233, 377, 610]);
    expect(fib.cacheInfo()).toEqual({ hits: 28, misses: 16, maxSize: Infinity, currentSize: 16 });
  });

  test('pages with maxSize 32: hits 3, misses 8 and 8 entries', () => {
    const page = memoize({ maxSize: 32 })((n: number) => (n === 4000 ? 'Not Found' : `page ${n}`));
    for (const n of [8, 290, 308, 320, 8, 218, 320, 279, 289, 320, 9991]) page(n);
    expect(page.cacheInfo()).toEqual({ hits: 3, misses: 8, maxSize: 32, currentSize: 8 });
  });
});

describe('bounds', () => {
  test('the least recently used result goes first', () => {
    const calls: number[] = [];
    const square = memoize((n: number) => (calls.push(n), n * n), { maxSize: 2 });
    square(1);
    square(2);
    square(1);
    square(3);
    square(1);
    square(2);
    expect(calls).toEqual([1, 2, 3, 2]);
  });

  test('0 keeps nothing, and a negative bound is 0', () => {
    for (const maxSize of [0, -5]) {
      const same = memoize((n: number) => n, { maxSize });
      same(1);
      same(1);
      expect(same.cacheInfo()).toEqual({ hits: 0, misses: 2, maxSize: 0, currentSize: 0 });
    }
  });

  test('a new bound pushes the oldest out', () => {
    const same = memoize((n: number) => n);
    for (let n = 0; n < 10; n += 1) same(n);
    expect(same.cacheResize(4)).toBe(6);
    expect(same.cacheInfo()).toMatchObject({ currentSize: 4, maxSize: 4 });
    same(9);
    expect(same.cacheInfo().hits).toBe(1);
  });

  test('clearing empties the cache and its counts', () => {
    const same = memoize((n: number) => n);
    same(1);
    same(1);
    same.cacheClear();
    expect(same.cacheInfo()).toEqual({ hits: 0, misses: 0, maxSize: 128, currentSize: 0 });
  });
});

describe('keys', () => {
  const misses = (calls: readonly (readonly unknown[])[], options = {}): number => {
    const fn = memoize((..._values: unknown[]) => 1, options);
    for (const values of calls) fn(...values);
    return fn.cacheInfo().misses;
  };

  test('a number and its text never share a key, in any place', () => {
    expect(misses([[1], ['1']])).toBe(2);
    expect(
      misses([
        [1, 'a'],
        ['1', 'a'],
      ]),
    ).toBe(2);
    expect(misses([[null], ['null'], [undefined], ['undefined'], []])).toBe(5);
  });

  test('order and count of the arguments tell calls apart', () => {
    expect(
      misses([
        [1, 2],
        [2, 1],
        [1, 2, undefined],
      ]),
    ).toBe(3);
    expect(misses([['a,b'], ['a', 'b'], ['a', 'b', ''], ['', 'a', 'b']])).toBe(4);
  });

  test('a text cannot imitate a list of arguments', () => {
    expect(misses([['a', 'b'], ['\x002,s1:a,s1:b'], ['\x002,s1:a', 's1:b']])).toBe(3);
    const same = memoize((...values: unknown[]) => values.length);
    expect([same('a', 'b'), same('\x002,s1:a,s1:b'), same('a', 'b')]).toEqual([2, 1, 2]);
  });

  test('-0 is 0 and NaN is NaN', () => {
    expect(misses([[0], [-0]])).toBe(1);
    expect(misses([[NaN], [NaN]])).toBe(1);
    expect(
      misses([
        [0, 'x'],
        [-0, 'x'],
        [NaN, 'x'],
        [NaN, 'x'],
      ]),
    ).toBe(2);
  });

  test('numbers, bigints and booleans that are equal share a key unless types count', () => {
    const calls = [[1], [1n], [true], [0], [false], [0n]];
    expect(misses(calls)).toBe(2);
    expect(misses(calls, { typed: true })).toBe(6);
    expect(misses([[2 ** 60], [2n ** 60n], [2n ** 60n + 1n]])).toBe(2);
    expect(
      misses(
        [
          [1, 'x'],
          [1n, 'x'],
          [true, 'x'],
        ],
        { typed: true },
      ),
    ).toBe(3);
  });

  test('objects, functions and symbols count by identity', () => {
    const a = { n: 1 };
    const s = Symbol('s');
    expect(misses([[a], [a], [new Date(0)], [new Date(0)], [s], [s], [Symbol.for('x')], [Symbol.for('x')]])).toBe(5);
  });

  test('a key function decides: by identity { a, b } and { b, a } differ, by structure they do not', () => {
    expect(misses([[{ a: 1, b: 2 }], [{ b: 2, a: 1 }]], { key: JSON.stringify })).toBe(2);
    expect(misses([[{ a: 1, b: 2 }], [{ b: 2, a: 1 }], [{ a: '1', b: 2 }]], { key: structuralKey })).toBe(2);
    expect(misses([[{ id: 7, at: 1 }], [{ id: 7, at: 2 }]], { key: (row: { id: number }) => row.id })).toBe(1);
    expect(
      misses(
        [
          ['x', 1],
          ['x', 1],
        ],
        { key: (name: string, n: number) => [name, n] },
      ),
    ).toBe(1);
  });

  test('structuralKey tells apart what is different and says what it cannot', () => {
    const different = [
      [1],
      ['1'],
      [[1]],
      [['1']],
      [{ a: 1 }],
      [null],
      [undefined],
      [1n],
      [true],
      [new Date(1)],
      [new Set([1])],
      [NaN],
      [],
    ];
    expect(new Set(different.map((values) => structuralKey(...values))).size).toBe(different.length);
    const circle: Record<string, unknown> = {};
    circle['self'] = circle;
    expect(() => structuralKey(circle)).toThrow(/cycle/);
    expect(() => structuralKey(new (class Row {})())).toThrow(/Row/);
    expect(() => structuralKey(() => 1)).toThrow(/function/);
  });

  test('a literal, which can never hit, is pointed out once', async () => {
    const warned: string[] = [];
    const listen = ({ message }: Error): void => void warned.push(message);
    process.on('warning', listen);
    const load = memoize(function load(_options: { path: string }) {
      return 1;
    });
    for (let n = 0; n < 4; n += 1) load({ path: 'a' });
    const shared = { path: 'b' };
    const fine = memoize((_options: object) => 1);
    fine(shared);
    fine(shared);
    await later(null);
    process.off('warning', listen);
    expect(warned).toHaveLength(1);
    expect(warned[0]).toMatch(
      /function load was called with equal but different objects.*\{ path: "a" \}.*structuralKey/,
    );
  });
});

describe('results', () => {
  test('undefined and null are hits', () => {
    for (const value of [undefined, null]) {
      const fn = vi.fn(() => value);
      const memo = memoize(fn);
      expect([memo(), memo()]).toEqual([value, value]);
      expect(fn).toHaveBeenCalledTimes(1);
      expect(memo.cacheInfo().hits).toBe(1);
    }
  });

  test('a throw is a miss and is not kept', () => {
    let calls = 0;
    const memo = memoize(() => {
      calls += 1;
      if (calls === 1) throw new Error('first');
      return calls;
    });
    expect(() => memo()).toThrow('first');
    expect(memo.cacheInfo()).toMatchObject({ misses: 1, currentSize: 0 });
    expect([memo(), memo()]).toEqual([2, 2]);
  });

  test('a function that calls itself for the same key keeps the inner result', () => {
    let depth = 0;
    const memo = memoize((n: number): number => {
      depth += 1;
      return depth === 1 ? memo(n) + 1 : 10;
    });
    expect(memo(1)).toBe(11);
    expect(memo(1)).toBe(10);
    expect(memo.cacheInfo()).toMatchObject({ misses: 2, hits: 1, currentSize: 1 });
  });
});

describe('the function', () => {
  test('keeps its name, length, text and own properties', () => {
    const area = Object.assign(
      /** The area of a rectangle. */
      function area(width: number, height: number) {
        return width * height;
      },
      { unit: 'm²' },
    );
    const memo = memoize(area);
    expect([memo.name, memo.length, memo.unit]).toEqual(['area', 2, 'm²']);
    expect(String(memo)).toBe(String(area));
    expect(memo.wrapped).toBe(area);
    expect(memo.cacheParameters()).toEqual({ maxSize: 128, typed: false });
  });

  test('works with and without options, and as a decorator', () => {
    const { outputText } = ts.transpileModule(
      `return class Circle {
        calls = 0;
        constructor(readonly radius: number) {}
        @memoize area(): number {
          this.calls += 1;
          return 3 * this.radius ** 2;
        }
        @memoize({ maxSize: 1 }) scaled(by: number): number {
          this.calls += 1;
          return this.radius * by;
        }
      }`,
      { compilerOptions: { target: ts.ScriptTarget.ES2022 } },
    );
    // eslint-disable-next-line @typescript-eslint/no-implied-eval -- the test's runner compiles no decorators
    const Circle = new Function('memoize', outputText)(memoize) as new (radius: number) => {
      calls: number;
      area(): number;
      scaled(by: number): number;
    };
    const circle = new Circle(2);
    expect([circle.area(), circle.area(), circle.scaled(2), circle.scaled(2), circle.calls]).toEqual([12, 12, 4, 4, 2]);
    expect(new Circle(1).area()).toBe(3);
  });

  test('wrong options are TypeErrors that say what is right', () => {
    const wrong = (options: unknown): void => void memoize((n: number) => n, options as object);
    expect(() => wrong({ maxsize: 1 })).toThrow(TypeError);
    expect(() => wrong({ maxsize: 1 })).toThrow(/Did you mean maxSize/);
    expect(() => wrong({ maxSize: '10' })).toThrow(/whole number of entries.*"10"/);
    expect(() => wrong({ maxSize: 1.5 })).toThrow(TypeError);
    expect(() => wrong({ maxSize: NaN })).toThrow(TypeError);
    expect(() => wrong({ maxSize: null })).toThrow(/Infinity/);
    expect(() => wrong({ typed: 1 })).toThrow(TypeError);
    expect(() => wrong({ key: 'id' })).toThrow(/key is a function, not string/);
    expect(() => wrong({ ttl: -1 })).toThrow(/ttl/);
    expect(() => wrong({ jitter: 0.1 })).toThrow(/need a ttl/);
    expect(() => wrong({ ttl: 1, jitter: 2 })).toThrow(/0 to 1/);
    expect(() => wrong(7)).toThrow(TypeError);
    expect(() => memoize(5 as never)).toThrow(/takes a function or options, not number/);
    expect(() => memoize({})(null as never)).toThrow(TypeError);
  });
});

describe('methods', () => {
  test('each object has results of its own, and none is kept alive by them', async () => {
    class Model {
      constructor(readonly size: number) {}
      readonly self = this;
    }
    const describeModel = memoize(function (this: Model, unit: string) {
      return { text: `${this.size} ${unit}`, of: this };
    });
    const call = (model: Model): string => describeModel.call(model, 'MB').text;
    const small = new Model(1);
    expect([call(small), call(small), call(new Model(2))]).toEqual(['1 MB', '1 MB', '2 MB']);
    expect(describeModel.cacheInfo()).toMatchObject({ hits: 1, misses: 2 });
    const refs = Array.from({ length: 20 }, (_, size) => {
      const model = new Model(size);
      call(model);
      return new WeakRef(model);
    });
    await collectUntil(() => refs.every((ref) => ref.deref() === undefined));
    expect(call(small)).toBe('1 MB');
    expect(describeModel.cacheInfo().hits).toBe(2);
  });
});

describe('async functions', () => {
  test('concurrent calls for one key run once', async () => {
    const load = vi.fn((n: number) => later(n * 2));
    const memo = memoize(load);
    expect(await Promise.all([memo(1), memo(1), memo(2), memo(1)])).toEqual([2, 2, 4, 2]);
    expect(load).toHaveBeenCalledTimes(2);
    expect(await memo(1)).toBe(2);
    expect(memo.cacheInfo()).toEqual({ hits: 3, misses: 2, maxSize: 128, currentSize: 2 });
  });

  test('a rejection reaches all who wait and is not kept', async () => {
    let calls = 0;
    const memo = memoize(async (_n: number) => {
      calls += 1;
      await later(null);
      if (calls === 1) throw new Error('down');
      return calls;
    });
    const results = await Promise.allSettled([memo(1), memo(1)]);
    expect(results.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    expect(memo.cacheInfo().currentSize).toBe(0);
    expect(await memo(1)).toBe(2);
  });

  test('a rejection that nobody handles is reported as without a cache, and one that is handled is not', () => {
    const script = `
      const { memoize, BoundedCache } = await import(${JSON.stringify(new URL('../../../kernel/src/caches/index.ts', import.meta.url).href)});
      process.on('unhandledRejection', ({ message }) => console.log('unhandled', message));
      const fail = async (text) => { throw new Error(text); };
      const memo = memoize(fail);
      void memo('ignored');
      void memoize(fail, { maxSize: 0 })('ignored without a cache');
      void new BoundedCache().load('key', () => fail('ignored by load'));
      await memo('handled').catch(({ message }) => console.log('handled', message));
      await Promise.allSettled([memo('shared'), memo('shared')]);
    `;
    const tsx = new URL('../../../node_modules/tsx/dist/loader.mjs', import.meta.url).href;
    const output = execFileSync(process.execPath, ['--import', tsx, '--input-type=module', '-e', script], {
      encoding: 'utf8',
    });
    expect(output.trim().split('\n').sort()).toEqual([
      'handled handled',
      'unhandled ignored',
      'unhandled ignored by load',
      'unhandled ignored without a cache',
    ]);
  });

  test('what was loading when the cache was cleared is not kept', async () => {
    const memo = memoize((n: number) => later(n));
    const before = memo(1);
    memo.cacheClear();
    await before;
    expect(memo.cacheInfo().currentSize).toBe(0);
  });

  test('a million calls by a thousand callers at once lose nothing', async () => {
    let running = 0;
    let mostForOneKey = 0;
    const active = new Map<number, number>();
    const memo = memoize(
      async (key: number) => {
        running += 1;
        active.set(key, (active.get(key) ?? 0) + 1);
        mostForOneKey = Math.max(mostForOneKey, active.get(key) as number);
        await Promise.resolve();
        active.set(key, (active.get(key) as number) - 1);
        return key * 3;
      },
      { maxSize: 500 },
    );
    let wrong = 0;
    let seed = 1;
    const next = (): number => (seed = (seed * 48271) % 2147483647) % 1000;
    const caller = async (): Promise<void> => {
      for (let n = 0; n < 1000; n += 1) {
        const key = next();
        if ((await memo(key)) !== key * 3) wrong += 1;
      }
    };
    await Promise.all(Array.from({ length: 1000 }, caller));
    const { hits, misses, currentSize } = memo.cacheInfo();
    expect({ wrong, calls: hits + misses, loads: running, currentSize, mostForOneKey }).toEqual({
      wrong: 0,
      calls: 1_000_000,
      loads: misses,
      currentSize: 500,
      mostForOneKey: 1,
    });
  });
});

describe('disposal', () => {
  test('values that leave are disposed, each once, with the reason', () => {
    const gone: string[] = [];
    const memo = memoize((n: number) => `v${n}`, {
      maxSize: 2,
      dispose: (value, reason) => gone.push(`${value} ${reason}`),
    });
    memo(1);
    memo(2);
    memo(3);
    memo.cacheClear();
    expect(gone).toEqual(['v1 evicted', 'v2 cleared', 'v3 cleared']);
  });

  test('tensors are disposed, in containers and promises too, but not twice', async () => {
    const disposed: string[] = [];
    const tensor = (name: string) => ({
      isDisposed: false,
      dispose() {
        this.isDisposed = true;
        disposed.push(name);
      },
    });
    const memo = memoize((n: number) => (n === 1 ? later([tensor('a'), { inner: tensor('b') }]) : tensor(`c${n}`)), {
      maxSize: 1,
      dispose: true,
    });
    const first = await memo(1);
    (first as ReturnType<typeof tensor>[])[0]?.dispose();
    void memo(2);
    void memo(3);
    await later(null);
    expect(disposed.sort()).toEqual(['a', 'b', 'c2']);
  });

  test('a value that two keys share is disposed with the last of them', () => {
    const shared = { dispose: vi.fn() };
    const memo = memoize((_n: number) => shared, { maxSize: 2, dispose: true });
    memo(1);
    memo(2);
    memo(3);
    expect(shared.dispose).not.toHaveBeenCalled();
    memo.cacheClear();
    expect(shared.dispose).toHaveBeenCalledTimes(1);
  });

  test('a disposer that throws or calls back leaves the cache consistent', async () => {
    const warned: string[] = [];
    const listen = ({ message }: Error): void => void warned.push(message);
    process.on('warning', listen);
    const memo: ((n: number) => { n: number }) & { cacheInfo(): { currentSize: number }; cacheClear(): void } = memoize(
      (n: number) => ({ n }),
      {
        maxSize: 3,
        dispose({ n }) {
          if (n % 2 === 0) throw new Error(`no ${n}`);
          if (n < 50) memo(n + 100);
        },
      },
    );
    for (let n = 0; n < 20; n += 1) expect(memo(n)).toEqual({ n });
    expect(memo.cacheInfo().currentSize).toBe(3);
    memo.cacheClear();
    await later(null);
    process.off('warning', listen);
    expect(memo.cacheInfo().currentSize).toBeLessThanOrEqual(3);
    expect(warned.some((message) => message.includes('no 2'))).toBe(true);
  });
});
