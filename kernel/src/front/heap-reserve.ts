/**
 * The heap that V8 has beyond its limit, to stop a cell in: near its end V8 does little but collect garbage, and at its
 * end it aborts. What comes after the stop needs some too: the error, the list of the largest variables, and the cells
 * that free something while everything that was made is still there.
 */
import { getHeapStatistics } from 'node:v8';

const MIB = 1_048_576;
/** The reserve: a share of the limit within these bounds, MiB. */
const SHARE = 0.5;
const LEAST = 128;
const MOST = 2_048;
/** The young generation's part of what V8 tells as its limit when nothing else is said (three semi-spaces), MiB. */
const YOUNG = 48;

export interface HeapReserve {
  /** To be put after the other flags. */
  flags: string[];
  /** Bytes that V8's own limit lies above the limit meant. */
  bytes: number;
}

/**
 * @param flags of the runtime's Node, in their order.
 * @param options its `NODE_OPTIONS`, which come before the flags.
 * @param limit what V8 takes as its limit in a process with these options and no flags, bytes.
 */
export function heapReserve(
  flags: readonly string[],
  options = '',
  limit: number = getHeapStatistics().heap_size_limit,
): HeapReserve {
  const given = [...options.split(/\s+/), ...flags];
  // Sets both generations together: what the old one gets of it is V8's own affair.
  if (lastOf(given, 'max-heap-size') !== null) return { flags: [], bytes: 0 };
  const old = lastOf(given, 'max-old-space-size') ?? Math.round(limit / MIB) - YOUNG;
  const reserve = Math.round(Math.min(MOST, Math.max(LEAST, old * SHARE)));
  return { flags: [`--max-old-space-size=${old + reserve}`], bytes: reserve * MIB };
}

/** The value of a flag, the last one given; `null` without one. */
function lastOf(given: readonly string[], name: string): number | null {
  const spelt = new RegExp(`^--${name.replaceAll('-', '[-_]')}=(\\d+)$`);
  const value = given.flatMap((flag) => spelt.exec(flag)?.[1] ?? []).at(-1);
  return value === undefined || Number(value) === 0 ? null : Number(value);
}
