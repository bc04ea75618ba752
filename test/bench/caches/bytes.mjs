/** Fills byte-bounded caches far over their bound and weighs them on the heap; prints JSON. */
import { BoundedCache } from '../../../kernel/dist/caches.mjs';

const BOUND = 20_000_000;
const turn = () => new Promise((resolve) => void setImmediate(resolve));

async function used() {
  for (let n = 0; n < 3; n += 1) {
    globalThis.gc();
    await turn();
  }
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}

const kinds = {
  'arrays of doubles': (n) => Array.from({ length: 500 + (n % 300) }, (_, i) => n + i + 0.5),
  'typed arrays': (n) => new Float64Array(1000 + (n % 500)),
  'rows of objects': (n) =>
    Array.from({ length: 20 }, (_, i) => ({ id: n * 100 + i, name: `row ${n} ${i}`, score: i + 0.25 })),
  texts: (n) =>
    `${n} `
      .repeat(300 + (n % 100))
      .split('')
      .reverse()
      .join(''),
  'small numbers': (n) => n,
};

/** Far over the bound: two thousand evictions. */
const fill = (cache, make) => {
  for (let n = 0, extra = 0; extra < 2_000 && n < 2_000_000; n += 1) {
    cache.set(n, make(n));
    if (cache.info().evictions > 0) extra += 1;
  }
};

async function weigh(make) {
  // What filling a cache leaves behind for good (code, shapes) is no part of this one.
  fill(new BoundedCache({ maxSize: Infinity, maxBytes: BOUND / 20 }), make);
  const before = await used();
  const cache = new BoundedCache({ maxSize: Infinity, maxBytes: BOUND });
  fill(cache, make);
  const heap = (await used()) - before;
  return { bound: BOUND, counted: cache.info().bytes, heap, entries: cache.size };
}

const make = kinds[process.argv[2]];
console.log(JSON.stringify(make === undefined ? Object.keys(kinds) : await weigh(make)));
