// Made from the sources of heapmark/caches by `npm run reference`.

/** The file is no cache, or is damaged. */
export declare class CacheFileError extends Error {
  readonly file: string;
  readonly code = 'ERR_CACHE_FILE';
  constructor(
    file: string,
    problem: string,
    options?: {
      cause?: unknown;
    },
  );
}

/**
 * Fills a cache from a file. Times to live went on while the file lay there. Read only files that you or your programs wrote:
 * they are trusted as your own data is.
 *
 * @param options `onDamage: "empty"` leaves the cache as it is where the file is missing or damaged.
 * @throws CacheFileError (`code` `ERR_CACHE_FILE`) for a damaged file, the system's error for a missing one.
 */
export declare function restoreCache(
  cache: Saveable,
  file: string,
  {
    onDamage,
  }?: {
    onDamage?: 'throw' | 'empty';
  },
): Promise<RestoreResult>;

/**
 * Writes the entries of a cache to a file. Whatever happens on the way, the file holds the former state or the new one.
 *
 * Values are serialised as `structuredClone` sees them: objects of classes become plain ones. Of a memoized function the
 * results of plain calls are saved whose arguments are primitives.
 *
 * @throws CacheUsageError for anything that is no such cache; the system's errors as they are.
 */
export declare function saveCache(cache: Saveable, file: string): Promise<SaveResult>;

export interface RestoreResult {
  restored: number;
  /** Entries whose time was over meanwhile, or that the bounds did not take. */
  dropped: number;
}

/** A `BoundedCache`, or a memoized function. */
export type Saveable =
  | {
      info(): BoundedCacheInfo;
    }
  | {
      cacheInfo(): CacheInfo;
    };

export interface SaveResult {
  /** Entries written. */
  saved: number;
  /** Entries left out: values or keys that exist in this process only (functions, identities of objects), or whose time is over. */
  skipped: number;
  /** Size of the file. */
  bytes: number;
}

/** Wraps a function so that it remembers its results; see {@link MemoizeOptions}. */
export declare function memoize<F extends AnyFunction>(
  fn: F,
  options?: MemoizeOptions<F> | ClassMethodDecoratorContext,
): Memoized<F>;

/** `memoize({ maxSize: 32 })(fn)`, or as the decorator `@memoize({ maxSize: 32 })` of a method. */
export declare function memoize<F extends AnyFunction = AnyFunction>(
  options?: MemoizeOptions<F>,
): <G extends F>(fn: G, context?: ClassMethodDecoratorContext) => Memoized<G>;

/** Python's `CacheInfo`. */
export interface CacheInfo {
  hits: number;
  misses: number;
  /** `Infinity`: no bound. */
  maxSize: number;
  currentSize: number;
}

export type Memoized<F extends AnyFunction> = F & MemoizedMembers<F>;

/** What a memoized function has beside being called. */
export interface MemoizedMembers<F extends AnyFunction> {
  /** Counts so far. Calls that share a pending promise are hits; a call that throws is a miss. */
  cacheInfo(): CacheInfo;
  /** Empties the cache and sets its counts to 0. */
  cacheClear(): void;
  cacheParameters(): {
    maxSize: number;
    typed: boolean;
  };
  /** Sets a new bound; gives how many entries it pushed out. */
  cacheResize(maxSize: number): number;
  /** The function that was given to `memoize`. */
  readonly wrapped: F;
}

export interface MemoizeOptions<F extends AnyFunction = AnyFunction> extends PolicyOptions<ReturnType<F>> {
  /** Tells a number, a bigint and a boolean apart that are equal (`1`, `1n`, `true`). `false` by default, as in Python. */
  typed?: boolean;
  /**
   * The key of a call, from its arguments: a primitive, an object (by identity), or an array of such. Without it the key is
   * the arguments themselves, in order, objects by identity. {@link structuralKey} compares by content.
   */
  key?: (...values: Parameters<F>) => unknown;
}

/**
 * A key function that compares plain objects and arrays by what is in them: `{ a, b }` and `{ b, a }` are one key, `[1]` and
 * `["1"]` are two. Give it as `memoize(load, { key: structuralKey })`.
 *
 * Dates, Maps and Sets count by their contents. Identity does not fit into a text: objects of other classes are refused.
 * It reads the whole value at every call; for large values a key function of your own is faster.
 *
 * @throws TypeError for a cycle, and for objects of classes, functions and symbols.
 */
export declare function structuralKey(...values: unknown[]): string;

/** A wrong use of the library: the message says what to write instead. */
export declare class CacheUsageError extends TypeError {
  readonly code = 'usage';
  constructor(
    message: string,
    options?: {
      cause?: unknown;
    },
  );
}

/** Keys are compared as a Map compares them. */
export declare class BoundedCache<K, V> {
  /** @throws CacheUsageError (a TypeError) for a wrong option. */
  constructor(options?: BoundedCacheOptions<K, V>);
  /** The value, made the most recently used; `undefined` when it is not there. Counts a hit or a miss. */
  get(key: K): V | undefined;
  /**
   * The value, loaded when it is not there; concurrent calls for one key load once. What `load` throws is thrown, and
   * nothing is kept of it.
   */
  load(key: K, load?: ((key: K) => V) | undefined): V;
  /**
   * Stores a value. Gives `false` when it is larger than the whole cache may be, and then nothing is stored.
   * @param ttl of this entry alone, ms.
   * @param bytes of this entry, when they are known better than they are measured.
   */
  set(
    key: K,
    value: V,
    {
      ttl,
      bytes,
    }?: {
      ttl?: number;
      bytes?: number;
    },
  ): boolean;
  /** Whether a value is there; neither counted nor made recent. */
  has(key: K): boolean;
  /** The value, neither counted nor made recent. */
  peek(key: K): V | undefined;
  delete(key: K): boolean;
  /** Empties the cache. Counts stay. */
  clear(): void;
  /** Sets the bound of entries; gives how many were pushed out. */
  resize(maxSize: number): number;
  /** Removes what is over. It happens by itself too: when an entry is asked for, and from time to time. */
  sweep(): void;
  /** Entries, those included whose time is over and that nobody has looked at since. */
  get size(): number;
  info(): BoundedCacheInfo;
  /** From the least recently used to the most. */
  entries(): Generator<[K, V]>;
  keys(): Generator<K>;
  values(): Generator<V>;
  [Symbol.iterator](): Generator<[K, V]>;
}

export interface BoundedCacheInfo {
  hits: number;
  misses: number;
  evictions: number;
  expirations: number;
  loads: number;
  failures: number;
  averageLoadMs: number | null;
  /** `Infinity`: no bound. */
  maxSize: number;
  currentSize: number;
  /** Bytes held, where `maxBytes` bounds them; else `null`. */
  bytes: number | null;
}

export interface BoundedCacheOptions<K, V> extends PolicyOptions<V> {
  /** Makes the value of a key for {@link BoundedCache.load}; may be async. */
  load?: (key: K) => V;
}

export type Dispose<V> = (value: V, reason: RemovalReason) => unknown;

/** Why an entry left: pushed out by a bound, too old, or at the owner's word. */
export type RemovalReason = 'evicted' | 'expired' | 'cleared' | 'deleted' | 'replaced';

export interface PolicyOptions<V> extends LifetimeOptions {
  /** Most entries: 128 by default, `Infinity` for no bound, 0 (and below) for none at all. */
  maxSize?: number;
  /** Most bytes; no bound by default. */
  maxBytes?: number;
  /** Bytes of an entry. By default the size model of Heapmark measures value, key and the entry itself. */
  sizeOf?: (value: unknown, key: unknown) => number;
  /**
   * What to do with values that leave the cache: a function, or `true` for `[Symbol.dispose]()` or `dispose()`, tensors
   * included. A value that several entries hold is disposed with the last of them.
   */
  dispose?: boolean | Dispose<V>;
  /** What the inventory calls the cache when no variable holds it. */
  name?: string;
  /** Source of time; `performance` by default. */
  clock?: Clock;
  /** Source of the jitter, 0 to below 1. */
  random?: () => number;
}

/**
 * Bytes that a value takes, each object in it once; what it shares with other values counts in full. What a walk cannot see
 * (closures, native memory) counts as nothing.
 */
export declare function sizeOf(value: unknown): number;

/**
 * An entry is missing once its value is collected, or once its time is over even if the value is alive, and even where the
 * clean-up's timer could not run. The timer never keeps the process alive.
 */
export declare class TimedWeakValueMap<K, V extends object> extends WeakValueMap<K, V> {
  /** @throws CacheUsageError (a TypeError) for a wrong option, and for a value that is no object. */
  constructor(entries?: Iterable<readonly [K, V]> | null, options?: TimedWeakValueMapOptions<K>);
  /** @param options what holds for this entry alone. */
  set(
    key: K,
    value: V,
    options?: {
      timeout?: number;
      keepAlive?: boolean;
    },
  ): this;
}

export interface TimedWeakValueMapOptions<K> extends WeakValueMapOptions<K> {
  /** How long an entry is good for, ms; 60,000 by default. `Infinity` for no end. */
  timeout?: number;
  /** Holds values until their time is over. `false` by default: weak from the start. */
  keepAlive?: boolean;
  /** Source of time; `performance` by default. */
  clock?: Clock;
}

/**
 * `get` gives a value that is alive, whoever keeps it alive, and loads it otherwise; callers that come while it loads wait for
 * the same load. The cache itself holds only the few most recent ones, so values that refer to each other, or to the cache,
 * go when nobody uses them.
 */
export declare class WeakModelCache<K, V extends object> {
  /** @throws CacheUsageError (a TypeError) for a wrong option. */
  constructor(options: WeakModelCacheOptions<K, V>);
  /** The value for a key. Rejects with what the loader threw, and with a TypeError when it gave no object. */
  get(key: K): Promise<V>;
  /** The value if it is alive now. Nothing is loaded, counted or made recent. */
  peek(key: K): V | undefined;
  /** Forgets a value; whoever uses it keeps it. */
  delete(key: K): boolean;
  /** Forgets all values; a load that is under way is not kept. */
  clear(): void;
  /** Sets how many are held strongly; gives how many were let go. */
  resize(keep: number): number;
  get size(): number;
  info(): WeakModelStatistics;
}

export interface WeakModelCacheOptions<K, V extends object> {
  /** Makes the value of a key. */
  load: (key: K) => V | Promise<V>;
  /** How many of the most recently used values are held strongly; 2 by default, 0 for none. */
  keep?: number;
  /** Bytes that those may take together; no bound by default. */
  keepBytes?: number;
  /** Bytes of a value, where `keepBytes` is given; by default the size model measures it. */
  sizeOf?: (value: unknown, key: unknown) => number;
  /** Called with the key when a value was collected. */
  onRemove?: (key: K) => void;
  name?: string;
  clock?: Clock;
}

export interface WeakModelStatistics {
  /** Found among the strongly held ones. */
  strongHits: number;
  /** Found because somebody else still used it. */
  weakHits: number;
  /** Joined a load that was under way. */
  sharedLoads: number;
  misses: number;
  loads: number;
  failures: number;
  averageLoadMs: number | null;
  /** Values that were found to be collected. */
  collected: number;
  /** Strongly held now. */
  kept: number;
  /** All that are known now, collected ones included that were not found out yet. */
  size: number;
}

/** Why an entry left by itself. */
export type WeakRemoval = 'collected' | 'expired';

/**
 * Values are held by a WeakRef: an entry is missing as soon as its value was collected, and its place is cleaned up after the
 * next full collection, in slices of a few ms. Two differences from Python: collection is not immediate (JavaScript counts no
 * references), and a value that was just stored or read stays until the current job has ended.
 */
export declare class WeakValueMap<K, V extends object> {
  /** @throws CacheUsageError (a TypeError) for a wrong option, and for a value that is no object. */
  constructor(entries?: Iterable<readonly [K, V]> | null, options?: WeakValueMapOptions<K>);
  get(key: K): V | undefined;
  /** @throws CacheUsageError for a value that is no object. */
  set(key: K, value: V): this;
  /** Whether the value is there and alive. It may be collected later: keep what `get` gives instead of asking twice. */
  has(key: K): boolean;
  delete(key: K): boolean;
  clear(): void;
  /** Entries; at most those that are alive and those whose value is collected but not cleaned up yet. */
  get size(): number;
  /** Live entries in the order of their making. */
  entries(): Generator<[K, V]>;
  keys(): Generator<K>;
  values(): Generator<V>;
  forEach(visit: (value: V, key: K, map: this) => void): void;
  [Symbol.iterator](): Generator<[K, V]>;
}

export interface WeakValueMapOptions<K> {
  /**
   * Called with the key when an entry leaves by itself, once for each. Not while the collector runs but some time after it,
   * or when the entry is asked for, whichever comes first.
   */
  onRemove?: (key: K, reason: WeakRemoval) => void;
  /** What the inventory calls the map when no variable holds it. */
  name?: string;
}

type AnyFunction = (this: never, ...values: never[]) => unknown;

interface LifetimeOptions {
  /** Time to live, ms. Without it, entries do not age. */
  ttl?: number;
  /**
   * 0 to 1: each entry lives by a random part of `ttl`, up to this share, shorter. Entries that were made together then do
   * not end together. 0 by default.
   */
  jitter?: number;
  /** Each hit starts the time anew. Otherwise it runs from the entry's making. */
  sliding?: boolean;
  /** For this long after its end, ms, an entry is still given out while one load renews it. */
  staleWhileRevalidate?: number;
}

/** Time as caches measure it. */
interface Clock {
  /** Milliseconds that never go back; the zero is arbitrary. `performance` is one. */
  now(): number;
}

export {};
