/**
 * Counts collections, their pauses, and what they freed. Node's observer tells of each (no measurable cost), once the
 * event loop turns; V8's own notes of those in a cell come with what was in use before and after, also while it spins.
 */
import { constants, PerformanceObserver, type NodeGCPerformanceDetail, type PerformanceEntry } from 'node:perf_hooks';
import { mergedMarks, type GcKindRecord, type GcMark } from '@heapmark/protocol';
import type { CollectionFigures } from './peak/collections.js';

type GcKind = GcKindRecord['kind'];

const kinds: Record<number, GcKind> = {
  [constants.NODE_PERFORMANCE_GC_MINOR]: 'minor',
  [constants.NODE_PERFORMANCE_GC_MAJOR]: 'major',
  [constants.NODE_PERFORMANCE_GC_INCREMENTAL]: 'incremental',
  [constants.NODE_PERFORMANCE_GC_WEAKCB]: 'weakCallbacks',
};
const order: readonly GcKind[] = ['minor', 'major', 'incremental', 'weakCallbacks'];
/** Kinds that give memory back themselves. */
const FREEING: ReadonlySet<GcKind> = new Set(['minor', 'major']);
/** Marks that nobody has fetched for this long, ms, belong to no sample any longer. */
const STALE_MS = 3_000;
/** Stretches of time that the late words of the observer are compared with. */
const MOST_CELLS = 64;

/** One collection, told once. */
export interface Collection {
  kind: GcKind;
  pauseMs: number;
  /** Asked for by code; `null` while a cell runs, where V8 does not tell. */
  forced: boolean | null;
  /** V8's heap in use before and after it, bytes; `null` outside of cells, where nobody measures. */
  heapBefore: number | null;
  heapAfter: number | null;
}

interface Sums {
  count: number;
  forced: number;
  totalMs: number;
  maxMs: number;
  measured: number;
  freed: number;
  looked: number;
}

const noSums = (): Sums => ({ count: 0, forced: 0, totalMs: 0, maxMs: 0, measured: 0, freed: 0, looked: 0 });

/** A log of collections since it was made. */
export class GcLog {
  private readonly byKind = new Map<GcKind, Sums>();
  private readonly listeners = new Set<(collection: Collection) => void>();
  private marks: GcMark[] = [];
  /** When the oldest collection of each mark was. */
  private readonly since = new Map<GcKind, number>();
  /** When cells ran, in the observer's time. */
  private readonly cells: { from: number; to: number }[] = [];
  private observer: PerformanceObserver | null = null;
  private pausedMs = 0;
  private majorsTold = 0;

  /**
   * @param wallTime milliseconds since 1970.
   * @param look has V8's notes of the running cell booked here.
   */
  constructor(
    private readonly wallTime: () => number = Date.now,
    private readonly look: () => void = () => undefined,
  ) {}

  /** Starts counting; the process stays free to end. */
  start(): void {
    this.observer = new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) this.observe(entry);
      if (this.listeners.size > 0) this.look();
    });
    this.observer.observe({ entryTypes: ['gc'] });
  }

  /** A cell begins, at this time of the observer's clock: {@link book} tells of its collections. */
  cellBegins(at: number): void {
    const last = this.cells.at(-1);
    if (last?.to === Infinity) last.to = at;
    this.cells.push({ from: at, to: Infinity });
    if (this.cells.length > MOST_CELLS) this.cells.shift();
  }

  cellEnds(at: number): void {
    const last = this.cells.at(-1);
    if (last?.to === Infinity) last.to = at;
  }

  /** Books one entry of the observer. */
  observe(entry: PerformanceEntry): void {
    const { detail } = entry as PerformanceEntry & { detail?: NodeGCPerformanceDetail };
    const kind = kinds[detail?.kind ?? 0];
    if (kind === undefined) return;
    const forced = ((detail?.flags ?? 0) & constants.NODE_PERFORMANCE_GC_FLAGS_FORCED) !== 0;
    const sums = this.sumsOf(kind);
    sums.count++;
    if (forced) sums.forced++;
    sums.totalMs += entry.duration;
    sums.maxMs = Math.max(sums.maxMs, entry.duration);
    this.pausedMs += entry.duration;
    const inCell = this.cells.some(({ from, to }) => entry.startTime >= from && entry.startTime <= to);
    if (!inCell) this.tell({ kind, pauseMs: entry.duration, forced, heapBefore: null, heapAfter: null });
  }

  /** Books what V8 noted down of a cell. May be called in the middle of any code. */
  book(each: readonly CollectionFigures[]): void {
    for (const { kind, pauseMs, heapBefore, heapAfter, looked } of each) {
      const sums = this.sumsOf(kind);
      sums.measured++;
      sums.freed += Math.max(0, heapBefore - heapAfter);
      sums.looked += looked;
      this.tell({ kind, pauseMs, forced: null, heapBefore, heapAfter });
    }
  }

  /** All kinds, also those that never ran. */
  records(): GcKindRecord[] {
    this.look();
    return order.map((kind) => {
      const { count, forced, totalMs, maxMs, measured, freed, looked } = this.byKind.get(kind) ?? noSums();
      const known = measured > 0 && FREEING.has(kind);
      return {
        kind,
        // The observer may be behind V8's own notes.
        count: Math.max(count, measured),
        forced,
        totalMs,
        maxMs,
        measured,
        freedBytes: known ? freed : null,
        survival: known && looked > 0 ? Math.max(0, 1 - freed / looked) : null,
      };
    });
  }

  /** Full collections so far. */
  get majors(): number {
    return this.majorsTold;
  }

  /** Milliseconds in collections since the start. */
  get totalMs(): number {
    return this.pausedMs;
  }

  /** Collections since the last call that are fresh, one entry a kind. */
  takeMarks(): GcMark[] {
    const oldest = this.wallTime() - STALE_MS;
    const fresh = this.marks.filter(({ time }) => time >= oldest);
    this.marks = [];
    this.since.clear();
    return fresh;
  }

  /** Calls back for each collection until the function it gives is called; may do so in the middle of any code. */
  listen(listener: (collection: Collection) => void): () => void {
    this.listeners.add(listener);
    return () => void this.listeners.delete(listener);
  }

  close(): void {
    this.observer?.disconnect();
    this.observer = null;
    this.listeners.clear();
  }

  private tell(collection: Collection): void {
    if (collection.kind === 'major') this.majorsTold++;
    this.mark(collection);
    for (const listener of this.listeners) listener(collection);
  }

  private mark({ kind, pauseMs, heapBefore, heapAfter }: Collection): void {
    const time = this.wallTime();
    const since = this.since.get(kind);
    if (since === undefined || since < time - STALE_MS) {
      this.marks = this.marks.filter((mark) => mark.kind !== kind);
      this.since.set(kind, time);
    }
    const freed = heapBefore === null || heapAfter === null ? null : Math.max(0, heapBefore - heapAfter);
    const mark = { time, kind, count: 1, pauseMs, longestMs: pauseMs, freed, heapUsed: heapAfter };
    this.marks = mergedMarks(this.marks, [mark]);
  }

  private sumsOf(kind: GcKind): Sums {
    let sums = this.byKind.get(kind);
    if (sums === undefined) this.byKind.set(kind, (sums = noSums()));
    return sums;
  }
}
