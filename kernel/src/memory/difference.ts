/** Arithmetic on counters that may be unknown: what is unknown makes the result unknown, never 0. */
import type { BytesByKind, MemoryDelta, MemorySample } from '@heapmark/protocol';

export const minus = (after: number | null, before: number | null): number | null =>
  after === null || before === null ? null : after - before;

/** `after` less `before`, kind by kind. */
export function subtract(after: MemoryDelta, before: MemoryDelta): MemoryDelta {
  return {
    heapUsed: minus(after.heapUsed, before.heapUsed),
    arrayBuffers: minus(after.arrayBuffers, before.arrayBuffers),
    otherExternal: minus(after.otherExternal, before.otherExternal),
  };
}

/** The kinds together, bytes: none is counted twice. */
export function total({ heapUsed, arrayBuffers, otherExternal }: MemoryDelta): number | null {
  if (heapUsed === null || arrayBuffers === null || otherExternal === null) return null;
  return heapUsed + arrayBuffers + otherExternal;
}

/** What came back between two samples: positive when memory went down. */
export function returned(before: MemorySample, after: MemorySample): BytesByKind {
  return {
    heap: minus(before.heapUsed, after.heapUsed),
    arrayBuffers: minus(before.arrayBuffers, after.arrayBuffers),
    otherExternal: minus(before.otherExternal, after.otherExternal),
    tensors: minus(before.tensors, after.tensors),
    rss: minus(before.rss, after.rss),
  };
}
