/** Options that every bounded cache takes, read and checked in one place. */
import { systemClock, type Clock } from '../clock.js';
import { CacheUsageError } from '../mistake.js';
import { sizeOfEntry } from '../sizing.js';
import { readMaxBytes, readMaxSize } from './bounds.js';
import { Disposer, disposeValue, type Dispose } from './disposal.js';
import { Lifetime, type LifetimeOptions } from './lifetime.js';
import type { StoreRules } from './store.js';

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

export const POLICY_OPTIONS = [
  'maxSize',
  'maxBytes',
  'sizeOf',
  'dispose',
  'name',
  'clock',
  'random',
  'ttl',
  'jitter',
  'sliding',
  'staleWhileRevalidate',
] as const;

/** Bound of entries where none is given, as in Python's `functools`. */
export const DEFAULT_MAX_SIZE = 128;

/** @throws CacheUsageError */
export function readPolicy<V>(options: PolicyOptions<V>, defaultMaxSize = DEFAULT_MAX_SIZE): StoreRules<V> {
  const { clock = systemClock, dispose = false, name, random } = options;
  if (name !== undefined && typeof name !== 'string') throw new CacheUsageError('name is a text.');
  if (typeof (clock as Partial<Clock> | null)?.now !== 'function') {
    throw new CacheUsageError('clock is an object with now(), e.g. performance or Date.');
  }
  requireFunction('random', random);
  requireFunction('sizeOf', options.sizeOf);
  if (typeof dispose !== 'boolean' && typeof dispose !== 'function') {
    throw new CacheUsageError('dispose is true, or a function of the value that leaves.');
  }
  return {
    maxSize: options.maxSize === undefined ? defaultMaxSize : readMaxSize(options.maxSize),
    maxBytes: options.maxBytes === undefined ? Infinity : readMaxBytes(options.maxBytes),
    sizeOf: options.sizeOf === undefined ? sizeOfEntry : checkedSize(options.sizeOf),
    countsTables: options.sizeOf === undefined,
    lifetime: new Lifetime(options, random),
    disposer: dispose === false ? null : new Disposer<V>(dispose === true ? (value) => disposeValue(value) : dispose),
    clock,
  };
}

function checkedSize(sizeOf: (value: unknown, key: unknown) => number): (value: unknown, key: unknown) => number {
  return (value, key) => {
    const bytes = sizeOf(value, key);
    if (typeof bytes === 'number' && bytes >= 0) return bytes;
    throw new CacheUsageError(`sizeOf must return a number of bytes, 0 or more, not ${String(bytes)}.`);
  };
}

/** @throws CacheUsageError for what is there and no function. */
export function requireFunction(name: string, value: unknown): void {
  if (value !== undefined && typeof value !== 'function') {
    throw new CacheUsageError(`${name} is a function, not ${typeof value}.`);
  }
}
