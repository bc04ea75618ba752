/**
 * Watches every instance of the package lru-cache in the process, whoever made it. From version 11.4 on it publishes each
 * operation, and the cache it was made on, through the diagnostics channel `lru-cache:metrics`; older versions say nothing
 * and stay unseen, as does an instance that nobody uses. What is counted begins when the watch does.
 *
 * No code of the user runs: figures are read by the getters and the static method that lru-cache itself defines.
 */
import { subscribe, unsubscribe } from 'node:diagnostics_channel';

const CHANNEL = 'lru-cache:metrics';

/** What lru-cache publishes of an operation, as far as it is used. */
interface Operation {
  op?: string;
  get?: string;
  fetch?: string;
  memo?: string;
  set?: string;
  cache?: object;
}

/** Columns of an instance, as its own static method gives them. */
interface Internals {
  readonly keyList: readonly unknown[];
  readonly valList: readonly unknown[];
  readonly keyMap: ReadonlyMap<unknown, number>;
  readonly starts?: ArrayLike<number>;
}

type LruCacheClass = { prototype: object; unsafeExposeInternals?: (cache: object) => Internals };

/** One instance and what was counted of it. */
export class WatchedLruCache {
  hits = 0;
  misses = 0;
  evictions = 0;
  private lastSize = 0;
  private readonly base: LruCacheClass;

  constructor(
    readonly cache: WeakRef<object>,
    target: object,
  ) {
    this.base = baseOf(target);
    this.lastSize = this.read(target, 'size') ?? 0;
  }

  take(target: object, operation: Operation): void {
    const { op } = operation;
    const outcome =
      op === 'get' ? operation.get : op === 'fetch' ? operation.fetch : op === 'memo' ? operation.memo : undefined;
    if (outcome === 'hit' || outcome === 'fetching' || outcome === 'inflight') this.hits += 1;
    else if (outcome !== undefined && outcome !== 'get') this.misses += 1;
    const size = this.read(target, 'size') ?? 0;
    const max = this.read(target, 'max') ?? 0;
    // Evictions are not published: an entry was added to a full cache, and it is as full as before.
    if (operation.set === 'add' && max > 0 && size === max && this.lastSize === max) this.evictions += 1;
    this.lastSize = size;
  }

  /** A number that lru-cache's own class answers by a getter. */
  read(target: object, name: 'size' | 'max' | 'maxSize' | 'calculatedSize'): number | null {
    const getter = Object.getOwnPropertyDescriptor(this.base.prototype, name)?.get;
    const value: unknown = getter === undefined ? null : Reflect.apply(getter, target, []);
    return typeof value === 'number' ? value : null;
  }

  internals(target: object): Internals | null {
    try {
      return this.base.unsafeExposeInternals?.(target) ?? null;
    } catch {
      return null;
    }
  }

  clear(target: object): void {
    this.call(target, 'clear');
  }

  private call(target: object, name: string): void {
    const method: unknown = Object.getOwnPropertyDescriptor(this.base.prototype, name)?.value;
    if (typeof method === 'function') Reflect.apply(method, target, []);
  }
}

/** The class of lru-cache itself, below what somebody derived from it. */
function baseOf(cache: object): LruCacheClass {
  let prototype = Object.getPrototypeOf(cache) as object;
  for (let next = prototype; next !== null && next !== Object.prototype; next = Object.getPrototypeOf(next) as object) {
    prototype = next;
  }
  const found: unknown = Object.getOwnPropertyDescriptor(prototype, 'constructor')?.value;
  return typeof found === 'function' ? found : { prototype };
}

/** All instances seen since the start; keeps none alive. */
export class LruCacheWatch {
  private readonly known = new WeakMap<object, WatchedLruCache>();
  private readonly all = new Set<WatchedLruCache>();
  private readonly listen = (message: unknown): void => this.take(message as Operation);

  start(): void {
    subscribe(CHANNEL, this.listen);
  }

  stop(): void {
    unsubscribe(CHANNEL, this.listen);
  }

  /** The instances that are alive, the oldest first. */
  *alive(): Generator<[object, WatchedLruCache]> {
    for (const watched of this.all) {
      const cache = watched.cache.deref();
      if (cache === undefined) this.all.delete(watched);
      else yield [cache, watched];
    }
  }

  private take(operation: Operation): void {
    const { cache } = operation;
    if (typeof cache !== 'object' || cache === null) return;
    let watched = this.known.get(cache);
    if (watched === undefined) {
      watched = new WatchedLruCache(new WeakRef(cache), cache);
      this.known.set(cache, watched);
      this.all.add(watched);
    }
    watched.take(cache, operation);
  }
}
