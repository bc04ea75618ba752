/** Where memory stands: counters of V8 and Node, put together. */
import type { BytesByKind, HeapSpace, MemoryDelta, MemorySample } from '@heapmark/protocol';
import type { Probes } from './probes.js';

/** The parts of a sample that the caller knows. */
export interface SampleContext {
  busy: boolean;
}

/**
 * Reads the counters once. `heapUsed`, `arrayBuffers` and `otherExternal` count no byte twice: Node's `external` holds the
 * ArrayBuffers too, so they are taken out of it. Workers' heaps are in RSS alone and cannot be told from native memory.
 */
export function sampleNow(probes: Probes, { busy }: SampleContext): MemorySample {
  const { rss, heapUsed, heapTotal, external, arrayBuffers } = probes.memory();
  return {
    time: probes.wallTime(),
    rss,
    heapUsed,
    heapTotal,
    heapLimit: probes.heap().heap_size_limit,
    arrayBuffers,
    otherExternal: Math.max(0, external - arrayBuffers),
    workers: null,
    // Buffers that nobody has touched yet are in `external` and not in RSS.
    native: Math.max(0, rss - heapTotal - external),
    tensors: null,
    gpu: null,
    busy,
  };
}

/** The spaces of V8's heap. */
export const spacesOf = (probes: Probes): HeapSpace[] =>
  probes.spaces().map(({ space_name, space_used_size, space_size }) => ({
    name: space_name,
    used: space_used_size,
    committed: space_size,
  }));

const change = (after: number | null, before: number | null): number | null =>
  after === null || before === null ? null : after - before;

/** What went between two samples: positive when memory came back. */
export function returnedBetween(before: MemorySample, after: MemorySample): BytesByKind {
  return {
    heap: change(before.heapUsed, after.heapUsed),
    arrayBuffers: change(before.arrayBuffers, after.arrayBuffers),
    otherExternal: change(before.otherExternal, after.otherExternal),
    tensors: null,
    rss: change(before.rss, after.rss),
  };
}

/** Change from `before` to `after`, kind by kind, without what `kernelBefore` to `kernelAfter` explains. */
export function deltaBetween(
  before: MemoryDelta,
  after: MemoryDelta,
  kernelBefore?: MemoryDelta,
  kernelAfter?: MemoryDelta,
): MemoryDelta {
  const kind = (key: keyof MemoryDelta): number | null => {
    const raw = change(after[key], before[key]);
    const kernel =
      kernelBefore === undefined || kernelAfter === undefined ? 0 : (change(kernelAfter[key], kernelBefore[key]) ?? 0);
    return raw === null ? null : raw - kernel;
  };
  const arrayBuffers = kind('arrayBuffers');
  return {
    heapUsed: kind('heapUsed'),
    arrayBuffers,
    otherExternal: withoutShared(arrayBuffers, kind('otherExternal')),
  };
}

/** Two opposite changes that differ by less, bytes or as a share, are one. */
const SAME_BYTES = 16_384;
const SAME_SHARE = 0.01;

/**
 * Node counts a SharedArrayBuffer as an ArrayBuffer, V8 does not count it as external: what is external besides
 * ArrayBuffers seems to change by as much the other way.
 */
export function withoutShared(arrayBuffers: number | null, otherExternal: number | null): number | null {
  if (arrayBuffers === null || otherExternal === null || Math.abs(arrayBuffers) < SAME_BYTES) return otherExternal;
  const left = arrayBuffers + otherExternal;
  return Math.abs(left) <= Math.max(SAME_BYTES, SAME_SHARE * Math.abs(arrayBuffers)) ? 0 : otherExternal;
}

/** The sum of a delta's kinds; `null` when one is unknown. */
export function sumOf(delta: MemoryDelta): number | null {
  const { heapUsed, arrayBuffers, otherExternal } = delta;
  return heapUsed === null || arrayBuffers === null || otherExternal === null
    ? null
    : heapUsed + arrayBuffers + otherExternal;
}
