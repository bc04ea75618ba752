/** What `%%leaks` costs beside the iterations themselves: a million light ones, plain and under the magic, in turns. */
import type { RunCell } from '../../corpus/leaks/judge.js';

const ITERATIONS = 1_000_000;

export interface LightTimes {
  readonly plainMs: number;
  readonly leaksMs: number;
}

/** A step of a random walk over a grid, with a small object for its state: about two microseconds. */
const SETUP = `
const field = Float64Array.from({ length: 256 }, (_, i) => Math.sin(i));
let state = { x: 1, energy: 0 };
function walk(): void {
  let energy = 0;
  for (let k = 0; k < 48; k++) energy += field[(state.x * 31 + k * 7) & 255]! * Math.exp(-k);
  state = { x: (state.x * 1103515245 + 12345) & 0x7fffffff, energy };
}
for (let i = 0; i < 20_000; i++) walk();`;

export async function lightTimes(run: RunCell, rounds: number): Promise<LightTimes[]> {
  await run(SETUP);
  const times: LightTimes[] = [];
  for (let round = 0; round < rounds; round++) {
    const plainMs = await timed(run, `for (let i = 0; i < ${ITERATIONS}; i++) {\nwalk();\n}`);
    const leaksMs = await timed(run, `%%leaks -n ${ITERATIONS}\nwalk();`);
    times.push({ plainMs, leaksMs });
  }
  await run('%reset -f');
  return times;
}

async function timed(run: RunCell, code: string): Promise<number> {
  const began = performance.now();
  await run(code);
  return performance.now() - began;
}
