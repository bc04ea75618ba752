/** Counts collections and their pauses by kind, from Node's own observer (no measurable cost). */
import { constants, PerformanceObserver, type NodeGCPerformanceDetail, type PerformanceEntry } from 'node:perf_hooks';
import type { GcKindRecord } from '@heapmark/protocol';

type GcKind = GcKindRecord['kind'];

const kinds: Record<number, GcKind> = {
  [constants.NODE_PERFORMANCE_GC_MINOR]: 'minor',
  [constants.NODE_PERFORMANCE_GC_MAJOR]: 'major',
  [constants.NODE_PERFORMANCE_GC_INCREMENTAL]: 'incremental',
  [constants.NODE_PERFORMANCE_GC_WEAKCB]: 'weakCallbacks',
};
const order: readonly GcKind[] = ['minor', 'major', 'incremental', 'weakCallbacks'];

/** One collection. */
export interface Collection {
  kind: GcKind;
  forced: boolean;
  startMs: number;
  pauseMs: number;
}

/** A log of collections since it was made. */
export class GcLog {
  private readonly byKind = new Map<GcKind, GcKindRecord>();
  private readonly listeners = new Set<(collection: Collection) => void>();
  private observer: PerformanceObserver | null = null;
  private pausedMs = 0;

  /** Starts counting; the process stays free to end. */
  start(): void {
    this.observer = new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) this.observe(entry);
    });
    this.observer.observe({ entryTypes: ['gc'] });
  }

  /** Books one entry of the observer. */
  observe(entry: PerformanceEntry): void {
    const { detail } = entry as PerformanceEntry & { detail?: NodeGCPerformanceDetail };
    const kind = kinds[detail?.kind ?? 0];
    if (kind === undefined) return;
    const forced = ((detail?.flags ?? 0) & constants.NODE_PERFORMANCE_GC_FLAGS_FORCED) !== 0;
    const record = this.byKind.get(kind) ?? { kind, count: 0, forced: 0, totalMs: 0, maxMs: 0 };
    record.count++;
    if (forced) record.forced++;
    record.totalMs += entry.duration;
    record.maxMs = Math.max(record.maxMs, entry.duration);
    this.pausedMs += entry.duration;
    this.byKind.set(kind, record);
    for (const listener of this.listeners)
      listener({ kind, forced, startMs: entry.startTime, pauseMs: entry.duration });
  }

  /** All kinds, also those that never ran. */
  records(): GcKindRecord[] {
    return order.map((kind) => ({ ...(this.byKind.get(kind) ?? { kind, count: 0, forced: 0, totalMs: 0, maxMs: 0 }) }));
  }

  /** Milliseconds in collections since the start. */
  get totalMs(): number {
    return this.pausedMs;
  }

  /** Calls back for each collection until the function it gives is called. */
  listen(listener: (collection: Collection) => void): () => void {
    this.listeners.add(listener);
    return () => void this.listeners.delete(listener);
  }

  close(): void {
    this.observer?.disconnect();
    this.observer = null;
    this.listeners.clear();
  }
}
