/** Collections that several samples told of, as one sample tells of them: one entry a kind. */
import type { GcMark } from './records/memory.js';

/** @param later those that came after `earlier`. */
export function mergedMarks(earlier: readonly GcMark[], later: readonly GcMark[]): GcMark[] {
  const byKind = new Map(earlier.map((mark) => [mark.kind, mark]));
  for (const mark of later) {
    const known = byKind.get(mark.kind);
    byKind.set(mark.kind, known === undefined ? mark : both(known, mark));
  }
  return [...byKind.values()];
}

const both = (earlier: GcMark, later: GcMark): GcMark => ({
  time: later.time,
  kind: later.kind,
  count: earlier.count + later.count,
  pauseMs: earlier.pauseMs + later.pauseMs,
  longestMs: Math.max(earlier.longestMs, later.longestMs),
  freed: earlier.freed === null || later.freed === null ? null : earlier.freed + later.freed,
  heapUsed: later.heapUsed ?? earlier.heapUsed,
});
