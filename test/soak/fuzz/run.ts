/** Mutated messages, one after another, from a seed that repeats them. */
import { randomNumbers } from '../random.js';
import { frameTarget, memoryTarget, wireTarget, type Target } from './targets.js';

export const TARGETS: Readonly<Record<string, () => Target>> = {
  wire: wireTarget,
  memory: memoryTarget,
  frames: frameTarget,
};

export interface FuzzOptions {
  /** Messages in all, divided among the targets. */
  frames: number;
  seed: number;
}

const MOST_FAILURES = 10;

/** Prints a line for each target; gives what went wrong, each with the seed that repeats it alone. */
export async function fuzz({ frames, seed }: FuzzOptions, print: (line: string) => void): Promise<string[]> {
  const failures: string[] = [];
  const share = Math.ceil(frames / Object.keys(TARGETS).length);
  for (const [name, make] of Object.entries(TARGETS)) {
    const began = performance.now();
    const target = make();
    let wrong = 0;
    for (let n = 0; n < share; n += 1) {
      try {
        await target(randomNumbers(seed + n));
        if (Object.hasOwn(Object.prototype, 'polluted')) throw new Error('Object.prototype was changed');
      } catch (error) {
        wrong += 1;
        if (wrong <= MOST_FAILURES) failures.push(`${name}, seed ${seed + n}: ${String(error)}`);
      }
    }
    const seconds = (performance.now() - began) / 1_000;
    print(`${name}: ${share} mutated messages, ${wrong} wrong, ${seconds.toFixed(1)} s`);
  }
  return failures;
}
