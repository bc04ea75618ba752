/**
 * Run as `node --expose-gc child.mjs MODEL [COUNT]`: MODEL is the bundled size model (`measure`, `figureOf`). Prints JSON:
 * for each kind the bytes that COUNT values added to heap and buffers, divided by COUNT, and the modelled figure.
 */
import { pathToFileURL } from 'node:url';
import { kinds, sharedParts } from './kinds.mjs';

const [, , modelPath, countText] = process.argv;
const { measure, figureOf } = await import(pathToFileURL(modelPath).href);
const count = Number(countText ?? 10_000);
const probes = { now: () => performance.now(), random: () => 0.5 };
const settle = async () => {
  globalThis.gc();
  await new Promise((resolve) => setImmediate(resolve));
  globalThis.gc();
};
const used = () => {
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
};

/** Bytes a value adds: the median of some rounds, since V8 grows and empties tables of its own at any time. */
const ROUNDS = 3;
async function measuredBytes(make) {
  const rounds = [];
  for (let round = 0; round < ROUNDS; round++) {
    const values = new Array(count).fill(null);
    await settle();
    const before = used();
    for (let i = 0; i < count; i++) values[i] = make(i);
    await settle();
    rounds.push((used() - before) / count);
    if (values.length !== count) throw new Error('the values must live until here');
  }
  return rounds.sort((a, b) => a - b)[ROUNDS >> 1];
}

// V8 grows some tables once: the first kind would pay for them.
for (let i = 0; i < 5_000; i++) String(i + 0.5);
await measuredBytes(() => ({}));
await measuredBytes((i) => i + 0.5);

const results = [];
for (const [name, make, caveat] of kinds) {
  for (let i = 0; i < 300; i++) make(i);
  const measured = await measuredBytes(make);
  // Several, of which the median: the first objects of a class have room to spare.
  const figures = [];
  for (let i = 0; i < 25; i++) {
    const { account } = measure([make(i * 7), ...sharedParts], probes, 1_000, 1);
    figures.push(figureOf({ ...account.released, shared: 0, sharedWith: [], cutShort: false, views: [] }, Infinity));
  }
  figures.sort((a, b) => a.bytes - b.bytes);
  const { bytes, low, high, precision } = figures[12];
  results.push({ name, caveat: caveat ?? null, measured, bytes, low, high, precision });
}
process.stdout.write(JSON.stringify(results));
