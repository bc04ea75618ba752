/** Bytes of a cache's entry, by the model of V8's layouts. */
import { figureOf } from '../memory/size/account.js';
import { measure } from '../memory/size/measure.js';

/** Longest that one value may take to read, ms; a value that is larger is sampled. */
const BUDGET_MS = 20;
/**
 * An entry's place in the store: the object with its seven fields and the numbers among them that are boxed, and its slot in
 * a Map (three words, at the mean load of the table).
 */
export const ENTRY_BYTES = 80 + 2 * 16 + 40;

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

/** Bytes of an entry: value, key, and its place in the store. */
export const sizeOfEntry = (value: unknown, key: unknown): number => sizeOf(value) + sizeOf(key) + ENTRY_BYTES;
