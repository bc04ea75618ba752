/** `%vars` with much in the notebook, each load in its turn. */
import { median } from '../statistics.js';
import type { Timing } from './timing.js';
import { MeasuredKernel } from './kernel.js';

const ROUNDS = 9;
const MARK_MS = 50;
const NAMES = 15_000;
const NAMES_A_CELL = 1_000;

const manyNames = (): string[] =>
  Array.from({ length: NAMES / NAMES_A_CELL }, (_, cell) =>
    Array.from({ length: NAMES_A_CELL }, (_, i) => `const name${cell}_${i} = { a: ${i}, b: 'text ${i}' };`).join('\n'),
  );

const LOADS: Record<string, readonly string[]> = {
  'a 4 GB buffer': ['const held = new Uint8Array(4 * 2 ** 30);'],
  '500,000 strings': ['const held = Array.from({ length: 500_000 }, (_, i) => `text number ${i}`);'],
  'a Map of 1e6': ['const held = new Map(Array.from({ length: 1e6 }, (_, i): [number, number] => [i, i]));'],
  'a Set of 1e6 numbers': ['const held = new Set(Array.from({ length: 1e6 }, (_, i) => i));'],
  '5e6 small objects': ['const held = Array.from({ length: 5e6 }, (_, i) => ({ i }));'],
  'a toString that blocks': [
    'const held = { toString() { for (;;); }, [Symbol.toPrimitive]() { for (;;); }, get size() { for (;;); } };',
  ],
  '15,000 globals': manyNames(),
};

/** One timing a load: the magic's own time, rendering and output included. */
export async function listingTimings(): Promise<Timing[]> {
  const timings: Timing[] = [];
  const kernel = await MeasuredKernel.start(true);
  try {
    for (const [load, cells] of Object.entries(LOADS)) {
      for (const cell of cells) await kernel.run(cell);
      const took: number[] = [];
      const worked: number[] = [];
      for (let round = 0; round < ROUNDS; round++) {
        const before = kernel.worked();
        const { elapsedMs } = await kernel.record('%vars');
        const after = kernel.worked();
        took.push(elapsedMs ?? NaN);
        if (before !== null && after !== null) worked.push(after - before);
      }
      const cpu = worked.length > 0 ? median(worked) : null;
      timings.push({ name: `%vars, ${load}`, value: median(took), unit: 'ms', atMost: MARK_MS, cpuMs: cpu, all: took });
      await kernel.run('%reset -f');
    }
    return timings;
  } finally {
    await kernel.stop();
  }
}
