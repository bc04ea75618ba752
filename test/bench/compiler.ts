/**
 * What the compiler costs by itself: from the thread's start to the first checked cell, and each declaration cell as a
 * notebook grows. Needs a build; prints one line of JSON.
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { startCompiler } from '../../kernel/src/compiler/client.js';

const CELLS = Number(process.env['CELLS'] ?? 420);
/** Cells over which a median is taken. */
const WINDOW = 20;

const median = (values: number[]): number =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;

/** Proportional set size, MB; `null` where the system does not tell. */
function resident(): number | null {
  try {
    const kilobytes = /^Pss:\s+(\d+)/m.exec(readFileSync('/proc/self/smaps_rollup', 'utf8'))?.[1];
    return kilobytes === undefined ? null : Math.round(Number(kilobytes) / 1024);
  } catch {
    return null;
  }
}

const worker = pathToFileURL(resolve('kernel/dist/compiler-worker.mjs'));
const began = performance.now();
const folder = mkdtempSync(join(tmpdir(), 'heapmark-bench-'));
const compiler = startCompiler({ folder }, worker);
await compiler.typecheck(null);
const warm = performance.now() - began;
const before = resident();
const times: number[] = [];
let first = 0;
for (let count = 1; count <= CELLS; count += 1) {
  const asked = performance.now();
  const name = `value${count}`;
  const uses = count > 1 ? `value${count - 1}.count` : '0';
  const compiled = await compiler.compile(
    `const ${name} = { count: ${uses} + 1, label: 'cell ${count}' };\nfunction read${count}(add: number) { return ${name}.count + add }`,
    count,
  );
  times.push(performance.now() - asked);
  if (count === 1) first = performance.now() - began;
  if (!compiled.ok) throw new Error(compiled.error.evalue);
  compiler.settle(
    compiled.id,
    compiled.cell.declares.map(({ name: each }) => each),
  );
}
const around = (count: number): number | null =>
  count > CELLS ? null : Number(median(times.slice(Math.max(0, count - WINDOW), count)).toFixed(2));
const after = resident();
await compiler.close();
rmSync(folder, { recursive: true, force: true });
console.log(
  JSON.stringify({
    warmMs: Math.round(warm),
    firstCellMs: Math.round(first),
    cellMs: { 10: Number(median(times.slice(5, 15)).toFixed(2)), 100: around(100), 400: around(400) },
    residentMb: { start: before, end: after },
    cpuMs: Math.round(process.cpuUsage().user / 1000),
  }),
);
