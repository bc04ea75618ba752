/** What the timeline draws: samples thinned to the pixels there are, and the spans of the cells. */
import type { CellRecord, MemorySample } from '@heapmark/protocol';

export const SERIES = ['heap', 'buffers', 'other', 'tensors'] as const;
/** A kind of memory with an area of its own. They lie on each other: none counts what another does. */
export type Series = (typeof SERIES)[number];

export const seriesBytes = (sample: MemorySample): Record<Series, number | null> => ({
  heap: sample.heapUsed,
  buffers: sample.arrayBuffers,
  other: sample.otherExternal,
  tensors: sample.tensors,
});

/** A stretch of time, milliseconds since 1970-01-01 UTC. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

/** A cell's run within the shown time. */
export interface CellSpan extends Span {
  readonly run: CellRecord;
}

/** A line of a few seconds would say nothing in a span of hours. */
const SHORTEST_MS = 30_000;

/** The time to draw: up to the latest sample, as far back as there is something to show, at most the range. */
export function shownSpan(samples: readonly MemorySample[], rangeMs: number): Span {
  const to = samples.at(-1)?.time ?? 0;
  const first = samples[0]?.time ?? to;
  return { from: Math.min(to - SHORTEST_MS, Math.max(to - rangeMs, first)), to };
}

/** Nothing was sent for longer than this: the line is broken, not guessed. */
const gapOf = ({ from, to }: Span): number => Math.max(30_000, (to - from) / 20);

const height = (sample: MemorySample): number =>
  SERIES.reduce((sum, series) => sum + (seriesBytes(sample)[series] ?? 0), 0);

/** The samples of each column, thinned to the highest one, in runs that are broken where nothing is known. */
export function thin(samples: readonly MemorySample[], span: Span, columns: number): MemorySample[][] {
  const width = Math.max(1, (span.to - span.from) / Math.max(1, columns));
  const runs: MemorySample[][] = [];
  let column = NaN;
  let previous: MemorySample | null = null;
  for (const sample of samples) {
    if (sample.time > span.to) break;
    const broken = previous === null || sample.time - previous.time > gapOf(span);
    previous = sample;
    if (broken) runs.push([]);
    const run = runs.at(-1) ?? [];
    const at = Math.floor((sample.time - span.from) / width);
    const last = run.at(-1);
    if (!broken && at === column && last !== undefined) {
      if (height(sample) >= height(last)) run[run.length - 1] = sample;
    } else run.push(sample);
    column = at;
  }
  return runs;
}

/** The highest point of the shown areas, for the scale. */
export function highest(runs: readonly (readonly MemorySample[])[], shown: readonly Series[]): number {
  let top = 0;
  for (const run of runs) {
    for (const sample of run) {
      const bytes = seriesBytes(sample);
      top = Math.max(
        top,
        shown.reduce((sum, series) => sum + (bytes[series] ?? 0), 0),
      );
    }
  }
  return top;
}

/** Where the cells ran within the span; one that still runs reaches to its end. */
export function cellSpans(runs: readonly CellRecord[], { from, to }: Span): CellSpan[] {
  return runs
    .map((run) => ({
      run,
      from: Math.max(from, run.startedAt),
      to: run.elapsedMs === null ? to : Math.min(to, run.startedAt + run.elapsedMs),
    }))
    .filter((span) => span.to >= from && span.from <= to && span.to >= span.from);
}

/** The sample nearest in time. */
export function nearest(samples: readonly MemorySample[], time: number): MemorySample | null {
  let best: MemorySample | null = null;
  for (const sample of samples) {
    if (best === null || Math.abs(sample.time - time) < Math.abs(best.time - time)) best = sample;
  }
  return best;
}
