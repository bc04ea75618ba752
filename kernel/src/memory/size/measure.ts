/** Sizes of many values at once, under one budget of time that is shared out fairly: small ones exactly, large ones as
 * far as the time goes. */
import { Account, NO_NODE } from './account.js';
import { isSmi } from './layout.js';
import { natives } from './natives.js';
import { outside } from './outside.js';
import { Walker, type Reading } from './walker.js';

/** Objects that each value may have read in the first round. */
const FIRST_ROUND = 48;
/** Shortest slice of time, ms, that an unfinished value gets in later rounds. */
const SHORTEST_SLICE = 0.3;
/** Values between two looks at the clock in the first round. */
const VALUES_A_LOOK = 32;

export interface MeasureProbes {
  /** Milliseconds. */
  now(): number;
  /** 0 to below 1. */
  random(): number;
}

/** What was found out about a list of values. */
export interface Measured {
  readonly walker: Walker;
  readonly account: Account;
  /** The time was over before all was read that was worth reading. */
  readonly truncated: boolean;
}

/**
 * Reads the values for at most `budgetMs` and sums them up.
 * @param counted how many of them, from the first, the total is about; the others get what time is left.
 */
export function measure(
  values: readonly unknown[],
  probes: MeasureProbes,
  budgetMs: number,
  counted = values.length,
): Measured {
  const until = probes.now() + budgetMs;
  const walker = new Walker(natives(), () => probes.now(), probes.random(), outside);
  const roots: number[] = [];
  const finished =
    readRange(walker, values, roots, 0, counted, until, probes) &&
    readRange(walker, values, roots, counted, values.length, until, probes);
  for (let i = roots.length; i < values.length; i++) roots[i] = walker.begin(values[i]);
  walker.log.conclude(walker.graph);
  return { walker, account: new Account(walker.graph, roots, counted), truncated: !finished };
}

/** Values that take no more than the slot they are in. */
function isSlot(value: unknown): boolean {
  const type = typeof value;
  return type === 'undefined' || type === 'boolean' || value === null || (type === 'number' && isSmi(value as number));
}

/** Reads values `from` to before `to`; `false` when the time was over first. */
function readRange(
  walker: Walker,
  values: readonly unknown[],
  roots: number[],
  from: number,
  to: number,
  until: number,
  probes: MeasureProbes,
): boolean {
  let unfinished: Reading[] = [];
  let left = 0;
  let late = false;
  for (let i = from; i < to; i++) {
    if (isSlot(values[i])) {
      roots[i] = NO_NODE;
      continue;
    }
    roots[i] = walker.begin(values[i]);
    if (!walker.pending) continue;
    const reading = walker.current;
    if (!late && i % VALUES_A_LOOK === 0) late = probes.now() >= until;
    if (!walker.run(reading, late ? -Infinity : until, late ? 0 : FIRST_ROUND)) unfinished[left++] = reading;
  }
  while (left > 0) {
    const now = probes.now();
    if (now >= until) return false;
    const slice = Math.max(SHORTEST_SLICE, (until - now) / left / 2);
    const again: Reading[] = [];
    let more = 0;
    for (let i = 0; i < left; i++) {
      const reading = unfinished[i] as Reading;
      const start = probes.now();
      if (start >= until || !walker.run(reading, Math.min(until, start + slice))) again[more++] = reading;
    }
    unfinished = again;
    left = more;
  }
  return true;
}
