/**
 * Where every cache of this library is listed, for an inventory. The list is one for the process, however many copies of the
 * library are loaded, and it keeps no cache alive.
 */

/** Figures of a cache; `null` where it has none. Times in ms, sizes in bytes. */
export interface CacheFigures {
  readonly hits: number | null;
  readonly misses: number | null;
  readonly size: number;
  /** `null`: no bound. */
  readonly maxSize: number | null;
  readonly maxBytes: number | null;
  /** What the cache counted itself; `null` when it counts no bytes. */
  readonly countedBytes: number | null;
  readonly evictions: number | null;
  readonly loads: number | null;
  readonly averageLoadMs: number | null;
  readonly savedMs: number | null;
  /** When the oldest entry was made, ms since 1970. */
  readonly oldest: number | null;
}

/** A cache as the inventory sees it. */
export interface TrackedCache {
  /** `memoize`, `BoundedCache`, `WeakValueMap` … */
  readonly kind: string;
  /** Its own name, when it has one. */
  readonly name: string | null;
  /** What a variable holds when it holds this cache: the cache, or the memoized function. */
  readonly owner: object;
  figures(): CacheFigures;
  /** What it keeps alive, for a measurement. */
  contents(): Iterable<unknown>;
  clear(): void;
  /** Sets the bound of entries and gives how many left; absent when it has no such bound. */
  resize?(maxSize: number): number;
}

interface Registry {
  readonly caches: Set<WeakRef<TrackedCache>>;
}

const REGISTRY = Symbol.for('heapmark.caches.1');

function registry(): Registry {
  const home = globalThis as { [REGISTRY]?: Registry };
  if (home[REGISTRY] === undefined) {
    Object.defineProperty(home, REGISTRY, { value: { caches: new Set() }, enumerable: false });
  }
  return home[REGISTRY] as Registry;
}

/** Each live owner keeps its own entry in the list. */
const kept = new WeakMap<object, TrackedCache[]>();
const gone = new FinalizationRegistry<WeakRef<TrackedCache>>((ref) => registry().caches.delete(ref));

/** Lists a cache for as long as its owner lives. */
export function track(cache: TrackedCache): void {
  const ref = new WeakRef(cache);
  registry().caches.add(ref);
  gone.register(cache, ref);
  const others = kept.get(cache.owner);
  if (others === undefined) kept.set(cache.owner, [cache]);
  else others.push(cache);
}

/** Every cache of this library that is alive, the oldest first. */
export function trackedCaches(): TrackedCache[] {
  const alive: TrackedCache[] = [];
  for (const ref of registry().caches) {
    const cache = ref.deref();
    if (cache !== undefined) alive.push(cache);
  }
  return alive;
}

/** The cache that a value is the face of. */
export function trackedAs(owner: object): TrackedCache | undefined {
  return trackedCaches().find((cache) => cache.owner === owner);
}
