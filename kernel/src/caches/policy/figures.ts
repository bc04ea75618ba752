/** Figures of stores for the inventory. */
import type { CacheFigures } from '../tracked.js';
import type { Statistics } from '../statistics.js';
import type { Store } from './store.js';

const bound = (value: number): number | null => (value === Infinity ? null : value);

/** Sums of the stores of one cache. Times of a clock that is not `performance` or `Date` cannot be told: `oldest` is null. */
export function figuresOf<V>(
  stores: readonly Store<V>[],
  statistics: Statistics,
  rules: Store<V>['rules'],
): CacheFigures {
  const oldest = stores.reduce<number | null>((least, store) => {
    const at = store.oldest;
    return at === null || (least !== null && least <= at) ? least : at;
  }, null);
  return {
    hits: statistics.hits,
    misses: statistics.misses,
    size: stores.reduce((sum, { entries }) => sum + entries.size, 0),
    maxSize: bound(rules.maxSize),
    maxBytes: bound(rules.maxBytes),
    countedBytes: rules.maxBytes === Infinity ? null : stores.reduce((sum, { bytes }) => sum + bytes, 0),
    evictions: statistics.evictions,
    loads: statistics.loads,
    averageLoadMs: statistics.averageLoadMs,
    savedMs: statistics.savedMs,
    oldest: oldest === null ? null : Date.now() - (rules.clock.now() - oldest),
  };
}

/** All that a store consists of, its own columns included. */
export function* contentsOf<V>(stores: Iterable<Store<V>>): Iterable<unknown> {
  for (const { entries, slots } of stores) {
    const { keys, values, older, newer, bytes, ends, madeAt } = slots;
    yield* [entries, keys, values, older, newer, bytes, ends, madeAt];
  }
}
