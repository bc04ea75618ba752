import { afterEach, describe, expect, it } from 'vitest';
import { systemProbes } from '../../../../kernel/src/memory/probes.js';
import { previewOf } from '../../../../kernel/src/memory/list/preview.js';
import { shapeOf, typeOf } from '../../../../kernel/src/memory/list/type.js';
import { figure, measureAll } from './model.js';

let calls: string[] = [];
const called = (what: string) => (): never => {
  // No method: some of these tests replace them.
  calls[calls.length] = what;
  throw new Error(`${what} must not run`);
};

/** Everything a listing does with a value. */
function look(value: unknown): void {
  calls = [];
  measureAll(value);
  typeOf(value);
  shapeOf(value);
  previewOf(value);
  measureAll([value], new Map([[value, value]]), { value });
}

const traps: ProxyHandler<object> = Object.fromEntries(
  [
    'apply',
    'construct',
    'defineProperty',
    'deleteProperty',
    'get',
    'getOwnPropertyDescriptor',
    'getPrototypeOf',
    'has',
    'isExtensible',
    'ownKeys',
    'preventExtensions',
    'set',
    'setPrototypeOf',
  ].map((trap) => [trap, called(`trap ${trap}`)]),
);

const hostile: [string, () => unknown][] = [
  ['a proxy with every trap', () => new Proxy({}, traps)],
  ['a proxy of a function', () => new Proxy(() => 1, traps)],
  ['a proxy of an array', () => new Proxy([1], traps)],
  ['an object whose prototype is a proxy', () => Object.create(new Proxy({}, traps)) as object],
  ['an array whose prototype is a proxy', () => Object.setPrototypeOf([1, 2], new Proxy([], traps)) as object],
  ['a Map whose prototype is a proxy', () => Object.setPrototypeOf(new Map([[1, 2]]), new Proxy({}, traps)) as object],
  [
    'a revoked proxy',
    () => {
      const { proxy, revoke } = Proxy.revocable({}, {});
      revoke();
      return proxy;
    },
  ],
  [
    'getters',
    () => ({
      get a() {
        return called('getter')();
      },
      get [Symbol.toStringTag]() {
        return called('toStringTag')();
      },
    }),
  ],
  [
    'a getter among elements',
    () => Object.defineProperty([1, 2, 3], 1, { get: called('element getter'), enumerable: true }),
  ],
  [
    'methods that convert',
    () => ({
      toString: called('toString'),
      valueOf: called('valueOf'),
      toJSON: called('toJSON'),
      [Symbol.toPrimitive]: called('toPrimitive'),
      [Symbol.iterator]: called('iterator'),
      [Symbol.for('nodejs.util.inspect.custom')]: called('inspect'),
      [Symbol.for('Jupyter.display')]: called('display'),
    }),
  ],
  [
    'a class with hostile members',
    () => {
      class Hostile extends Map<number, number> {
        static override get [Symbol.species](): never {
          return called('species')();
        }
        override get size(): never {
          return called('size')();
        }
        override forEach = called('forEach');
        override keys = called('keys');
        override get = called('get');
      }
      Object.defineProperty(Hostile, 'name', { get: called('name') });
      return new Hostile();
    },
  ],
  [
    'a constructor that is a getter',
    () =>
      Object.create({
        get constructor() {
          return called('constructor')();
        },
      }) as object,
  ],
  [
    'typed arrays with overridden length',
    () => Object.defineProperty(new Uint8Array(100), 'length', { get: called('length') }),
  ],
  [
    'a date with hostile methods',
    () => Object.assign(new Date(0), { getTime: called('getTime'), toISOString: called('toISOString') }),
  ],
  [
    'an error with a hostile message',
    () => Object.defineProperty(new Error('x'), 'message', { get: called('message') }),
  ],
  [
    'an error whose stack is formatted by the user',
    () => {
      const error = new Error('x');
      return Object.defineProperty(error, 'name', { get: called('name of the error') });
    },
  ],
  ['a regular expression with hostile fields', () => Object.defineProperty(/x/, 'source', { get: called('source') })],
  ['a promise that never ends', () => new Promise(() => undefined)],
  [
    'itself',
    () => {
      const loop: Record<string, unknown> = {};
      loop['self'] = loop;
      loop['list'] = [loop, new Map([[loop, loop]]), new Set([loop])];
      return loop;
    },
  ],
  ['null-prototype values', () => Object.assign(Object.create(null) as object, { a: 1 })],
];

describe('nothing of the user runs for', () => {
  it.each(hostile)('%s', (_name, make) => {
    const value = make();
    look(value);
    expect(calls).toEqual([]);
  });
});

describe('replaced builtins', () => {
  const { defineProperty, getOwnPropertyDescriptor } = Object;
  let undo: { holder: object; key: PropertyKey; original: PropertyDescriptor }[] = [];
  const restore = (): void => {
    for (let i = 0; i < undo.length; i++) {
      const { holder, key, original } = undo[i] as (typeof undo)[number];
      defineProperty(holder, key, original);
    }
    undo = [];
  };
  afterEach(restore);
  const replace = (holder: object, key: PropertyKey): void => {
    const original = getOwnPropertyDescriptor(holder, key) as PropertyDescriptor;
    undo[undo.length] = { holder, key, original };
    defineProperty(holder, key, { configurable: true, writable: true, value: called(`replaced ${String(key)}`) });
  };

  it('are not used', () => {
    const value = {
      map: new Map([['k', { v: 1 }]]),
      set: new Set([1]),
      list: [{ a: 1 }, 'text', 1.5],
      date: new Date(),
      text: 'x'.repeat(200),
      big: 10n ** 30n,
      view: new Float64Array(100),
      many: Array.from({ length: 500 }, (_, i) => ({ i })),
    };
    const expected = figure(value).bytes;
    calls = [];
    const targets: [object, PropertyKey[]][] = [
      [Map.prototype, ['get', 'set', 'has', 'keys', 'values', 'entries', 'forEach', 'clear', Symbol.iterator]],
      [Set.prototype, ['add', 'has', 'values', 'forEach', Symbol.iterator]],
      [String.prototype, ['charCodeAt', 'slice', 'replace', 'startsWith', 'indexOf']],
      [Object, ['keys', 'hasOwn', 'getPrototypeOf']],
      [Reflect, ['ownKeys', 'getOwnPropertyDescriptor', 'getPrototypeOf', 'apply']],
      [Array, ['isArray']],
      [Array.prototype, ['push', 'pop', 'slice', 'map', 'filter', 'fill', 'sort', Symbol.iterator]],
      [Function.prototype, ['call', 'apply', 'bind']],
    ];
    for (let i = 0; i < targets.length; i++) {
      const target = targets[i] as [object, PropertyKey[]];
      for (let k = 0; k < target[1].length; k++) replace(target[0], target[1][k] as PropertyKey);
    }
    let bytes: number;
    let preview: string;
    try {
      bytes = figure(value).bytes;
      preview = previewOf(value);
    } finally {
      restore();
    }
    expect(calls).toEqual([]);
    expect(bytes).toBe(expected);
    expect(preview).toContain("map: {'k' =>");
  });
});

describe('looking at a value leaves it as it was', () => {
  it('keeps the data of a tiny typed array in the heap', async () => {
    const probes = systemProbes();
    const outside = async (): Promise<number> => {
      for (let i = 0; i < 2; i++) {
        probes.collect('full');
        await probes.macrotask();
      }
      return process.memoryUsage().arrayBuffers;
    };
    const tiny = Array.from({ length: 5_000 }, () => new Uint8Array(64));
    const before = await outside();
    figure(tiny);
    previewOf(tiny);
    expect((await outside()) - before).toBeLessThan(100_000);
    expect(tiny).toHaveLength(5_000);
  });

  it('does not make a prototype for functions', () => {
    function plain(): void {
      return undefined;
    }
    const before = Reflect.ownKeys(plain);
    figure({ plain });
    expect(Reflect.ownKeys(plain)).toEqual(before);
  });

  it("leaves the result of the user's last match alone", () => {
    /(b)/.exec('abc');
    figure({
      text: 'a wide \u4e00 text',
      source: class {
        #hidden = 1;
        read(): number {
          return this.#hidden;
        }
      },
    });
    expect(RegExp.$1).toBe('b');
  });
});
