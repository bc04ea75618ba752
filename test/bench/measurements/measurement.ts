import type { FigureId } from '../figures.js';
import type { KernelName, Scratch } from '../kernels.js';
import type { Results } from '../results.js';

/** What a measurement may use. */
export interface Bench {
  results: Results;
  scratch: Scratch;
  /** Fewer repetitions and shorter spins. */
  quick: boolean;
}

/** A part of the bench: starts its own kernels, adds its figures, ends what it started. */
export interface Measurement {
  /** As given to `--only`. */
  name: string;
  figures: readonly FigureId[];
  /** `--rounds` does not repeat it: it takes long and is a bound, not an average. */
  once: boolean;
  run(kernel: KernelName, bench: Bench): Promise<void>;
}
