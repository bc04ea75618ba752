/** What the search for leaks reads from the process; passed in, so that tests decide what memory does. */
import process from 'node:process';
import type { RuntimeContext } from '../../runtime/context.js';
import { systemProbes, type Probes } from '../probes.js';
import { readNow } from '../reading.js';

/** Memory right after collections, bytes. */
export interface Footing {
  readonly heap: number;
  readonly arrayBuffers: number;
  readonly otherExternal: number;
  /** Live tensors; `null` where no library tells them. */
  readonly tensors: number | null;
  /** Resident memory that neither V8 nor its buffers explain. */
  readonly native: number;
}

export interface LeakProbes {
  /** Milliseconds that never go back. */
  now(): number;
  /** Collects until what can go has gone. */
  settle(): Promise<Footing>;
  /** Collects once more and reads again. */
  again(): Footing;
  /** The heap and all that hangs on it now, garbage and all: cheap. */
  inUse(): number;
  /** Bytes that a search may take before the process is in danger. */
  room(): number;
  macrotask(): Promise<void>;
  pause(ms: number): Promise<void>;
  /** Timers, sockets, files and the like that code has started and that are not over. */
  activity(): number;
}

/** Part of what is free that a search may take. */
const SHARE_OF_ROOM = 0.3;
/** At most, bytes: a leak is clear long before. */
const MOST_ROOM = 1e9;

export function systemLeakProbes(
  runtime: Pick<RuntimeContext, 'tensorGauge'>,
  probes: Probes = systemProbes(),
): LeakProbes {
  const collectAndRead = (): Footing => {
    probes.collect('full');
    const { heapUsed, arrayBuffers, otherExternal, rss } = readNow(probes);
    const tensors = runtime.tensorGauge[0] ?? NaN;
    return {
      heap: heapUsed,
      arrayBuffers,
      otherExternal,
      tensors: Number.isNaN(tensors) ? null : tensors,
      native: rss - probes.heap().total_heap_size - arrayBuffers - otherExternal,
    };
  };
  return {
    now: probes.now,
    async settle() {
      probes.collect('full');
      // Finalisers of the first collection free what the second one takes; timers that are due end, and what they hold.
      await probes.macrotask();
      await probes.macrotask();
      return collectAndRead();
    },
    again: collectAndRead,
    inUse() {
      const { used_heap_size: heap, external_memory: external } = probes.heap();
      return heap + external;
    },
    room() {
      const { heap_size_limit: limit, used_heap_size: heap } = probes.heap();
      const machine = (process as { availableMemory?: () => number }).availableMemory?.() ?? Infinity;
      return Math.min(MOST_ROOM, SHARE_OF_ROOM * Math.min(limit - heap, machine));
    },
    macrotask: probes.macrotask,
    pause: probes.pause,
    activity: () => process.getActiveResourcesInfo().length,
  };
}
