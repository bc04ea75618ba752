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

/** Columns to draw: where each stands, its sample, and the upper edge of each shown area, the areas lying on each other. */
export interface Columns {
  /** Milliseconds since 1970-01-01 UTC. */
  readonly times: readonly number[];
  /** `null` where nothing is known. */
  readonly samples: readonly (MemorySample | null)[];
  /** In the order of the shown series; `null` where nothing is known. */
  readonly edges: readonly (readonly (number | null)[])[];
  /** Resident memory of the process: beside the areas, which it contains. */
  readonly process: readonly (number | null)[];
}

/** Turns runs of samples into columns, with an empty one between two runs. */
export function columnsOf(runs: readonly (readonly MemorySample[])[], shown: readonly Series[]): Columns {
  const samples: (MemorySample | null)[] = [];
  const times: number[] = [];
  for (const run of runs) {
    const before = times.at(-1);
    const first = run[0];
    if (before !== undefined && first !== undefined) {
      times.push((before + first.time) / 2);
      samples.push(null);
    }
    for (const sample of run) {
      times.push(sample.time);
      samples.push(sample);
    }
  }
  const heights = samples.map((sample) => (sample === null ? null : seriesBytes(sample)));
  let floor = samples.map(() => 0);
  const edges = shown.map((series) => {
    floor = floor.map((bytes, index) => bytes + (heights[index]?.[series] ?? 0));
    return floor.map((bytes, index) => (heights[index] === null ? null : bytes));
  });
  return { times, samples, edges, process: samples.map((sample) => sample?.rss ?? null) };
}

/** The cell that ran at a moment, the latest where several did; one within the tolerance where none ran then. */
export function spanAt(spans: readonly CellSpan[], time: number, tolerance: number): CellSpan | null {
  const distance = ({ from, to }: Span): number => Math.max(0, from - time, time - to);
  let best: CellSpan | null = null;
  for (const span of spans) {
    if (distance(span) <= tolerance && (best === null || distance(span) <= distance(best))) best = span;
  }
  return best;
}
