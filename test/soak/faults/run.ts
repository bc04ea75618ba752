/** Faults again and again, at moments that vary. */
import { randomNumbers } from '../random.js';
import { injectFault, startFaultyKernel, STEP_NAMES, VICTIMS } from './faults.js';

const LONGEST_DELAY_MS = 60;

export interface FaultOptions {
  rounds: number;
  seed: number;
}

/** Prints a line for each round; gives what was wrong. */
export async function faults({ rounds, seed }: FaultOptions, print: (line: string) => void): Promise<string[]> {
  const random = randomNumbers(seed);
  const failures: string[] = [];
  let injected = 0;
  const kernel = await startFaultyKernel();
  try {
    const client = await kernel.connect();
    for (let round = 1; round <= rounds; round += 1) {
      for (const victim of VICTIMS) {
        for (const step of STEP_NAMES) {
          const delayMs = Math.floor(random() * LONGEST_DELAY_MS);
          const wrong = await injectFault(kernel, client, victim, step, delayMs);
          failures.push(...wrong.map((text) => `${victim} at ${step} after ${delayMs} ms, seed ${seed}: ${text}`));
          injected += 1;
        }
      }
      client.forget();
      print(`round ${round} of ${rounds}: ${injected} faults, ${failures.length} wrong answers`);
    }
    failures.push(...kernel.faults.map(String));
  } finally {
    await kernel.stop();
  }
  return failures;
}
