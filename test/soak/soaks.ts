/** The long forms, in their order. */
import { faults } from './faults/run.js';
import { fuzz } from './fuzz/run.js';
import type { Options } from './options.js';
import { runaway } from './runaway/run.js';
import { sessions } from './sessions.js';

/** Prints its figures; gives what was not reached. */
export type Soak = (options: Options, print: (line: string) => void) => Promise<string[]>;

export const soaks: Readonly<Record<string, Soak>> = {
  runaway,
  faults,
  fuzz,
  sessions,
};
