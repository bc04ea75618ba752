/** What each traced line allocated, counted while it runs. */
import type { CollectionWatch, HeapCounters } from '../peak/collections.js';
import { HotLines } from './hot.js';

/** What counting reads, passed in so that tests decide what it says. */
export interface CountingProbes {
  /** Milliseconds that never go back. */
  now(): number;
  heap(): HeapCounters;
}

/** A stretch shorter than this, ms, holds no collection. */
const SHORTEST_COLLECTION_MS = 0.03;
/** What a reading itself allocates changes as V8 optimises it: it is measured again after so many lines. */
const CALIBRATE_EVERY = 64;

/** Asking what was collected may itself set off a collection, hardly ever twice. */
const MOST_ASKINGS = 3;
/** What no line is: slot 0 belongs to no line of any file. */
const NO_LINE = 0;
/** Places of what is remembered: counters and clock where the present stretch began, and the bytes of the last one. */
const HEAP = 0;
const EXTERNAL = 1;
const TIME = 2;
const RAW = 3;
/** Bytes that the last slot was given. */
const ADDED = 4;

/** What is known of one line. */
export interface LineCount {
  runs: number;
  heapBytes: number;
  externalBytes: number;
}

/**
 * Counts by slot: one for each line of each file. Between the moment when a line begins or goes on and the next moment
 * when another one does lies a stretch; what V8 allocated in it is the line's own. Collections within are added back.
 */
export class LineCounter {
  private runs = new Float64Array(0);
  private heapBytes = new Float64Array(0);
  private externalBytes = new Float64Array(0);
  private top = NO_LINE;
  private readonly last = new Float64Array(5);
  private ownBytes = 0;
  private entered = 0;
  private readonly hot = new HotLines();
  /** Many runs are counted in one stretch. */
  private inStretch = false;
  /** The line that ended where the present stretch of nobody's began. */
  private justLeft = NO_LINE;

  constructor(
    private readonly probes: CountingProbes,
    private readonly watch: CollectionWatch,
  ) {}

  /** Makes room for so many slots in all. */
  grow(slots: number): void {
    const grown = (old: Float64Array<ArrayBuffer>): Float64Array<ArrayBuffer> => {
      const made = new Float64Array(slots);
      made.set(old);
      return made;
    };
    this.runs = grown(this.runs);
    this.heapBytes = grown(this.heapBytes);
    this.externalBytes = grown(this.externalBytes);
    this.hot.grow(slots);
  }

  /** Whether many runs are being counted together. */
  get counting(): boolean {
    return this.inStretch;
  }

  /** The line that runs makes room: what comes until {@link enter} or {@link resume} is the tracing's own. */
  pause(): void {
    if (!this.inStretch) this.between();
  }

  /** A line begins; gives the one it interrupts, for {@link leave}. */
  enter(slot: number): number {
    const outer = this.top;
    this.top = slot;
    this.runs[slot] = (this.runs[slot] as number) + 1;
    if (this.inStretch) {
      if (this.hot.goesOn(slot)) return outer;
      this.endStretch();
    }
    this.justLeft = NO_LINE;
    this.hot.begins(slot, this.heapBytes[slot] as number, this.externalBytes[slot] as number);
    if (this.entered++ % CALIBRATE_EVERY === 0) this.calibrate();
    this.mark(NO_LINE);
    return outer;
  }

  /** The line is over, and the one it interrupted goes on. */
  leave(outer: number): void {
    const slot = this.top;
    this.top = outer;
    if (this.inStretch) return;
    this.mark(slot);
    this.justLeft = slot;
    const [heap, external] = [this.heapBytes[slot] as number, this.externalBytes[slot] as number];
    this.inStretch = this.hot.ends(slot, heap, external, this.runs[slot] as number);
    // What this took itself is not the outer line's.
    this.mark(NO_LINE);
  }

  /** The line that was paused goes on. */
  resume(): void {
    if (this.top !== NO_LINE && !this.inStretch) this.mark(NO_LINE);
  }

  /** The line that runs makes room until {@link without}; gives it. */
  within(): number {
    this.pause();
    const outer = this.top;
    this.top = NO_LINE;
    return outer;
  }

  without(outer: number): void {
    this.top = outer;
    this.resume();
  }

  /** Whatever ran was stopped. */
  unwind(): void {
    this.top = NO_LINE;
    if (this.inStretch) this.endStretch();
  }

  read(slot: number): LineCount {
    if (this.inStretch) this.endStretch();
    return {
      runs: this.runs[slot] as number,
      heapBytes: this.heapBytes[slot] as number,
      externalBytes: this.externalBytes[slot] as number,
    };
  }

  /** A collection that asking set off is over before the next stretch begins. */
  private afterAsking(read: number): number {
    let heap = read;
    for (let times = 0; times < MOST_ASKINGS && this.watch.take().count > 0; times++)
      heap = this.probes.heap().heapUsed;
    return heap;
  }

  /** What ran since a line ended belongs to the one around it, or to none. */
  private between(): void {
    const { justLeft, top } = this;
    if (top === NO_LINE && justLeft === NO_LINE) return;
    this.mark(top);
    if (justLeft !== NO_LINE) this.hot.wasAfter(justLeft, this.last[ADDED] as number, top);
    this.justLeft = NO_LINE;
  }

  private endStretch(): void {
    this.inStretch = false;
    this.justLeft = NO_LINE;
    const { heapBytes, externalBytes } = this;
    const outside = externalBytes[NO_LINE] as number;
    this.mark(NO_LINE);
    this.hot.share(
      this.last[ADDED] as number,
      (externalBytes[NO_LINE] as number) - outside,
      (slot, part) => (heapBytes[slot] = (heapBytes[slot] as number) + part),
      (slot, part) => (externalBytes[slot] = (externalBytes[slot] as number) + part),
    );
  }

  /** Two readings with nothing between them. */
  private calibrate(): void {
    this.mark(NO_LINE);
    this.mark(NO_LINE);
    this.ownBytes = Math.max(0, this.last[RAW] as number);
  }

  /** Ends a stretch: its bytes go to a slot. Every call does the same, so that what it allocates itself is known. */
  private mark(slot: number): void {
    const { last } = this;
    const now = this.probes.now();
    const { heapUsed, external } = this.probes.heap();
    const raw = heapUsed - (last[HEAP] as number);
    let heap = raw - this.ownBytes;
    let outside = external - (last[EXTERNAL] as number);
    const elapsed = now - (last[TIME] as number);
    const long = elapsed >= SHORTEST_COLLECTION_MS;
    last[RAW] = raw;
    last[HEAP] = heapUsed;
    last[EXTERNAL] = external;
    last[TIME] = now;
    if (long) {
      const { heapFreed, externalFreed, latest } = this.watch.take();
      // Asking allocates as well.
      const again = this.probes.heap().heapUsed;
      // A collection that this very reading set off, after it had read, took nothing from the figure: memory fell since.
      const ours = latest !== null && again < heapUsed;
      heap += heapFreed - (ours ? latest.heapFreed : 0);
      outside += externalFreed - (ours ? latest.externalFreed : 0);
      last[HEAP] = this.afterAsking(again);
    }
    this.hot.ran(slot, elapsed);
    heap = Math.max(0, heap);
    last[ADDED] = heap;
    this.heapBytes[slot] = (this.heapBytes[slot] as number) + heap;
    this.externalBytes[slot] = (this.externalBytes[slot] as number) + Math.max(0, outside);
  }
}
