/**
 * What grows, who holds it and which lines made it: some more iterations between two heap snapshots, while V8 notes down
 * the place of each object that is made.
 */
import type { Holder } from '@heapmark/protocol';
import type { GrownKind, HeapMark } from '../../ipc/heap.js';
import type { RuntimeContext } from '../../runtime/context.js';
import { READING_NOISE } from '../reading.js';
import type { SamplingProfile } from '../trace/samples.js';
import { allocatingLines, lineOf, type AllocatingLine } from './lines.js';
import type { Iterate, Runner } from './run.js';
import type { Findings, LeakSearch } from './search.js';

/** Iterations between the snapshots, at least; and their time, ms, which is several times the plain one. */
const LEAST_WITNESSED = 100;
const FEWEST_WITNESSED = 10;
const WITNESSED_MS = 1_500;
const SLOWER = 5;
/** Their growth is to be so many times the noise of a reading. */
const ABOVE_NOISE = 5;
/** Iterations of the traced code before the first snapshot. */
const REHEARSED = 10;
/** Kinds that are told. */
const MOST_KINDS = 12;
/** And containers that hold them. */
const MOST_ROWS = 14;
/** Longest that a stretch of witnessed iterations may go on, ms. */
const LONGEST_MS = 8_000;

/** What grows of one kind in one container, by the objects of the witnessed iterations. */
export interface GrowingKind {
  readonly kind: string;
  readonly bytesPerIteration: number;
  /** Objects per iteration. */
  readonly count: number;
  readonly holder: Holder | null;
  /** `cell [3]:4`, and its text. */
  readonly line: string | null;
  readonly source: string | null;
}

export interface Explanation {
  readonly growth: readonly GrowingKind[];
  /** Why nothing could be found out. */
  readonly reason: string | null;
}

/** What it takes to explain; passed in, so that tests need no snapshot. */
export interface ExplainTools {
  /** Takes the first snapshot; a text says why none was taken. */
  mark(): Promise<HeapMark | string>;
  /** Takes the second one. */
  grown(mark: HeapMark, most: number): Promise<GrownKind[]>;
  holderOf(found: NonNullable<GrownKind['holder']>): Holder;
  /** The same iterations in code that tells its lines; `null` where there is no such code. */
  traced(): Promise<Iterate | null>;
  /** Begins to note down where objects are made; `null` where something else does so already. */
  sampling(): { profile(): SamplingProfile; stop(): void } | null;
  readonly placeOf: RuntimeContext['placeOf'];
}

/** @param findings what is to be explained. */
export async function explainGrowth(
  search: LeakSearch,
  findings: Pick<Findings, 'trend' | 'byKind'>,
  tools: ExplainTools,
): Promise<Explanation> {
  const { runner, probes } = search;
  const count = witnessed(runner, findings);
  const traced = await tools.traced();
  if (traced !== null) runner.replace(traced);
  runner.until = probes.now() + LONGEST_MS;
  await runner.run(Math.min(REHEARSED, count));
  await probes.settle();
  const mark = await tools.mark();
  if (typeof mark === 'string') return { growth: [], reason: mark };
  const sampling = tools.sampling();
  const begun = runner.done;
  try {
    runner.until = probes.now() + LONGEST_MS;
    await runner.run(count);
    const iterations = runner.done - begun;
    await probes.settle();
    const kinds = await tools.grown(mark, MOST_KINDS);
    // Only now: the profile and what it is read into would be found to have grown.
    const lines = sampling === null ? [] : allocatingLines(sampling.profile(), tools.placeOf);
    const growth = kinds.flatMap((kind) => growing(kind, iterations, lines, tools));
    growth.sort((a, b) => b.bytesPerIteration - a.bytesPerIteration);
    return { growth: growth.slice(0, MOST_ROWS), reason: null };
  } finally {
    sampling?.stop();
  }
}

/** How many iterations are looked at: enough to stand out, as long as time and memory allow. */
function witnessed({ eachMs, left }: Runner, { trend, byKind }: Pick<Findings, 'trend' | 'byKind'>): number {
  const rate = Math.max(1, trend.slope?.rate ?? 0);
  const outside = [byKind.native, byKind.tensors].map(({ state, slope }) =>
    state === 'grows' ? (slope?.rate ?? 0) : 0,
  );
  const enough = Math.max(Math.ceil((ABOVE_NOISE * READING_NOISE) / rate), LEAST_WITNESSED);
  const inTime = Math.max(Math.floor(WITNESSED_MS / SLOWER / Math.max(eachMs, 1e-6)), FEWEST_WITNESSED);
  const inMemory = Math.floor(left / 2 / Math.max(rate, ...outside));
  return Math.max(1, Math.min(enough, inTime, inMemory));
}

function growing(
  kind: GrownKind,
  iterations: number,
  lines: readonly AllocatingLine[],
  { holderOf }: Pick<ExplainTools, 'holderOf'>,
): GrowingKind[] {
  const line = lineOf(kind, lines);
  const row = (holder: Holder | null, count: number, bytes: number): GrowingKind => ({
    kind: kind.kind,
    bytesPerIteration: bytes / iterations,
    count: count / iterations,
    holder,
    line: line?.place ?? null,
    source: line?.source ?? null,
  });
  if (kind.held.length === 0) return [row(null, kind.count, kind.bytes)];
  return kind.held.map(({ holder, count, bytes }) => row(holderOf(holder), count, bytes));
}
