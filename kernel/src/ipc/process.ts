/**
 * How the front starts the runtime: descriptors, flags, environment, and the marker that says "all native output up to
 * here has been written".
 *
 * The runtime reads {@link SECRET_VARIABLE} once, deletes it from its environment before any user code runs, and writes
 * `drainMarker(secret, runId)` to descriptors 1 and 2 right before each `done` frame. The front takes the markers out of
 * the output and holds the cell's reply until both have come, or a bound has passed.
 */

import type { GcMark } from '@heapmark/protocol';

/** File descriptors of the runtime process. 0 is at its end from the start. */
export const DESCRIPTORS = {
  stdout: 1,
  stderr: 2,
  /** Duplex socket of the monitor worker. When it ends, the front is gone: the monitor kills the process. */
  monitor: 3,
  /** Frames to the front, written with blocking writes. */
  toFront: 4,
  /** Frames from the front. */
  fromFront: 5,
} as const;

/** Environment variable that carries the secret of the drain marker, hexadecimal digits. */
export const SECRET_VARIABLE = 'HEAPMARK_DRAIN_SECRET';

/**
 * Flags of the runtime's Node. Without the first a termination that lands in a timer's callback aborts the process;
 * without the second V8 aborts as soon as four collections of a heap of which four fifths are in use took long.
 */
export const RUNTIME_FLAGS: readonly string[] = [
  '--no-force-async-hooks-checks',
  '--no-detect-ineffective-gcs-near-heap-limit',
];

/** What stands before the secret in every marker; the front looks for it to cut quickly. */
export const MARKER_PREFIX = '\u0000heapmark:';

/** The marker for run `id`. Pure ASCII, so that it survives any encoding of the stream around it. */
export function drainMarker(secret: string, id: number): Buffer {
  return Buffer.from(`${MARKER_PREFIX}${secret}:${id}\u0000`, 'latin1');
}

/**
 * Diagnostics channel of the runtime's main thread. Whoever publishes a {@link Gauge} gets its `read` filled in: so the monitor finds
 * the function through its inspector session, and user code finds nothing.
 */
export const GAUGE_CHANNEL = 'heapmark.gauge';

export interface Gauge {
  read?: () => GaugeReading;
  /** Takes all promise hooks away until the runtime hears of the front again. */
  unhook?: () => void;
}

/** Counters that only the main thread can read, bytes, and the collections since the last reading. */
export interface GaugeReading {
  arrayBuffers: number;
  external: number;
  collections: GcMark[];
}
