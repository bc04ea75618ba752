/**
 * What the awaits of cells pass through: once a cell was interrupted, each of them rejects, in its own code and in the
 * async functions that it called. A promise that is already awaited is noticed when it settles, since another promise
 * between the two would change the order in which code runs.
 */
import { types } from 'node:util';
import { stoppedRun } from './cell-run.js';

const then = Promise.prototype.then as (this: Promise<unknown>, done: () => void, failed: () => void) => void;
const ignore = (): void => undefined;

/** Takes what is about to be awaited. Throws, or gives what never settles, when the cell was stopped. */
export function wait<T>(value: T): T | Promise<never> {
  const run = stoppedRun();
  if (run === null) return value;
  // Nobody will hear of its failure.
  if (types.isPromise(value)) Reflect.apply(then, value, [ignore, ignore]);
  // A loop that catches everything would otherwise spin for ever.
  if (!run.mayRefuse()) return new Promise<never>(ignore);
  throw run.abortReason;
}

/** Takes what was awaited. Throws when the cell was stopped meanwhile. */
export function after<T>(value: T): T {
  const run = stoppedRun();
  if (run !== null) throw run.abortReason;
  return value;
}
