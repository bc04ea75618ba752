/** How long an entry is good for. */
import { CacheUsageError } from '../mistake.js';

export interface LifetimeOptions {
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

/** Ends of lives. With `ttl` infinite, {@link Lifetime.timed} is false and nobody asks the clock. */
export class Lifetime {
  readonly timed: boolean;
  readonly ttl: number;
  readonly sliding: boolean;
  readonly grace: number;
  private readonly jitter: number;

  /** @param random 0 to below 1. */
  constructor(
    { ttl = Infinity, jitter = 0, sliding = false, staleWhileRevalidate = 0 }: LifetimeOptions,
    private readonly random: () => number = Math.random,
  ) {
    requireDuration('ttl', ttl, true);
    requireDuration('staleWhileRevalidate', staleWhileRevalidate, false);
    if (typeof jitter !== 'number' || !(jitter >= 0 && jitter <= 1)) {
      throw new CacheUsageError(`jitter is a share of ttl from 0 to 1, not ${String(jitter)}.`);
    }
    if (typeof sliding !== 'boolean') throw new CacheUsageError(`sliding is true or false, not ${String(sliding)}.`);
    if (ttl === Infinity && (jitter > 0 || sliding || staleWhileRevalidate > 0)) {
      throw new CacheUsageError('jitter, sliding and staleWhileRevalidate need a ttl, in ms.');
    }
    this.ttl = ttl;
    this.jitter = jitter;
    this.sliding = sliding;
    this.grace = staleWhileRevalidate;
    this.timed = ttl !== Infinity;
  }

  /** When an entry that is made now ends, by the clock of `now`. */
  endFrom(now: number, ttl = this.ttl): number {
    return ttl === Infinity ? Infinity : now + ttl * (1 - this.jitter * this.random());
  }
}

/** @throws CacheUsageError for anything but a time in ms above (or from) 0. */
export function requireDuration(name: string, value: unknown, positive: boolean): void {
  if (typeof value !== 'number' || !(positive ? value > 0 : value >= 0)) {
    throw new CacheUsageError(
      `${name} is a time in ms, ${positive ? 'more than 0' : '0 or more'}, not ${String(value)}.`,
    );
  }
}
