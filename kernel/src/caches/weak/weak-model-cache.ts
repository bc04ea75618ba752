/** Large things that are loaded by key, used by several, and held no longer than somebody uses them. */
import { AsyncLocalStorage } from 'node:async_hooks';
import { systemClock, type Clock } from '../clock.js';
import { CacheUsageError } from '../mistake.js';
import { readMaxBytes, readMaxSize, refuseUnknown } from '../policy/bounds.js';
import { Lifetime } from '../policy/lifetime.js';
import { requireFunction } from '../policy/options.js';
import { Store } from '../policy/store.js';
import { sizeOfEntry } from '../sizing.js';
import { Statistics } from '../statistics.js';
import { track } from '../tracked.js';
import { requireObject } from './target.js';
import { WeakTable } from './weak-table.js';

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

const OPTIONS = ['load', 'keep', 'keepBytes', 'sizeOf', 'onRemove', 'name', 'clock'];
const DEFAULT_KEEP = 2;

interface Flight<K, V> {
  readonly value: Promise<V>;
  /** Keys whose loads this one waits for. */
  readonly waitsFor: Set<K>;
}

/**
 * `get` gives a value that is alive, whoever keeps it alive, and loads it otherwise; callers that come while it loads wait for
 * the same load. The cache itself holds only the few most recent ones, so values that refer to each other, or to the cache,
 * go when nobody uses them.
 */
export class WeakModelCache<K, V extends object> {
  private readonly statistics = new Statistics();
  private readonly table: WeakTable<K, V>;
  private readonly recent: Store<V>;
  private readonly pending = new Map<K, Flight<K, V>>();
  /** The key whose loader is running, in each chain of calls. */
  private readonly current = new AsyncLocalStorage<{ key: K }>();
  private readonly loader: (key: K) => V | Promise<V>;
  private readonly clock: Clock;
  private strongHits = 0;
  private weakHits = 0;
  private sharedLoads = 0;
  private generation = 0;

  /** @throws CacheUsageError (a TypeError) for a wrong option. */
  constructor(options: WeakModelCacheOptions<K, V>) {
    refuseUnknown('WeakModelCache', options, OPTIONS);
    if (typeof options.load !== 'function')
      throw new CacheUsageError('WeakModelCache needs a loader: { load: (key) => … }.');
    requireFunction('sizeOf', options.sizeOf);
    requireFunction('onRemove', options.onRemove);
    const {
      load,
      keep = DEFAULT_KEEP,
      keepBytes = Infinity,
      sizeOf = sizeOfEntry,
      onRemove,
      clock = systemClock,
    } = options;
    this.loader = load;
    this.clock = clock;
    this.table = new WeakTable<K, V>({ onRemove: onRemove && ((key) => onRemove(key)), clock });
    this.recent = new Store<V>(
      {
        maxSize: readMaxSize(keep, 'keep'),
        maxBytes: readMaxBytes(keepBytes),
        sizeOf,
        countsTables: options.sizeOf === undefined,
        lifetime: new Lifetime({}),
        disposer: null,
        clock,
      },
      new Statistics(),
    );
    this.list(options.name ?? null);
  }

  /** The value for a key. Rejects with what the loader threw, and with a TypeError when it gave no object. */
  async get(key: K): Promise<V> {
    const present = this.use(key);
    if (present !== undefined) return present;
    const pending = this.pending.get(key);
    if (pending !== undefined) {
      this.refuseCircle(key);
      this.statistics.hits += 1;
      this.sharedLoads += 1;
      return this.waitFor(key, pending.value);
    }
    this.statistics.misses += 1;
    const { generation } = this;
    // The loader runs in a job of its own, so the flight is known before it asks for anything.
    const value = Promise.resolve().then(() => this.current.run({ key }, () => this.load(key, generation)));
    const flight: Flight<K, V> = { value, waitsFor: new Set() };
    this.pending.set(key, flight);
    try {
      return await this.waitFor(key, value);
    } finally {
      if (this.pending.get(key) === flight) this.pending.delete(key);
    }
  }

  /** The value if it is alive now. Nothing is loaded, counted or made recent. */
  peek(key: K): V | undefined {
    return this.table.find(key);
  }

  /** The value if it is alive now, as a hit. */
  private use(key: K): V | undefined {
    const slot = this.recent.use(key);
    if (slot !== undefined) {
      this.statistics.hits += 1;
      this.strongHits += 1;
      return this.recent.slots.values[slot];
    }
    const value = this.table.find(key);
    if (value === undefined) return undefined;
    this.statistics.hits += 1;
    this.weakHits += 1;
    this.recent.put(key, value);
    return value;
  }

  /** Forgets a value; whoever uses it keeps it. */
  delete(key: K): boolean {
    const slot = this.recent.peek(key);
    if (slot !== undefined) this.recent.remove(slot, 'deleted');
    return this.table.delete(key);
  }

  /** Forgets all values; a load that is under way is not kept. */
  clear(): void {
    this.generation += 1;
    this.recent.clear();
    this.table.clear();
    this.pending.clear();
  }

  /** Sets how many are held strongly; gives how many were let go. */
  resize(keep: number): number {
    return this.recent.resize(readMaxSize(keep, 'keep'));
  }

  get size(): number {
    return this.table.size;
  }

  info(): WeakModelStatistics {
    const { misses, loads, failures, averageLoadMs } = this.statistics;
    return {
      strongHits: this.strongHits,
      weakHits: this.weakHits,
      sharedLoads: this.sharedLoads,
      misses,
      loads,
      failures,
      averageLoadMs,
      collected: this.table.removals,
      kept: this.recent.entries.size,
      size: this.table.size,
    };
  }

  /** Notes, for a loader that calls, what its own load waits for. */
  private async waitFor(key: K, value: Promise<V>): Promise<V> {
    const waiting = this.pending.get(this.current.getStore()?.key as K)?.waitsFor;
    waiting?.add(key);
    try {
      return await value;
    } finally {
      waiting?.delete(key);
    }
  }

  /** A loader that waits for a load that waits for it would wait for ever. */
  private refuseCircle(wanted: K): void {
    const caller = this.current.getStore();
    if (caller === undefined) return;
    const seen = new Set<K>([wanted]);
    for (const key of seen) {
      if (key === caller.key) {
        throw new CacheUsageError(
          `Loading ${String(caller.key)} needs ${String(wanted)}, which waits for ${String(caller.key)}: ` +
            'let one of them look the other up later, when it is used.',
        );
      }
      for (const next of this.pending.get(key)?.waitsFor ?? []) seen.add(next);
    }
  }

  private async load(key: K, generation: number): Promise<V> {
    const { statistics, clock } = this;
    const start = clock.now();
    let value: V;
    try {
      value = await this.loader(key);
      requireObject(value, 'WeakModelCache');
    } catch (error) {
      statistics.loaded(clock.now() - start, true);
      throw error;
    }
    statistics.loaded(clock.now() - start);
    if (generation === this.generation) {
      this.table.put(key, value);
      this.recent.put(key, value);
    }
    return value;
  }

  private list(name: string | null): void {
    const { statistics, table, recent } = this;
    const { rules, slots, entries } = recent;
    track({
      kind: 'WeakModelCache',
      name,
      owner: this,
      figures: () => ({
        hits: statistics.hits,
        misses: statistics.misses,
        size: table.size,
        maxSize: rules.maxSize === Infinity ? null : rules.maxSize,
        maxBytes: rules.maxBytes === Infinity ? null : rules.maxBytes,
        countedBytes: rules.maxBytes === Infinity ? null : recent.bytes,
        evictions: table.removals,
        loads: statistics.loads,
        averageLoadMs: statistics.averageLoadMs,
        savedMs: statistics.savedMs,
        oldest: null,
      }),
      *contents() {
        for (const slot of entries.values()) yield slots.values[slot];
      },
      clear: () => this.clear(),
      resize: (keep) => this.resize(keep),
    });
  }
}
