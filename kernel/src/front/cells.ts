/** What each execution cost: one record each, begun when it starts, corrected when a collection has confirmed it. */
import type { CellRecord, MemoryDelta } from '@heapmark/protocol';
import type { CellMeasure, CellTag, RawUsage } from '../ipc/messages.js';

/** Records kept; the oldest go first. */
const MAX_CELLS = 10_000;
const MAX_SOURCE_CHARACTERS = 200;

type PeakKind = NonNullable<CellRecord['peakKind']>;

/** A cell that runs: gathers its peak. */
interface Running {
  record: CellRecord;
  highest: Accounted | null;
  rssBefore: number | null;
  runtimeEnded: boolean;
}

/** The counters that a delta is the sum of, none counted twice. */
interface Accounted {
  total: number;
  heapUsed: number;
  /** Buffers and other external memory. */
  external: number;
  /** `null` where only the sum is known. */
  split: { arrayBuffers: number; otherExternal: number } | null;
}

export class CellStore {
  private readonly records: CellRecord[] = [];
  private running: Running | null = null;

  /**
   * @param onChange told the whole record each time it changes.
   * @param residentNow resident bytes of the runtime, `null` where the system does not tell.
   */
  constructor(
    private readonly onChange: (record: CellRecord) => void,
    private readonly residentNow: () => number | null,
  ) {}

  /** Records of the runtime that is there now: those whose memory is still to be accounted for. */
  living(): CellRecord[] {
    return this.records.filter((record) => !record.lost);
  }

  /** All records, the newest last; the last `limit` when given. */
  list(limit?: number): CellRecord[] {
    return limit === undefined ? [...this.records] : this.records.slice(-Math.max(1, limit));
  }

  begin(tag: CellTag, code: string, startedAt: number): void {
    const record: CellRecord = {
      cellId: tag.cellId,
      executionCount: tag.executionCount,
      status: 'running',
      startedAt,
      elapsedMs: null,
      before: null,
      after: null,
      peak: null,
      peakKind: null,
      peakPrecision: 'unavailable',
      delta: null,
      deltaByKind: null,
      deltaPrecision: 'unavailable',
      rssDelta: null,
      tensorDelta: null,
      settled: false,
      unsettledReason: 'the cell is running',
      group: null,
      groupDelta: null,
      background: false,
      byVariable: [],
      lost: false,
      source: firstLine(code),
    };
    this.running = { record, highest: null, rssBefore: this.residentNow(), runtimeEnded: false };
    this.records.push(record);
    if (this.records.length > MAX_CELLS) this.records.shift();
    this.onChange(record);
  }

  /** A sample taken while the cell ran. */
  observe(usage: RawUsage): void {
    const { running } = this;
    const seen = accounted(usage);
    if (running === null || seen === null) return;
    if (running.highest === null || seen.total > running.highest.total) running.highest = seen;
  }

  /** Execution count of the cell that runs; `null` for none. */
  runningCount(): number | null {
    return this.running?.record.executionCount ?? null;
  }

  /** The highest sum seen of the cell that runs, bytes: a floor of its peak. */
  peakSoFar(): number | null {
    return this.running?.highest?.total ?? null;
  }

  /** The cell is over. `measure` is `null` when the runtime was never reached or died. */
  end(status: 'ok' | 'error' | 'aborted', elapsedMs: number, measure: CellMeasure | null): void {
    const { running } = this;
    if (running === null) return;
    this.running = null;
    const { record } = running;
    const before = measure?.before ?? null;
    const after = measure?.after ?? null;
    const highest = [
      running.highest,
      accountedDelta(before),
      accountedDelta(after),
      beforeCollection(measure?.highest ?? null),
    ].reduce(higher, null);
    const rssAfter = this.residentNow();
    const byKind = difference(before, after);
    this.replace(record, {
      ...record,
      status,
      elapsedMs: measure?.elapsedMs ?? elapsedMs,
      before,
      after,
      // Buffers that are detached or shrink go without a collection: the truth may be higher between two looks.
      peak: highest?.total ?? null,
      peakKind: highest === null ? null : kindOf(highest, before, after),
      peakPrecision: highest === null ? 'unavailable' : 'atLeast',
      delta: byKind === null ? null : sum(byKind),
      deltaByKind: byKind,
      deltaPrecision: byKind === null ? 'unavailable' : 'estimate',
      tensorDelta: measure?.tensors?.delta ?? null,
      tensorPeak: measure?.tensors?.peak ?? null,
      rssDelta: rssAfter === null || running.rssBefore === null ? null : rssAfter - running.rssBefore,
      unsettledReason: measure === null ? 'the runtime did not measure it' : 'no collection has confirmed it yet',
      lost: running.runtimeEnded && measure === null,
    });
  }

  /** The runtime is gone, and with it all that cells kept. Who shows records learns it from the warning that follows. */
  runtimeEnded(): void {
    if (this.running !== null) this.running.runtimeEnded = true;
    this.records.forEach((record, at) => {
      if (record !== this.running?.record && !record.lost) this.records[at] = { ...record, lost: true };
    });
  }

  /** The runtime's confirmed figures of a cell; what the front knows better is kept. */
  settle(confirmed: CellRecord): void {
    const record = this.records.findLast(
      (candidate) =>
        candidate.executionCount === confirmed.executionCount && candidate.startedAt === confirmed.startedAt,
    );
    if (record === undefined) return;
    this.replace(record, {
      ...record,
      after: confirmed.after ?? record.after,
      delta: confirmed.delta,
      deltaByKind: confirmed.deltaByKind,
      deltaPrecision: confirmed.deltaPrecision,
      tensorDelta: confirmed.tensorDelta ?? record.tensorDelta,
      settled: confirmed.settled,
      unsettledReason: confirmed.unsettledReason,
      group: confirmed.group,
      groupDelta: confirmed.groupDelta,
      background: confirmed.background,
      byVariable: confirmed.byVariable,
    });
  }

  private replace(record: CellRecord, next: CellRecord): void {
    const at = this.records.lastIndexOf(record);
    if (at === -1) return;
    this.records[at] = next;
    this.onChange(next);
  }
}

function firstLine(code: string): string | null {
  const line = code.split('\n').find((text) => text.trim() !== '');
  return line === undefined ? null : line.trim().slice(0, MAX_SOURCE_CHARACTERS);
}

function accounted({ heapUsed, arrayBuffers, external }: RawUsage): Accounted | null {
  if (heapUsed === null || arrayBuffers === null || external === null) return null;
  // `external` counts the buffers' stores too.
  return inAll(heapUsed, { arrayBuffers, otherExternal: Math.max(0, external - arrayBuffers) });
}

function accountedDelta(state: MemoryDelta | null): Accounted | null {
  if (state === null) return null;
  const { heapUsed, arrayBuffers, otherExternal } = state;
  if (heapUsed === null || arrayBuffers === null || otherExternal === null) return null;
  return inAll(heapUsed, { arrayBuffers, otherExternal });
}

function inAll(heapUsed: number, split: { arrayBuffers: number; otherExternal: number }): Accounted {
  const external = split.arrayBuffers + split.otherExternal;
  return { total: heapUsed + external, heapUsed, external, split };
}

/** V8 counts what is external in one sum. */
const beforeCollection = (counters: NonNullable<CellMeasure['highest']> | null): Accounted | null =>
  counters && { ...counters, total: counters.heapUsed + counters.external, split: null };

function higher(a: Accounted | null, b: Accounted | null): Accounted | null {
  if (a === null || b === null) return a ?? b;
  return b.total > a.total ? b : a;
}

/** The counter that rose most above where the cell began. */
function kindOf(peak: Accounted, before: MemoryDelta | null, after: MemoryDelta | null): PeakKind {
  const arrayBuffers = before?.arrayBuffers ?? 0;
  const otherExternal = before?.otherExternal ?? 0;
  const inHeap = peak.heapUsed - (before?.heapUsed ?? 0);
  const inExternal = peak.external - arrayBuffers - otherExternal;
  if (inHeap >= inExternal) return 'heapUsed';
  const { split } = peak;
  if (split !== null)
    return split.arrayBuffers - arrayBuffers >= split.otherExternal - otherExternal ? 'arrayBuffers' : 'otherExternal';
  // A collection took it before anybody saw which kind it was: what is left of it tells where most of it is left.
  if ((after?.arrayBuffers ?? 0) - arrayBuffers > inExternal / 2) return 'arrayBuffers';
  if ((after?.otherExternal ?? 0) - otherExternal > inExternal / 2) return 'otherExternal';
  return 'external';
}

function difference(before: MemoryDelta | null, after: MemoryDelta | null): MemoryDelta | null {
  if (before === null || after === null) return null;
  const of = (a: number | null, b: number | null) => (a === null || b === null ? null : b - a);
  return {
    heapUsed: of(before.heapUsed, after.heapUsed),
    arrayBuffers: of(before.arrayBuffers, after.arrayBuffers),
    otherExternal: of(before.otherExternal, after.otherExternal),
  };
}

function sum({ heapUsed, arrayBuffers, otherExternal }: MemoryDelta): number | null {
  return heapUsed === null || arrayBuffers === null || otherExternal === null
    ? null
    : heapUsed + arrayBuffers + otherExternal;
}
