/** What each run of a cell cost, as the kernel told it. */
import type { CellRecord } from '@heapmark/protocol';

export type CellOrder = 'cost' | 'order';

const MOST_RUNS = 1000;

export class CellHistory {
  /** By when the run started, oldest first. */
  #runs: CellRecord[] = [];
  readonly #latestById = new Map<string, CellRecord>();

  get runs(): readonly CellRecord[] {
    return this.#runs;
  }

  /** The run that goes on now. */
  get running(): CellRecord | null {
    return this.#runs.findLast(({ status }) => status === 'running') ?? null;
  }

  /** The latest run of a notebook's cell. */
  latestOf(cellId: string): CellRecord | null {
    return this.#latestById.get(cellId) ?? null;
  }

  /** Takes a record that is new or says more about a known run. */
  put(record: CellRecord): void {
    const index = this.#runs.findLastIndex((run) => isSameRun(run, record));
    if (index === -1) this.#insert(record);
    else this.#runs[index] = record;
    this.#index(record);
  }

  /** Replaces everything by what the kernel knows. */
  replace(records: readonly CellRecord[]): void {
    this.clear();
    for (const record of records) this.put(record);
  }

  clear(): void {
    this.#runs = [];
    this.#latestById.clear();
  }

  #insert(record: CellRecord): void {
    const before = this.#runs.findLastIndex((run) => run.startedAt <= record.startedAt);
    this.#runs.splice(before + 1, 0, record);
    if (this.#runs.length > MOST_RUNS) this.#runs.shift();
  }

  #index(record: CellRecord): void {
    if (record.cellId === null) return;
    const known = this.#latestById.get(record.cellId);
    if (known === undefined || known.startedAt <= record.startedAt) this.#latestById.set(record.cellId, record);
  }
}

/**
 * Whether a record tells of a known run. Counts start anew after a restart, so the time of the start counts too, but not
 * while the run goes on: who announces it may see it begin a little earlier than who measures it.
 */
const isSameRun = (known: CellRecord, record: CellRecord): boolean =>
  known.executionCount === record.executionCount &&
  known.cellId === record.cellId &&
  (known.status === 'running' || known.startedAt === record.startedAt);

/** What tells one run from another. */
export const runKey = ({ executionCount, startedAt }: CellRecord): string => `${executionCount} ${startedAt}`;

/**
 * Bytes a run keeps, by which runs are ranked: memory and tensors. `null` while neither is known; 0 for a run whose runtime
 * has ended, since nothing is left of it.
 */
export function costOf({ delta, tensorDelta, lost }: CellRecord): number | null {
  if (lost) return 0;
  return delta === null && tensorDelta === null ? null : (delta ?? 0) + (tensorDelta ?? 0);
}

/** The runs for a list: the running one first, then by what they keep, or the newest first. */
export function arrangeRuns(runs: readonly CellRecord[], order: CellOrder): CellRecord[] {
  const running = (run: CellRecord): number => (run.status === 'running' ? 1 : 0);
  const size = (run: CellRecord): number => Math.abs(costOf(run) ?? 0);
  return [...runs].sort(
    (a, b) => running(b) - running(a) || (order === 'cost' ? size(b) - size(a) : 0) || b.startedAt - a.startedAt,
  );
}

/** The part of the largest cost, 0 to 1, that a run's bar fills. */
export function barShare(run: CellRecord, largest: number): number {
  return largest <= 0 ? 0 : Math.min(1, Math.abs(costOf(run) ?? 0) / largest);
}

export const largestCost = (runs: readonly CellRecord[]): number =>
  runs.reduce((largest, run) => Math.max(largest, Math.abs(costOf(run) ?? 0)), 0);

const MOST_EXPENSIVE = 3;

/** Runs that cost less than this share of the largest do not stand out. */
const OUTSTANDING_SHARE = 0.02;

/** Keys of the runs that keep most, three at most. */
export function mostExpensive(runs: readonly CellRecord[]): ReadonlySet<string> {
  const kept = (run: CellRecord): number => costOf(run) ?? 0;
  const largest = Math.max(0, ...runs.map(kept));
  const outstanding = runs.filter((run) => kept(run) > 0 && kept(run) >= largest * OUTSTANDING_SHARE);
  return new Set(
    outstanding
      .sort((a, b) => kept(b) - kept(a))
      .slice(0, MOST_EXPENSIVE)
      .map(runKey),
  );
}

/** The latest run of the latest cells that ran as one batch, when no other cell ran since; null otherwise. */
export function latestBatch(runs: readonly CellRecord[]): CellRecord | null {
  const latest = runs.reduce<CellRecord | null>(
    (newest, run) => (newest === null || run.startedAt > newest.startedAt ? run : newest),
    null,
  );
  return latest !== null && !latest.lost && (latest.group?.length ?? 0) > 1 ? latest : null;
}
