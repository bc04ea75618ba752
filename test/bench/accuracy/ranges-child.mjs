/**
 * Run as `node ranges-child.mjs MODEL CASES`: generates values of many shapes, skewed and shared ones among them, reads each
 * with little time, and prints JSON: `low`, `high` and the truth, which a reading without a limit gives.
 */
import { pathToFileURL } from 'node:url';

const [, , modelPath, casesText] = process.argv;
const { measure, figureOf } = await import(pathToFileURL(modelPath).href);

/** The same numbers each time (mulberry32). */
function numbers(seed) {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

const shapes = {
  uniform: (random, n) => Array.from({ length: n }, (_, i) => ({ i, half: i + 0.5 })),
  skewed: (random, n) =>
    Array.from({ length: n }, () => Array.from({ length: Math.floor(1 / (random() + 0.02)) }, (_, i) => ({ i }))),
  shared(random, n) {
    const pool = Array.from({ length: Math.ceil(n / 10) }, (_, i) => ({ i, data: new Array(10).fill(i) }));
    return Array.from({ length: n }, () => ({ part: pool[Math.floor(random() * pool.length)] }));
  },
  'skewed and shared'(random, n) {
    const pool = Array.from({ length: 200 }, (_, i) => new Array(i).fill(0.5));
    return Array.from({ length: n }, () => [pool[Math.floor(random() ** 3 * pool.length)], { own: random() }]);
  },
  'Map of mixed': (random, n) =>
    new Map(Array.from({ length: n }, (_, i) => [i, random() < 0.5 ? [i] : { a: { b: { c: random() } } }])),
  'Set of buffers': (random, n) =>
    new Set(Array.from({ length: n / 10 }, () => new Uint8Array(100 + Math.floor(random() * 2_000)))),
  'object as a table': (random, n) => Object.fromEntries(Array.from({ length: n }, (_, i) => [`k${i}`, [i]])),
  'two kinds': (random, n) => Array.from({ length: n }, () => (random() < 0.1 ? new Array(50).fill({}) : [1, 2, 3])),
};

const cases = Number(casesText);
const names = Object.keys(shapes);
const results = [];
for (let i = 0; i < cases; i++) {
  const random = numbers(i + 1);
  const shape = names[i % names.length];
  const count = 2_000 + Math.floor(random() * 40_000);
  const value = shapes[shape](random, count);
  const figure = (budgetMs, now) => {
    const { account } = measure([value], { now, random }, budgetMs);
    return figureOf(account.reaches[0], Infinity);
  };
  const truth = figure(Infinity, () => 0);
  // A clock that goes on by itself: the same on every machine.
  let time = 0;
  const hurried = figure(30, () => (time += 0.05 + random() * 0.5));
  results.push({ shape, count, truth: truth.bytes, truthHigh: truth.high, ...hurried });
}
process.stdout.write(JSON.stringify(results));
