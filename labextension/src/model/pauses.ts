/** When the collector stopped the kernel's code, and for how long: what the timeline marks. */
import type { GcMark, MemorySample } from '@heapmark/protocol';
import type { Span } from './timeline.js';

/** So many of the latest marks are kept as they came. */
const RECENT = 2_048;
/** Of each such stretch of time before them, the mark with the longest pause is kept. */
const STRETCH_MS = 10_000;

export class PauseHistory {
  readonly #longestMs: number;
  #marks: GcMark[] = [];

  /** @param longestMs - older marks are dropped. */
  constructor(longestMs: number) {
    this.#longestMs = longestMs;
  }

  /** Oldest first. */
  get all(): readonly GcMark[] {
    return this.#marks;
  }

  /** Takes in the collections that a sample tells of. */
  add({ collections = [] }: MemorySample): void {
    this.#marks.push(...collections);
    if (this.#marks.length > 2 * RECENT) this.#coarsen();
  }

  #coarsen(): void {
    const recent = this.#marks.splice(-RECENT);
    const oldest = (recent.at(-1)?.time ?? 0) - this.#longestMs;
    const longest = new Map<number, GcMark>();
    for (const mark of this.#marks) {
      const stretch = Math.floor(mark.time / STRETCH_MS);
      if (mark.time >= oldest && mark.longestMs > (longest.get(stretch)?.longestMs ?? -1)) longest.set(stretch, mark);
    }
    this.#marks = [...longest.values(), ...recent];
  }
}

/** The collections of one stretch of the timeline. */
export interface PauseBar extends Span {
  /** Milliseconds in which no code ran. */
  readonly pauseMs: number;
  /** A full collection was among them. */
  readonly full: boolean;
}

/** Bars to draw, at most so many side by side. */
export function pauseBars(marks: readonly GcMark[], span: Span, columns: number): PauseBar[] {
  if (columns < 1) return [];
  const width = Math.max(1, (span.to - span.from) / columns);
  const bars = new Map<number, PauseBar>();
  for (const { time, kind, pauseMs } of marks) {
    if (time < span.from || time > span.to) continue;
    const column = Math.min(columns - 1, Math.floor((time - span.from) / width));
    const from = span.from + column * width;
    const bar = bars.get(column) ?? { from, to: from + width, pauseMs: 0, full: false };
    bars.set(column, { ...bar, pauseMs: bar.pauseMs + pauseMs, full: bar.full || kind === 'major' });
  }
  return [...bars.values()].sort((a, b) => a.from - b.from);
}

/** Milliseconds in collections after `from`, up to `to`. */
export const pausedWithin = (marks: readonly GcMark[], { from, to }: Span): number =>
  marks.reduce((sum, { time, pauseMs }) => (time > from && time <= to ? sum + pauseMs : sum), 0);
