/** The long forms, in their order. */
import type { Options } from './options.js';
import { runaway } from './runaway/run.js';

/** Prints its figures; gives what was not reached. */
export type Soak = (options: Options, print: (line: string) => void) => Promise<string[]>;

export const soaks: Readonly<Record<string, Soak>> = {
  runaway,
};
