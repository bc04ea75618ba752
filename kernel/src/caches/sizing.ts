/** Bytes of a cache's entry, by the model of V8's layouts. */
import { figureOf } from '../memory/size/account.js';
import { measure } from '../memory/size/measure.js';

/** Longest that one value may take to read, ms; a value that is larger is sampled. */
const BUDGET_MS = 20;
const probes = { now: () => performance.now(), random: Math.random };

/**
 * Bytes that a value takes, each object in it once; what it shares with other values counts in full. What a walk cannot see
 * (closures, native memory) counts as nothing.
 */
export function sizeOf(value: unknown): number {
  switch (typeof value) {
    case 'undefined':
    case 'boolean':
      return 0;
    case 'number':
      return (value | 0) === value ? 0 : 16;
    default:
      if (value === null) return 0;
  }
  const { account } = measure([value], probes, BUDGET_MS);
  const [reach] = account.reaches;
  return reach === undefined ? 0 : figureOf(reach, Infinity).bytes;
}

/** Bytes of an entry: value and key. */
export const sizeOfEntry = (value: unknown, key: unknown): number => sizeOf(value) + sizeOf(key);
