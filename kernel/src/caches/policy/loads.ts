/** Loads of a store that are under way: one for each key, however many wait for it. */
import { types } from 'node:util';
import type { Clock } from '../clock.js';
import type { Statistics } from '../statistics.js';

/** Where loaded values go. */
export interface LoadTarget<V> {
  readonly entries: { has(key: unknown): boolean };
  readonly rules: { readonly maxSize: number; readonly clock: Clock };
  /** @param counted what the value is measured by: of a promise, what it brought. */
  put(key: unknown, value: V, counted?: unknown): unknown;
}

export class Loads<V> {
  private readonly flights = new Map<unknown, V>();
  private readonly renewing = new Set<unknown>();
  /** Grows when the store is emptied: what began to load before is not kept. */
  private generation = 0;

  constructor(
    private readonly target: LoadTarget<V>,
    private readonly statistics: Statistics,
  ) {}

  /** The promise that a key's load gave, while it is pending. */
  underWay(key: unknown): V | undefined {
    return this.flights.get(key);
  }

  /** Nothing that is under way is kept. */
  forget(): void {
    this.flights.clear();
    this.renewing.clear();
    this.generation += 1;
  }

  /** Loads a value. One that throws or rejects leaves nothing. */
  load(key: unknown, load: () => V): V {
    const { clock } = this.target.rules;
    const start = clock.now();
    let result: V;
    try {
      result = load();
    } catch (error) {
      this.statistics.loaded(clock.now() - start, true);
      throw error;
    }
    if (types.isPromise(result)) return this.fly(key, result, start);
    this.statistics.loaded(clock.now() - start);
    // A load that called for its own key has stored it already.
    if (!this.target.entries.has(key)) this.target.put(key, result);
    return result;
  }

  /** Loads a new value for an entry that is still given out. A failure leaves the old one until its grace is over. */
  renew(key: unknown, load: () => V): void {
    if (this.renewing.has(key)) return;
    this.renewing.add(key);
    const { generation, statistics, target } = this;
    const { clock } = target.rules;
    const over = (): boolean => {
      if (generation !== this.generation) return false;
      this.renewing.delete(key);
      return true;
    };
    setImmediate(() => {
      const start = clock.now();
      const failed = (): void => {
        statistics.loaded(clock.now() - start, true);
        over();
      };
      const renewed = (result: V, counted: unknown): void => {
        statistics.loaded(clock.now() - start);
        if (over()) target.put(key, result, counted);
      };
      let result: V;
      try {
        result = load();
      } catch {
        failed();
        return;
      }
      if (types.isPromise(result)) result.then((value) => renewed(result, value), failed);
      else renewed(result, result);
    });
  }

  /**
   * Keeps a promise's value once it is there; until then the promise is shared. Callers get a promise that follows the
   * function's own: so one that nobody handles is reported as unhandled, as it would be without a cache.
   */
  private fly(key: unknown, result: V & Promise<unknown>, start: number): V {
    const { generation, statistics, target } = this;
    const shared = target.rules.maxSize >= 1;
    const landed = (failed: boolean): boolean => {
      statistics.loaded(target.rules.clock.now() - start, failed);
      if (!shared || generation !== this.generation || this.flights.get(key) !== followed) return false;
      return this.flights.delete(key);
    };
    const followed = result.then(
      (value) => {
        if (landed(false)) target.put(key, followed, value);
        return value;
      },
      (error: unknown) => {
        landed(true);
        throw error;
      },
    ) as V;
    if (shared) this.flights.set(key, followed);
    return followed;
  }
}
