/**
 * Collections as V8 itself reports them, with the counters right before and right after each. Memory of JavaScript only
 * ever falls in a collection, so the highest of "before" and "now" is the true peak, and what collections took away tells
 * how much was allocated in all. https://nodejs.org/api/v8.html#class-v8gcprofiler
 */
import { GCProfiler, getHeapStatistics } from 'node:v8';
import type { GcMark } from '@heapmark/protocol';

/** V8's counters at one moment, bytes. */
export interface HeapCounters {
  heapUsed: number;
  /** Stores of ArrayBuffers, external strings, WebAssembly memories. */
  external: number;
}

/** One collection as V8 noted it down. */
export interface CollectionFigures {
  kind: GcMark['kind'];
  pauseMs: number;
  /** V8's heap in use right before and right after, bytes. */
  heapBefore: number;
  heapAfter: number;
  /** Bytes that were looked at for garbage: the young generation, or the whole heap. */
  looked: number;
}

/** What the collections of a stretch of time did. */
export interface Collected {
  /** In their order. */
  each: readonly CollectionFigures[];
  count: number;
  /** Bytes of V8's heap and of external memory that they returned. */
  heapFreed: number;
  externalFreed: number;
  /** Counters before the collection that began with most in use; `null` without any. */
  highest: HeapCounters | null;
  /** The last of them. */
  latest: { heapFreed: number; externalFreed: number } | null;
}

/** Looks at collections from {@link CollectionWatch.begin} on. */
export interface CollectionWatch {
  begin(): void;
  /** What happened since `begin` or the last call. Costs about 5 µs. */
  take(): Collected;
  end(): void;
}

/** The counters now. Costs less than 1 µs and allocates a small object. */
export function heapCounters(): HeapCounters {
  const { used_heap_size, external_memory } = getHeapStatistics();
  return { heapUsed: used_heap_size, external: external_memory };
}

/** The process's own collections. */
export function watchCollections(): CollectionWatch {
  let profiler: GCProfiler | null = null;
  const begin = (): void => {
    profiler = new GCProfiler();
    profiler.start();
  };
  return {
    begin,
    take() {
      const result = profiler?.stop();
      begin();
      return summarise(result?.statistics ?? []);
    },
    end() {
      profiler?.stop();
      profiler = null;
    },
  };
}

interface Counted {
  heapStatistics: { usedHeapSize: number; externalMemory: number };
  heapSpaceStatistics: readonly { spaceName: string; spaceUsedSize: number }[];
}

interface Statistics {
  gcType: string;
  /** Microseconds. */
  cost: number;
  beforeGC: Counted;
  afterGC: Counted;
}

/** V8's names of what its collector does. */
const KINDS: Readonly<Record<string, GcMark['kind'] | undefined>> = {
  Scavenge: 'minor',
  MinorMarkCompact: 'minor',
  MinorMarkSweep: 'minor',
  MarkSweepCompact: 'major',
  IncrementalMarking: 'incremental',
  ProcessWeakCallbacks: 'weakCallbacks',
};

function figuresOf({ gcType, cost, beforeGC, afterGC }: Statistics): CollectionFigures[] {
  const kind = KINDS[gcType];
  if (kind === undefined) return [];
  const heapBefore = beforeGC.heapStatistics.usedHeapSize;
  const young = beforeGC.heapSpaceStatistics
    .filter(({ spaceName }) => spaceName.startsWith('new_'))
    .reduce((sum, { spaceUsedSize }) => sum + spaceUsedSize, 0);
  return [
    {
      kind,
      pauseMs: cost / 1_000,
      heapBefore,
      heapAfter: afterGC.heapStatistics.usedHeapSize,
      looked: kind === 'minor' ? young : heapBefore,
    },
  ];
}

function summarise(statistics: readonly Statistics[]): Collected {
  const collected: Collected = {
    each: statistics.flatMap(figuresOf),
    count: statistics.length,
    heapFreed: 0,
    externalFreed: 0,
    highest: null,
    latest: null,
  };
  for (const { beforeGC, afterGC } of statistics) {
    const before = countersOf(beforeGC.heapStatistics);
    const after = countersOf(afterGC.heapStatistics);
    const heapFreed = before.heapUsed - after.heapUsed;
    const externalFreed = Math.max(0, before.external - after.external);
    collected.heapFreed += heapFreed;
    collected.externalFreed += externalFreed;
    collected.highest = higher(collected.highest, before);
    collected.latest = { heapFreed, externalFreed };
  }
  return collected;
}

const countersOf = ({ usedHeapSize, externalMemory }: Counted['heapStatistics']): HeapCounters => ({
  heapUsed: usedHeapSize,
  external: externalMemory,
});

/** The counters of the moment when more was in use. */
export function higher(a: HeapCounters | null, b: HeapCounters): HeapCounters {
  return a === null || b.heapUsed + b.external > a.heapUsed + a.external ? b : a;
}
