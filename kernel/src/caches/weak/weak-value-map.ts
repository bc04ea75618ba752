/** A Map whose values are held weakly: Python's `weakref.WeakValueDictionary`, as far as JavaScript allows. */
import { refuseUnknown } from '../policy/bounds.js';
import { Statistics } from '../statistics.js';
import { track, type CacheFigures } from '../tracked.js';
import { requireObject } from './target.js';
import { WeakTable, type WeakRemoval, type WeakTableRules } from './weak-table.js';

export interface WeakValueMapOptions<K> {
  /**
   * Called with the key when an entry leaves by itself, once for each. Not while the collector runs but some time after it,
   * or when the entry is asked for, whichever comes first.
   */
  onRemove?: (key: K, reason: WeakRemoval) => void;
  /** What the inventory calls the map when no variable holds it. */
  name?: string;
}

const OPTIONS = ['onRemove', 'name'];

/**
 * Values are held by a WeakRef: an entry is missing as soon as its value was collected, and its place is cleaned up after the
 * next full collection, in slices of a few ms. Two differences from Python: collection is not immediate (JavaScript counts no
 * references), and a value that was just stored or read stays until the current job has ended.
 */
export class WeakValueMap<K, V extends object> {
  protected readonly table: WeakTable<K, V>;
  private readonly statistics = new Statistics();

  /** @throws CacheUsageError (a TypeError) for a wrong option, and for a value that is no object. */
  constructor(entries: Iterable<readonly [K, V]> | null = null, options: WeakValueMapOptions<K> = {}) {
    const kind = new.target.name;
    this.table = new WeakTable(this.readOptions(kind, options));
    const { table, statistics } = this;
    track({
      kind,
      name: options.name ?? null,
      owner: this,
      figures: () => weakFigures(table, statistics),
      contents: () => keysOf(table),
      clear: () => table.clear(),
    });
    for (const [key, value] of entries ?? []) this.set(key, value);
  }

  get(key: K): V | undefined {
    const value = this.table.find(key);
    if (value === undefined) this.statistics.misses += 1;
    else this.statistics.hits += 1;
    return value;
  }

  /** @throws CacheUsageError for a value that is no object. */
  set(key: K, value: V): this {
    requireObject(value, this.constructor.name);
    this.table.put(key, value);
    return this;
  }

  /** Whether the value is there and alive. It may be collected later: keep what `get` gives instead of asking twice. */
  has(key: K): boolean {
    return this.table.find(key) !== undefined;
  }

  delete(key: K): boolean {
    return this.table.delete(key);
  }

  clear(): void {
    this.table.clear();
  }

  /** Entries; at most those that are alive and those whose value is collected but not cleaned up yet. */
  get size(): number {
    return this.table.size;
  }

  /** Live entries in the order of their making. */
  entries(): Generator<[K, V]> {
    return this.table.alives();
  }

  *keys(): Generator<K> {
    for (const [key] of this.table.alives()) yield key;
  }

  *values(): Generator<V> {
    for (const [, value] of this.table.alives()) yield value;
  }

  forEach(visit: (value: V, key: K, map: this) => void): void {
    for (const [key, value] of this.table.alives()) visit(value, key, this);
  }

  [Symbol.iterator](): Generator<[K, V]> {
    return this.table.alives();
  }

  /** Checks the options that a map of this kind takes. */
  protected readOptions(kind: string, options: WeakValueMapOptions<K>): WeakTableRules<K> {
    refuseUnknown(kind, options, OPTIONS);
    return { onRemove: options.onRemove };
  }
}

/** Figures of a weak map, which has no bound and loads nothing. */
function weakFigures<K, V extends object>(table: WeakTable<K, V>, { hits, misses }: Statistics): CacheFigures {
  return {
    hits,
    misses,
    size: table.size,
    maxSize: null,
    maxBytes: null,
    countedBytes: null,
    evictions: table.removals,
    loads: null,
    averageLoadMs: null,
    savedMs: null,
    oldest: null,
  };
}

/** The keys alone: a weak map keeps no value alive, so none is counted for it. */
function* keysOf<K, V extends object>(table: WeakTable<K, V>): Iterable<unknown> {
  for (const [key] of table.alives()) yield key;
}
