/** What weak references cost, and how a large weak map is cleaned up; prints JSON. */
import { WeakValueMap } from '../../../kernel/dist/caches.mjs';

const turn = () => new Promise((resolve) => void setImmediate(resolve));

async function references() {
  const count = 200_000;
  const table = {};
  const values = Array.from({ length: count }, (_, n) => ({ n }));
  const time = async (name, column, work) => {
    let least = Infinity;
    for (let round = 0; round < 7; round += 1) {
      globalThis.gc();
      await turn();
      const start = process.hrtime.bigint();
      work();
      least = Math.min(least, Number(process.hrtime.bigint() - start) / count);
    }
    (table[name] ??= {})[column] = Number(least.toFixed(1));
  };
  let map = new Map();
  await time('plain Map', 'store', () => {
    map = new Map();
    for (let n = 0; n < count; n += 1) map.set(n, values[n]);
  });
  let found = 0;
  await time('plain Map', 'read', () => {
    for (let n = 0; n < count; n += 1) if (map.get(n) !== undefined) found += 1;
  });
  await time('Map of WeakRefs', 'store', () => {
    map = new Map();
    for (let n = 0; n < count; n += 1) map.set(n, new WeakRef(values[n]));
  });
  await time('Map of WeakRefs', 'read', () => {
    for (let n = 0; n < count; n += 1) if (map.get(n).deref() !== undefined) found += 1;
  });
  let weak = new WeakValueMap();
  await time('WeakValueMap', 'store', () => {
    weak = new WeakValueMap();
    for (let n = 0; n < count; n += 1) weak.set(n, values[n]);
  });
  await time('WeakValueMap', 'read', () => {
    for (let n = 0; n < count; n += 1) if (weak.get(n) !== undefined) found += 1;
  });
  const registry = new FinalizationRegistry(() => undefined);
  await time('FinalizationRegistry.register', 'store', () => {
    for (let n = 0; n < count; n += 1) registry.register(values[n], n);
  });
  if (found === 0) throw new Error('Nothing was read.');
  return table;
}

/** Every job of the event loop is timed while the map empties; forced collections are not. */
async function cleanUp() {
  const map = new WeakValueMap();
  for (let n = 0; n < 1_000_000; n += 1) map.set(n, { n });
  await turn();
  let longestMs = 0;
  let longestCpuMs = 0;
  let slices = 0;
  let totalMs = 0;
  for (let rounds = 0; map.size > 0 && rounds < 10; rounds += 1) {
    globalThis.gc();
    await turn();
    for (let quiet = 0; map.size > 0 && quiet < 20;) {
      const size = map.size;
      const cpu = process.cpuUsage();
      const start = performance.now();
      await turn();
      const took = performance.now() - start;
      const { user, system } = process.cpuUsage(cpu);
      if (map.size === size) {
        quiet += 1;
        continue;
      }
      quiet = 0;
      slices += 1;
      totalMs += took;
      longestMs = Math.max(longestMs, took);
      longestCpuMs = Math.max(longestCpuMs, (user + system) / 1000);
    }
  }
  return { left: map.size, slices, totalMs, longestMs, longestCpuMs };
}

console.log(JSON.stringify(await (process.argv[2] === 'references' ? references() : cleanUp())));
