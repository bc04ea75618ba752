/** A weak map whose entries also end by time. */
import type { Clock } from '../clock.js';
import { CacheUsageError } from '../mistake.js';
import { refuseUnknown } from '../policy/bounds.js';
import { requireDuration } from '../policy/lifetime.js';
import { requireObject } from './target.js';
import { WeakValueMap, type WeakValueMapOptions } from './weak-value-map.js';
import type { WeakTableRules } from './weak-table.js';

export interface TimedWeakValueMapOptions<K> extends WeakValueMapOptions<K> {
  /** How long an entry is good for, ms; 60,000 by default. `Infinity` for no end. */
  timeout?: number;
  /** Holds values until their time is over. `false` by default: weak from the start. */
  keepAlive?: boolean;
  /** Source of time; `performance` by default. */
  clock?: Clock;
}

const OPTIONS = ['onRemove', 'name', 'timeout', 'keepAlive', 'clock'];
const DEFAULT_TIMEOUT_MS = 60_000;

/**
 * An entry is missing once its value is collected, or once its time is over even if the value is alive, and even where the
 * clean-up's timer could not run. The timer never keeps the process alive.
 */
export class TimedWeakValueMap<K, V extends object> extends WeakValueMap<K, V> {
  private readonly timeout: number;
  private readonly keepAlive: boolean;

  /** @throws CacheUsageError (a TypeError) for a wrong option, and for a value that is no object. */
  constructor(entries: Iterable<readonly [K, V]> | null = null, options: TimedWeakValueMapOptions<K> = {}) {
    super(null, options);
    this.timeout = options.timeout ?? DEFAULT_TIMEOUT_MS;
    this.keepAlive = options.keepAlive ?? false;
    for (const [key, value] of entries ?? []) this.set(key, value);
  }

  /** @param options what holds for this entry alone. */
  override set(key: K, value: V, options: { timeout?: number; keepAlive?: boolean } = {}): this {
    requireObject(value, this.constructor.name);
    const { timeout = this.timeout, keepAlive = this.keepAlive } = options;
    requireDuration('timeout', timeout, true);
    this.table.put(key, value, timeout, keepAlive);
    return this;
  }

  protected override readOptions(kind: string, options: TimedWeakValueMapOptions<K>): WeakTableRules<K> {
    refuseUnknown(kind, options, OPTIONS);
    if (options.timeout !== undefined) requireDuration('timeout', options.timeout, true);
    if (options.keepAlive !== undefined && typeof options.keepAlive !== 'boolean') {
      throw new CacheUsageError(`keepAlive is true or false, not ${String(options.keepAlive)}.`);
    }
    return { onRemove: options.onRemove, clock: options.clock };
  }
}
