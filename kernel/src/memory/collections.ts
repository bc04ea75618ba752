/** Counts V8's collections and their pauses, by kind, from the moment it is made. */
import { constants, PerformanceObserver, type NodeGCPerformanceDetail, type PerformanceEntry } from 'node:perf_hooks';
import type { GcKindRecord } from '@heapmark/protocol';

type Kind = GcKindRecord['kind'];

const KINDS = new Map<number | undefined, Kind>([
  [constants.NODE_PERFORMANCE_GC_MINOR, 'minor'],
  [constants.NODE_PERFORMANCE_GC_MAJOR, 'major'],
  [constants.NODE_PERFORMANCE_GC_INCREMENTAL, 'incremental'],
  [constants.NODE_PERFORMANCE_GC_WEAKCB, 'weakCallbacks'],
]);

/** Node tells of collections in a later task; those of the current one are not counted yet. */
export class CollectionCounter {
  private readonly kinds = new Map<Kind, GcKindRecord>();
  private readonly observer: PerformanceObserver;

  constructor() {
    this.observer = new PerformanceObserver((list) => {
      for (const entry of list.getEntries() as (PerformanceEntry & { detail?: NodeGCPerformanceDetail })[]) {
        if (entry.detail !== undefined) this.count(entry.duration, entry.detail);
      }
    });
    this.observer.observe({ entryTypes: ['gc'] });
  }

  /** One record a kind that has happened. */
  stats(): GcKindRecord[] {
    return [...this.kinds.values()].map((kind) => ({ ...kind }));
  }

  /** Milliseconds in collections so far. */
  totalMs(): number {
    let total = 0;
    for (const { totalMs } of this.kinds.values()) total += totalMs;
    return total;
  }

  close(): void {
    this.observer.disconnect();
  }

  private count(durationMs: number, { kind, flags }: NodeGCPerformanceDetail): void {
    const name = KINDS.get(kind);
    if (name === undefined) return;
    const record = this.kinds.get(name) ?? { kind: name, count: 0, forced: 0, totalMs: 0, maxMs: 0 };
    record.count += 1;
    if (((flags ?? 0) & constants.NODE_PERFORMANCE_GC_FLAGS_FORCED) !== 0) record.forced += 1;
    record.totalMs += durationMs;
    record.maxMs = Math.max(record.maxMs, durationMs);
    this.kinds.set(name, record);
  }
}
