/**
 * `memoize`: what Python's `functools.lru_cache` and `cache` are, for functions of JavaScript, async ones included.
 */
import { CacheUsageError } from '../mistake.js';
import { readMaxSize, refuseUnknown } from '../policy/bounds.js';
import { contentsOf, figuresOf } from '../policy/figures.js';
import { POLICY_OPTIONS, readPolicy, requireFunction, type PolicyOptions } from '../policy/options.js';
import type { Store } from '../policy/store.js';
import { track } from '../tracked.js';
import { isOwnKey, Keys } from './keys.js';
import { LiteralWatch } from './literals.js';
import { NumberHints } from './number-hints.js';
import { MemoStores } from './stores.js';

/** Stores by memoized function, for saving and restoring them. */
const storesOf = new WeakMap<object, MemoStores<unknown>>();

/** The store of plain calls of a memoized function; `undefined` for anything else. */
export const storeOfMemoized = (value: object): Store<unknown> | undefined => storesOf.get(value)?.plain;

type AnyFunction = (this: never, ...values: never[]) => unknown;

export interface MemoizeOptions<F extends AnyFunction = AnyFunction> extends PolicyOptions<ReturnType<F>> {
  /** Tells a number, a bigint and a boolean apart that are equal (`1`, `1n`, `true`). `false` by default, as in Python. */
  typed?: boolean;
  /**
   * The key of a call, from its arguments: a primitive, an object (by identity), or an array of such. Without it the key is
   * the arguments themselves, in order, objects by identity. {@link structuralKey} compares by content.
   */
  key?: (...values: Parameters<F>) => unknown;
}

/** Python's `CacheInfo`. */
export interface CacheInfo {
  hits: number;
  misses: number;
  /** `Infinity`: no bound. */
  maxSize: number;
  currentSize: number;
}

/** What a memoized function has beside being called. */
export interface MemoizedMembers<F extends AnyFunction> {
  /** Counts so far. Calls that share a pending promise are hits; a call that throws is a miss. */
  cacheInfo(): CacheInfo;
  /** Empties the cache and sets its counts to 0. */
  cacheClear(): void;
  cacheParameters(): { maxSize: number; typed: boolean };
  /** Sets a new bound; gives how many entries it pushed out. */
  cacheResize(maxSize: number): number;
  /** The function that was given to `memoize`. */
  readonly wrapped: F;
}

export type Memoized<F extends AnyFunction> = F & MemoizedMembers<F>;

const OPTIONS = [...POLICY_OPTIONS, 'typed', 'key'];

/** Wraps a function so that it remembers its results; see {@link MemoizeOptions}. */
export function memoize<F extends AnyFunction>(
  fn: F,
  options?: MemoizeOptions<F> | ClassMethodDecoratorContext,
): Memoized<F>;
/** `memoize({ maxSize: 32 })(fn)`, or as the decorator `@memoize({ maxSize: 32 })` of a method. */
export function memoize<F extends AnyFunction = AnyFunction>(
  options?: MemoizeOptions<F>,
): <G extends F>(fn: G, context?: ClassMethodDecoratorContext) => Memoized<G>;
export function memoize(given?: unknown, options?: unknown): unknown {
  if (typeof given === 'function') return wrap(given as AnyFunction, isContext(options) ? {} : (options ?? {}));
  if (given !== undefined && (typeof given !== 'object' || given === null)) {
    throw new CacheUsageError(`memoize takes a function or options, not ${given === null ? 'null' : typeof given}.`);
  }
  const read = given ?? {};
  check(read);
  return (fn: unknown) => {
    if (typeof fn !== 'function') throw new CacheUsageError(`memoize(options) takes a function, not ${typeof fn}.`);
    return wrap(fn as AnyFunction, read);
  };
}

/** The second argument that a decorator gets. */
const isContext = (value: unknown): boolean =>
  typeof value === 'object' && value !== null && 'kind' in value && 'addInitializer' in value;

function check(options: object): MemoizeOptions {
  refuseUnknown('memoize', options, OPTIONS);
  const { typed, key } = options as MemoizeOptions;
  if (typed !== undefined && typeof typed !== 'boolean') {
    throw new CacheUsageError(`typed is true or false, not ${String(typed)}.`);
  }
  requireFunction('key', key);
  readPolicy(options);
  return options;
}

/** Members that are the wrapper's own, whatever the wrapped function has by these names. */
const OWN_MEMBERS = new Set<PropertyKey>(['prototype', 'arguments', 'caller']);

function wrap(fn: AnyFunction, given: object): Memoized<AnyFunction> {
  const options = check(given);
  const { typed = false } = options;
  const keyOf = options.key as ((...values: unknown[]) => unknown) | undefined;
  const stores = new MemoStores<unknown>(readPolicy(options));
  const { statistics, plain, rules } = stores;
  const keys = new Keys(typed);
  const watch = keyOf === undefined ? new LiteralWatch(() => options.name ?? (fn.name || 'without a name')) : null;

  const call = (store: Store<unknown>, key: unknown, self: unknown, values: unknown[]): unknown =>
    store.obtain(key, () => {
      watch?.missed(values);
      return Reflect.apply(fn as (...all: unknown[]) => unknown, self, values);
    });

  const general = function (this: unknown, ...values: unknown[]): unknown {
    let key: unknown;
    if (keyOf === undefined) {
      key = keys.of(values);
    } else {
      const chosen = keyOf(...values);
      key = keys.of(Array.isArray(chosen) ? chosen : [chosen]);
    }
    return call(stores.for(this), key, this, values);
  };

  // The way of nearly all calls: one text or number, and nothing that ends by time.
  const { entries, slots } = plain;
  const short = keyOf === undefined && !rules.lifetime.timed;
  const hints = new NumberHints();
  const hit = (slot: number): unknown => {
    statistics.hits += 1;
    if (slots.newer[slot] !== 0) slots.touch(slot);
    return slots.values[slot];
  };
  const memoized = function (this: unknown, value: unknown): unknown {
    if (short && this === undefined && arguments.length === 1) {
      if (typeof value === 'number') {
        const guess = hints.guess(value);
        if (slots.keys[guess] === value) return hit(guess);
        const slot = entries.get(value);
        if (slot !== undefined) {
          hints.note(value, slot);
          return hit(slot);
        }
      } else if (typeof value === 'string') {
        const slot = entries.get(value);
        if (slot !== undefined && isOwnKey(value)) return hit(slot);
      }
    }
    // Forwarded as they are: V8 makes no array for it.
    // eslint-disable-next-line prefer-rest-params -- a rest parameter would cost every hit an array
    return general.apply(this, arguments as unknown as unknown[]);
  };

  for (const name of Reflect.ownKeys(fn)) {
    const descriptor = Reflect.getOwnPropertyDescriptor(fn, name);
    if (descriptor !== undefined && !OWN_MEMBERS.has(name)) Object.defineProperty(memoized, name, descriptor);
  }
  const members: MemoizedMembers<AnyFunction> & { toString(): string } = {
    cacheInfo: () => ({
      hits: statistics.hits,
      misses: statistics.misses,
      maxSize: rules.maxSize,
      currentSize: stores.size,
    }),
    cacheClear() {
      stores.clear();
      statistics.reset();
    },
    cacheParameters: () => ({ maxSize: rules.maxSize, typed }),
    cacheResize: (maxSize) => stores.resize(readMaxSize(maxSize)),
    wrapped: fn,
    // The text of a function is what tools read its documentation from.
    toString: () => Function.prototype.toString.call(fn),
  };
  for (const [name, value] of Object.entries(members)) {
    Object.defineProperty(memoized, name, { value, writable: true, configurable: true, enumerable: false });
  }
  storesOf.set(memoized, stores);
  track({
    kind: 'memoize',
    name: options.name ?? (fn.name === '' ? null : fn.name),
    owner: memoized,
    figures: () => figuresOf(stores.all(), statistics, rules),
    contents: () => contentsOf(stores.all()),
    clear: () => stores.clear(),
    resize: (maxSize) => stores.resize(readMaxSize(maxSize)),
  });
  return memoized as unknown as Memoized<AnyFunction>;
}
