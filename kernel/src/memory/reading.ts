/**
 * Readings that can be compared: what is alive, without what V8 makes for itself.
 *
 * Machine and byte code, which V8 makes and throws away when it likes, are left out, space by space. What its compiler
 * threads reserve while they work (up to 256 kB each) is waited for. What Node and V8 keep for a moment after anything
 * happened (some kB) is gone in a later reading.
 */
import type { BytesByKind, MemoryDelta } from '@heapmark/protocol';
import type { Collector } from './collect.js';
import type { Probes } from './probes.js';
import { deltaBetween } from './usage.js';

/** Heap in use outside of V8's code, ArrayBuffers and other external memory, bytes. */
export interface Reading extends MemoryDelta {
  readonly heapUsed: number;
  readonly arrayBuffers: number;
  /** Less than nothing where there are SharedArrayBuffers, see `withoutShared`: only differences mean something. */
  readonly otherExternal: number;
  readonly rss: number;
}

/**
 * Two readings of one state differ by up to so many bytes: V8 keeps feedback of calls, hidden classes and tables of its
 * own in the heap, for the kernel's functions too.
 */
export const READING_NOISE = 16_384;

/** Readings that differ by less are the same. */
const SAME = 512;
/** Time between two readings for what is kept for a moment only, ms. */
const BETWEEN = 30;

/** The counters now, garbage and all. */
export function readNow(probes: Probes): Reading {
  const heapUsed = heapWithoutCode(probes);
  const { arrayBuffers, external, rss } = probes.memory();
  return { heapUsed, arrayBuffers, otherExternal: external - arrayBuffers, rss };
}

/**
 * The heap in use but for spaces of machine code, and since V8 12 byte code. Taken from the spaces alone: a total asked
 * for a moment earlier or later would not fit them.
 */
function heapWithoutCode(probes: Probes): number {
  let bytes = 0;
  for (const { space_name: name, space_used_size: used } of probes.spaces())
    if (!name.startsWith('code') && !name.startsWith('trusted')) bytes += used;
  return bytes;
}

/** How long {@link readSteady} may look for the state in which nothing more goes. */
export interface Patience {
  /** Collections beyond the first pair, at most. */
  readonly rounds: number;
  /** Asked before each collection but the first: `false` ends the search. */
  goOn(): boolean;
}

/**
 * Collects until nothing more goes and shows each reading to `see`: the last is the steadiest. Each is taken right after
 * its collection, in the same job, when only what is alive is there. Two collections with a macrotask between come before
 * the first reading: finalisers of the first free what the second collects. Where no two readings in a row agree, the last
 * shown is the lower one of the last two: what V8 reserves for a moment only adds. `false` where there is no collector.
 */
export async function readSteady(
  probes: Probes,
  collector: Collector,
  { rounds, goOn }: Patience,
  see: (reading: Reading) => void,
): Promise<boolean> {
  if (collector.now() === null) return false;
  await probes.macrotask();
  let last: Reading | null = null;
  for (let round = 0; round <= rounds && goOn(); round++) {
    collector.now();
    const reading = readNow(probes);
    const change = last === null ? Infinity : inAll(reading) - inAll(last);
    see(round === rounds && last !== null && change > 0 ? last : reading);
    if (Math.abs(change) < SAME) break;
    last = reading;
    if (round < rounds) await probes.pause(BETWEEN);
  }
  return true;
}

const inAll = ({ heapUsed, arrayBuffers, otherExternal }: Reading): number => heapUsed + arrayBuffers + otherExternal;

/** What went between two readings, by kind: positive when memory came back. */
export function wentBetween(before: Reading, after: Reading): BytesByKind {
  const { heapUsed, arrayBuffers, otherExternal } = deltaBetween(after, before);
  return { heap: heapUsed, arrayBuffers, otherExternal, tensors: null, rss: before.rss - after.rss };
}

/** `reading` with the change from `before` to `after`. */
export function shifted(reading: Reading, before: Reading, after: Reading): Reading {
  return {
    heapUsed: reading.heapUsed + after.heapUsed - before.heapUsed,
    arrayBuffers: reading.arrayBuffers + after.arrayBuffers - before.arrayBuffers,
    otherExternal: reading.otherExternal + after.otherExternal - before.otherExternal,
    rss: reading.rss + after.rss - before.rss,
  };
}
