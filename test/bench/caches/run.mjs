/** Measures `heapmark/caches` beside other caches and compares it with its marks; each measurement in a process of its own. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { availableParallelism, cpus, loadavg } from 'node:os';
import { fileURLToPath } from 'node:url';

const here = (path) => fileURLToPath(new URL(path, import.meta.url));

const measure = (script, ...words) =>
  JSON.parse(execFileSync(process.execPath, ['--expose-gc', here(script), ...words], { encoding: 'utf8' }));

const results = {
  machine: `${cpus()[0]?.model}, ${availableParallelism()} cores, Node ${process.version}`,
  load: loadavg(),
};
const failed = [];
const mark = (what, value, most, unit = '') => {
  const verdict = value <= most ? 'reached' : 'NOT reached';
  if (value > most) failed.push(what);
  console.log(`  ${verdict}: ${what} ${value.toFixed(2)}${unit}, at most ${most}${unit}`);
};

console.log(`${results.machine}, load ${results.load.map((each) => each.toFixed(1)).join(' ')}\n`);

console.log('A hit with one primitive argument, ns (least of many rounds taken in turns)');
results.hits = {};
const ratios = [];
for (const kind of ['integer', 'string', 'double']) {
  const { bounded, unbounded } = (results.hits[kind] = measure('./hits.mjs', kind));
  const list = (times) =>
    Object.entries(times)
      .map(([name, ns]) => `${name} ${ns.toFixed(1)}`)
      .join(', ');
  console.log(`  ${kind}: ${list(bounded)}\n    bounding or counting nothing: ${list(unbounded)}`);
  const { 'heapmark memoize': ours, ...others } = bounded;
  ratios.push(ours / Math.min(...Object.values(others)));
  console.log(`    against the fastest bounded one: ${ratios.at(-1).toFixed(2)}`);
}
mark(
  'hit, geometric mean over the kinds of key',
  ratios.reduce((product, each) => product * each, 1) ** (1 / ratios.length),
  1.1,
);

console.log('\nWeakRef beside a plain Map, ns for each operation');
results.weak = measure('./weak.mjs', 'references');
console.table(results.weak);

console.log('1,000,000 entries of a WeakValueMap are cleaned up');
// On a busy machine any slice may be interrupted by others: the quietest of three runs counts, and all are kept.
const cleanUps = [1, 2, 3].map(() => measure('./weak.mjs', 'clean-up'));
results.cleanUps = cleanUps;
results.cleanUp = cleanUps.reduce((best, each) => (each.longestMs < best.longestMs ? each : best));
console.log(
  `  ${results.cleanUp.slices} slices, ${results.cleanUp.totalMs.toFixed(0)} ms in all; the longest took ${results.cleanUp.longestCpuMs.toFixed(1)} ms of the processor`,
);
mark('longest slice', results.cleanUp.longestMs, 10, ' ms');

console.log('\nA byte-bounded cache against the heap');
results.bytes = {};
for (const kind of measure('./bytes.mjs')) {
  const { bound, counted, heap, entries } = (results.bytes[kind] = measure('./bytes.mjs', kind));
  const mb = (bytes) => `${(bytes / 1e6).toFixed(2)} MB`;
  console.log(`  ${kind}: bound ${mb(bound)}, counted ${mb(counted)}, heap ${mb(heap)}, ${entries} entries`);
  mark(`distance of the heap from the bound, ${kind}`, (100 * Math.abs(heap - bound)) / bound, 5, ' %');
}

mkdirSync(here('../../../bench-results/'), { recursive: true });
writeFileSync(here('../../../bench-results/caches.json'), `${JSON.stringify(results, null, 2)}\n`);
if (failed.length > 0) process.exitCode = 1;
