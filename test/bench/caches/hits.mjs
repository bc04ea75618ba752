/** Hits of memoized functions on one kind of key; prints ns as JSON. */
import { createRequire } from 'node:module';
import fastMemoize from 'fast-memoize';
import { LRUCache } from 'lru-cache';
import { memoize as microMemoize } from 'micro-memoize';
import pMemoize from 'p-memoize';
import { memoize } from '../../../kernel/dist/caches.mjs';

// It publishes its parts as CommonJS alone.
const LRUMap = createRequire(import.meta.url)('mnemonist/lru-map');

/** So few that a round fits between two interruptions by other processes. */
const CALLS = 50_000;
const ROUNDS = 400;
const BOUND = 128;
const KEYS = 100;
const kind = process.argv[2];

/** Around a store with get and set: counts hits and misses, as `cacheInfo` needs. */
const around = (store) => (fn) => {
  const counts = { hits: 0, misses: 0 };
  const memo = (key) => {
    const known = store.get(key);
    if (known !== undefined) {
      counts.hits += 1;
      return known;
    }
    counts.misses += 1;
    const value = fn(key);
    store.set(key, value);
    return value;
  };
  return Object.assign(memo, { counts });
};

/** The least code that bounds, keeps the order of use and counts: a Map whose entries are made anew. */
const minimal = (fn) => {
  const map = new Map();
  const counts = { hits: 0, misses: 0 };
  return (key) => {
    let value = map.get(key);
    if (value !== undefined) {
      counts.hits += 1;
      map.delete(key);
      map.set(key, value);
      return value;
    }
    counts.misses += 1;
    value = fn(key);
    map.set(key, value);
    if (map.size > BOUND) map.delete(map.keys().next().value);
    return value;
  };
};

const bounded = {
  'heapmark memoize': (fn) => memoize(fn, { maxSize: BOUND }),
  'lru-cache': (fn) => around(new LRUCache({ max: BOUND }))(fn),
  mnemonist: (fn) => around(new LRUMap(BOUND))(fn),
  minimal,
};
const unbounded = { 'fast-memoize': fastMemoize, 'micro-memoize': microMemoize, 'p-memoize': pMemoize };

const work = (key) => ({ key });
const make = { integer: (n) => n, string: (n) => `key ${n}`, double: (n) => n + 0.5 }[kind];
const keys = Array.from({ length: KEYS }, (_, n) => make(n));
const order = Array.from({ length: 1000 }, (_, n) => keys[(n * 37) % KEYS]);

/** A loop of its own for each, so that none shares what V8 learns about another. */
const loopFor = (fn) =>
  new Function(
    'fn',
    'order',
    'calls',
    'let nothing = 0; for (let i = 0, at = 0; i < calls; i++) { if (fn(order[at]) === undefined) nothing++; if (++at === order.length) at = 0; } return nothing',
  ).bind(null, fn, order);

const times = (makers) => {
  const loops = Object.entries(makers).map(([name, maker]) => [name, loopFor(maker(work))]);
  const least = {};
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const [name, loop] of loops) {
      const start = process.hrtime.bigint();
      loop(CALLS);
      const ns = Number(process.hrtime.bigint() - start) / CALLS;
      // The first rounds are slower: V8 compiles.
      if (round > ROUNDS / 10) least[name] = Math.min(least[name] ?? Infinity, ns);
    }
  }
  return least;
};

console.log(JSON.stringify({ bounded: times(bounded), unbounded: times(unbounded) }));
