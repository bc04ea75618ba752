/**
 * Readings that can be compared: what is alive, without what V8 makes for itself.
 *
 * Two things move the heap in use although no value came or went: machine and byte code, which V8 makes and throws away
 * when it likes (left out, space by space), and the buffers that its compiler threads reserve while they work, up to
 * 256 kB (gone in a later reading, so the lowest counts).
 */
import type { BytesByKind, MemoryDelta } from '@heapmark/protocol';
import type { Collector } from './collect.js';
import type { Probes } from './probes.js';

/** Heap in use outside of V8's code, ArrayBuffers and other external memory, bytes. */
export interface Reading extends MemoryDelta {
  readonly heapUsed: number;
  readonly arrayBuffers: number;
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
/** Time for V8's compiler threads to give back what they reserved, ms. */
const COMPILER_WAIT = 30;

/** The counters now, garbage and all. */
export function readNow(probes: Probes): Reading {
  const { heapUsed, arrayBuffers, external, rss } = probes.memory();
  return {
    heapUsed: heapUsed - codeBytes(probes),
    arrayBuffers,
    otherExternal: Math.max(0, external - arrayBuffers),
    rss,
  };
}

/** Spaces that hold machine code, and since V8 12 byte code too. Strings shared with workers have a space of their own. */
function codeBytes(probes: Probes): number {
  let bytes = 0;
  for (const { space_name: name, space_used_size: used } of probes.spaces())
    if (name.startsWith('code') || name.startsWith('trusted')) bytes += used;
  return bytes;
}

/** How long a steady reading may look for the state at which nothing more goes. */
export interface Patience {
  /** Collections beyond the first pair, at most. */
  readonly rounds: number;
  /** Gives up before the next collection when this says so; what was read until then stands. */
  readonly goOn: () => boolean;
}

/**
 * Collects until nothing more goes and reads right after each collection, in the same job, when only what is alive is
 * there. Two collections with a macrotask between are the least: finalisers of the first free what the second collects.
 * Gives the lowest reading, `null` where there is no collector or `goOn` said no after the first collection.
 */
export async function readSteady(
  probes: Probes,
  collector: Collector,
  { rounds, goOn }: Patience,
): Promise<Reading | null> {
  if (collector.now() === null) return null;
  await probes.macrotask();
  if (!goOn()) return null;
  collector.now();
  let lowest = readNow(probes);
  for (let round = 0; round < rounds; round++) {
    await probes.pause(COMPILER_WAIT);
    if (!goOn()) break;
    collector.now();
    const reading = readNow(probes);
    const went = inAll(lowest) - inAll(reading);
    if (went > 0) lowest = reading;
    if (Math.abs(went) < SAME) break;
  }
  return lowest;
}

const inAll = ({ heapUsed, arrayBuffers, otherExternal }: Reading): number => heapUsed + arrayBuffers + otherExternal;

/** What went between two readings, by kind: positive when memory came back. */
export function wentBetween(before: Reading, after: Reading): BytesByKind {
  return {
    heap: before.heapUsed - after.heapUsed,
    arrayBuffers: before.arrayBuffers - after.arrayBuffers,
    otherExternal: before.otherExternal - after.otherExternal,
    tensors: null,
    rss: before.rss - after.rss,
  };
}
