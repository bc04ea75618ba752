/** Every cache in the process, with names, figures and sizes. */
import type { CacheRecord, Precision } from '@heapmark/protocol';
import { types } from 'node:util';
import { trackedAs, trackedCaches, type TrackedCache } from '../tracked.js';
import { adviceFor } from './advice.js';
import { LruCacheWatch, type WatchedLruCache } from './lru-cache-watch.js';

/** A name of the user's and its value. Reading it runs no code of the user. */
export interface NamedValue {
  readonly name: string;
  readonly value: unknown;
}

/** Bytes of a group of values, each object once. */
export interface MeasuredBytes {
  readonly bytes: number;
  readonly precision: Precision;
}

/** What the inventory needs to know of the notebook. */
export interface InventoryHost {
  names(): Iterable<NamedValue>;
  /** Measures each group of values; all in one bounded time. */
  measure(groups: readonly (readonly unknown[])[]): readonly MeasuredBytes[];
}

/** A cache that can be named, described, emptied and bounded. */
interface Listed {
  readonly owner: object;
  readonly ownName: string | null;
  readonly kind: string;
  figures(): Omit<CacheRecord, 'name' | 'kind' | 'bytes' | 'precision' | 'advice' | 'clearable' | 'resizable'> & {
    countedBytes: number | null;
  };
  contents(): unknown[];
  clear?(): void;
  resize?(maxSize: number): number;
}

/** Somebody asked for a cache that is not there, or for what it cannot do. */
export class UnknownCache extends Error {
  readonly code = 'usage';
}

const UNCOUNTED = {
  hits: null,
  misses: null,
  maxSize: null,
  maxBytes: null,
  evictions: null,
  loads: null,
  averageLoadMs: null,
  savedMs: null,
  oldest: null,
  countedBytes: null,
} as const;

export class Inventory {
  private readonly watch = new LruCacheWatch();
  /** Names of Maps and objects that the user wants to see among the caches. */
  private readonly added = new Set<string>();

  constructor(private readonly host: InventoryHost) {}

  /** Begins to watch lru-cache. */
  start(): void {
    this.watch.start();
  }

  stop(): void {
    this.watch.stop();
  }

  /** Lists a Map, Set, array or object of the user's from now on. Throws {@link UnknownCache}. */
  add(name: string): void {
    const value = this.valueOf(name);
    if (typeof value !== 'object' || value === null) {
      throw new UnknownCache(
        `${name} is no object: only a Map, a Set, an array or an object can be looked at as a cache.`,
      );
    }
    this.added.add(name);
  }

  list(): CacheRecord[] {
    const named = this.named();
    const measured = this.host.measure(named.map(([, cache]) => cache.contents()));
    return named.map(([name, cache], index) => {
      const { countedBytes, ...figures } = cache.figures();
      const { bytes, precision } = measured[index] ?? { bytes: null, precision: 'unavailable' as const };
      const record = {
        name,
        kind: cache.kind,
        ...figures,
        bytes: countedBytes !== null && (bytes === null || precision !== 'exact') ? countedBytes : bytes,
        precision: countedBytes !== null && precision !== 'exact' ? ('estimate' as const) : precision,
        clearable: cache.clear !== undefined,
        resizable: cache.resize !== undefined,
      };
      return { ...record, advice: adviceFor(record) };
    });
  }

  /** Empties a cache; gives how many entries it had. */
  clear(name: string): number {
    const cache = this.find(name);
    if (cache.clear === undefined) throw new UnknownCache(`${name} cannot be emptied from outside.`);
    const { size } = cache.figures();
    cache.clear();
    return size ?? 0;
  }

  /** Sets a bound of entries, `Infinity` for none; gives how many were pushed out. */
  resize(name: string, maxSize: number): number {
    const cache = this.find(name);
    if (cache.resize === undefined) {
      throw new UnknownCache(`${name} (${cache.kind}) has no bound of entries that could be changed.`);
    }
    return cache.resize(maxSize);
  }

  private find(name: string): Listed {
    const named = this.named();
    const found = named.find(([each]) => each === name);
    if (found !== undefined) return found[1];
    const known = named.map(([each]) => each);
    throw new UnknownCache(
      `There is no cache ${name}. ${known.length === 0 ? 'No cache is known.' : `There are ${known.join(', ')}.`}`,
    );
  }

  private valueOf(name: string): unknown {
    for (const each of this.host.names()) if (each.name === name) return each.value;
    throw new UnknownCache(`There is no variable ${name}. %vars lists those there are.`);
  }

  /** Caches by the variable that holds them, else by their own name; no two by the same. */
  private named(): [string, Listed][] {
    const values = [...this.host.names()];
    const byValue = new Map<unknown, string>();
    for (const { name, value } of values) if (!byValue.has(value)) byValue.set(value, name);
    const taken = new Set<string>();
    const result: [string, Listed][] = [];
    for (const cache of this.listed(values)) {
      const wanted = byValue.get(cache.owner) ?? cache.ownName ?? cache.kind;
      let name = wanted;
      for (let count = 2; taken.has(name); count += 1) name = `${wanted} (${count})`;
      taken.add(name);
      result.push([name, cache]);
    }
    return result;
  }

  private *listed(values: readonly NamedValue[]): Generator<Listed> {
    for (const cache of trackedCaches()) yield ofLibrary(cache);
    for (const [cache, watched] of this.watch.alive()) yield ofLruCache(cache, watched);
    for (const name of this.added) {
      const value = values.find((each) => each.name === name)?.value;
      if (typeof value !== 'object' || value === null) this.added.delete(name);
      else if (trackedAs(value) === undefined) yield ofCollection(value);
    }
  }
}

function ofLibrary(cache: TrackedCache): Listed {
  const { resize } = cache;
  return {
    owner: cache.owner,
    ownName: cache.name,
    kind: cache.kind,
    figures: () => cache.figures(),
    contents: () => [...cache.contents()],
    clear: () => cache.clear(),
    ...(resize === undefined ? {} : { resize: (maxSize: number) => resize.call(cache, maxSize) }),
  };
}

function ofLruCache(cache: object, watched: WatchedLruCache): Listed {
  return {
    owner: cache,
    ownName: null,
    kind: 'lru-cache',
    figures() {
      const max = watched.read(cache, 'max');
      const { keyMap, starts } = watched.internals(cache) ?? {};
      let oldest: number | null = null;
      if (starts !== undefined && keyMap !== undefined) {
        for (const index of keyMap.values()) {
          const at = starts[index] as number;
          if (at > 0 && (oldest === null || at < oldest)) oldest = at;
        }
      }
      return {
        ...UNCOUNTED,
        hits: watched.hits,
        misses: watched.misses,
        evictions: watched.evictions,
        size: watched.read(cache, 'size'),
        maxSize: max === 0 ? null : max,
        oldest: oldest === null ? null : performance.timeOrigin + oldest,
      };
    },
    contents() {
      const internals = watched.internals(cache);
      return internals === null ? [] : [internals.keyMap, internals.keyList, internals.valList];
    },
    clear: () => watched.clear(cache),
  };
}

function ofCollection(value: object): Listed {
  const common = { owner: value, ownName: null, contents: () => [value] };
  if (types.isMap(value) || types.isSet(value)) {
    const { prototype } = types.isMap(value) ? Map : Set;
    const size = Object.getOwnPropertyDescriptor(prototype, 'size')?.get as () => number;
    return {
      ...common,
      kind: types.isMap(value) ? 'Map' : 'Set',
      figures: () => ({ ...UNCOUNTED, size: Reflect.apply(size, value, []) }),
      clear: () => void Reflect.apply(prototype.clear, value, []),
    };
  }
  return {
    ...common,
    kind: Array.isArray(value) ? 'Array' : 'Object',
    figures: () => ({
      ...UNCOUNTED,
      size: types.isProxy(value) ? null : Array.isArray(value) ? value.length : Object.keys(value).length,
    }),
  };
}
