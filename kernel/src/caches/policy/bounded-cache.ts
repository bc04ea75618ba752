/** A cache of key and value with every policy of `memoize`, for those who fill it themselves. */
import { CacheUsageError } from '../mistake.js';
import { Statistics } from '../statistics.js';
import { track } from '../tracked.js';
import { readMaxSize, refuseUnknown } from './bounds.js';
import { requireDuration } from './lifetime.js';
import { contentsOf, figuresOf } from './figures.js';
import { POLICY_OPTIONS, readPolicy, requireFunction, type PolicyOptions } from './options.js';
import { Store } from './store.js';

export interface BoundedCacheOptions<K, V> extends PolicyOptions<V> {
  /** Makes the value of a key for {@link BoundedCache.load}; may be async. */
  load?: (key: K) => V;
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

const OPTIONS = [...POLICY_OPTIONS, 'load'];

/** Keys are compared as a Map compares them. */
export class BoundedCache<K, V> {
  private readonly statistics = new Statistics();
  private readonly store: Store<V>;
  private readonly loader: ((key: K) => V) | undefined;

  /** @throws CacheUsageError (a TypeError) for a wrong option. */
  constructor(options: BoundedCacheOptions<K, V> = {}) {
    refuseUnknown('BoundedCache', options, OPTIONS);
    requireFunction('load', options.load);
    this.store = new Store(readPolicy(options), this.statistics);
    this.loader = options.load;
    storesOf.set(this, this.store as Store<unknown>);
    const { store, statistics } = this;
    track({
      kind: 'BoundedCache',
      name: options.name ?? null,
      owner: this,
      figures: () => figuresOf([store], statistics, store.rules),
      contents: () => contentsOf([store]),
      clear: () => store.clear(),
      resize: (maxSize) => store.resize(readMaxSize(maxSize)),
    });
  }

  /** The value, made the most recently used; `undefined` when it is not there. Counts a hit or a miss. */
  get(key: K): V | undefined {
    const slot = this.store.use(key);
    if (slot === undefined) {
      this.statistics.misses += 1;
      return undefined;
    }
    this.statistics.hits += 1;
    return this.store.slots.values[slot];
  }

  /**
   * The value, loaded when it is not there; concurrent calls for one key load once. What `load` throws is thrown, and
   * nothing is kept of it.
   */
  load(key: K, load: ((key: K) => V) | undefined = this.loader): V {
    if (load === undefined) {
      throw new CacheUsageError('load needs a loader: load(key, loader), or new BoundedCache({ load }).');
    }
    return this.store.obtain(key, () => load(key));
  }

  /**
   * Stores a value. Gives `false` when it is larger than the whole cache may be, and then nothing is stored.
   * @param ttl of this entry alone, ms.
   * @param bytes of this entry, when they are known better than they are measured.
   */
  set(key: K, value: V, { ttl, bytes }: { ttl?: number; bytes?: number } = {}): boolean {
    if (ttl !== undefined) {
      requireDuration('ttl', ttl, true);
      if (!this.store.rules.lifetime.timed) {
        throw new CacheUsageError(
          'An entry has a ttl of its own only in a cache with a ttl: new BoundedCache({ ttl }).',
        );
      }
    }
    return this.store.put(key, value, value, ttl, bytes);
  }

  /** Whether a value is there; neither counted nor made recent. */
  has(key: K): boolean {
    return this.store.peek(key) !== undefined;
  }

  /** The value, neither counted nor made recent. */
  peek(key: K): V | undefined {
    const slot = this.store.peek(key);
    return slot === undefined ? undefined : this.store.slots.values[slot];
  }

  delete(key: K): boolean {
    const slot = this.store.peek(key);
    if (slot === undefined) return false;
    this.store.remove(slot, 'deleted');
    return true;
  }

  /** Empties the cache. Counts stay. */
  clear(): void {
    this.store.clear();
  }

  /** Sets the bound of entries; gives how many were pushed out. */
  resize(maxSize: number): number {
    return this.store.resize(readMaxSize(maxSize));
  }

  /** Removes what is over. It happens by itself too: when an entry is asked for, and from time to time. */
  sweep(): void {
    this.store.sweep();
  }

  /** Entries, those included whose time is over and that nobody has looked at since. */
  get size(): number {
    return this.store.entries.size;
  }

  info(): BoundedCacheInfo {
    const { hits, misses, evictions, expirations, loads, failures, averageLoadMs } = this.statistics;
    const { maxSize, maxBytes } = this.store.rules;
    return {
      hits,
      misses,
      evictions,
      expirations,
      loads,
      failures,
      averageLoadMs,
      maxSize,
      currentSize: this.size,
      bytes: maxBytes === Infinity ? null : this.store.bytes,
    };
  }

  /** From the least recently used to the most. */
  *entries(): Generator<[K, V]> {
    const { rules } = this.store;
    const now = rules.lifetime.timed ? rules.clock.now() : -Infinity;
    // What leaves while the caller goes through them is passed over.
    for (const { key, ends } of [...this.store.inOrder()]) {
      const slot = ends > now ? this.store.entries.get(key) : undefined;
      if (slot !== undefined) yield [key as K, this.store.slots.values[slot] as V];
    }
  }

  *keys(): Generator<K> {
    for (const [key] of this.entries()) yield key;
  }

  *values(): Generator<V> {
    for (const [, value] of this.entries()) yield value;
  }

  [Symbol.iterator](): Generator<[K, V]> {
    return this.entries();
  }
}

const storesOf = new WeakMap<object, Store<unknown>>();

/** The store of a `BoundedCache`; `undefined` for anything else. */
export const storeOfCache = (value: object): Store<unknown> | undefined => storesOf.get(value);
