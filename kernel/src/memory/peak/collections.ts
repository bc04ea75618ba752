/**
 * Collections as V8 itself reports them, with the counters right before and right after each. Memory of JavaScript only
 * ever falls in a collection, so the highest of "before" and "now" is the true peak, and what collections took away tells
 * how much was allocated in all. https://nodejs.org/api/v8.html#class-v8gcprofiler
 */
import { GCProfiler, getHeapStatistics } from 'node:v8';

/** V8's counters at one moment, bytes. */
export interface HeapCounters {
  heapUsed: number;
  /** Stores of ArrayBuffers, external strings, WebAssembly memories. */
  external: number;
}

/** What the collections of a stretch of time did. */
export interface Collected {
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

interface Statistics {
  beforeGC: { heapStatistics: { usedHeapSize: number; externalMemory: number } };
  afterGC: { heapStatistics: { usedHeapSize: number; externalMemory: number } };
}

function summarise(statistics: readonly Statistics[]): Collected {
  const collected: Collected = {
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

const countersOf = ({ usedHeapSize, externalMemory }: Statistics['beforeGC']['heapStatistics']): HeapCounters => ({
  heapUsed: usedHeapSize,
  external: externalMemory,
});

/** The counters of the moment when more was in use. */
export function higher(a: HeapCounters | null, b: HeapCounters): HeapCounters {
  return a === null || b.heapUsed + b.external > a.heapUsed + a.external ? b : a;
}
