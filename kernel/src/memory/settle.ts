/**
 * Confirms what cells cost. Right after a cell its garbage is still counted; two collections in idle time take that out,
 * and what is left against the last confirmed state is the delta.
 *
 * Nothing is collected while a cell runs or is queued, soon after the last one, or when the pause is predicted to be
 * longer than the user allows. The cells since the last confirmation then share the next one.
 */
import type { CellRecord, MemoryDelta, Precision, VariableChange } from '@heapmark/protocol';
import type { CellInfo, RuntimeContext } from '../runtime/context.js';
import type { Collector } from './collector.js';
import { subtract, total } from './difference.js';
import type { Probes } from './probes.js';

/** Size of a name, as a list of variables gives it. */
export interface NameSize {
  bytes: number;
  precision: Precision;
}

/** Sizes of the user's names, and of all together with shared parts once. */
export interface Sizes {
  names: Map<string, NameSize>;
  total: number | null;
}

/** Bytes that may come and go between two cells without anybody having allocated them. */
const NOISE_BYTES = 64 * 1024;

export class Settler {
  /** The state that the last confirmation left. */
  private base: MemoryDelta | null = null;
  private sizes: Sizes | null = null;
  private waiting: { cell: CellInfo; background: boolean }[] = [];
  private cancel: (() => void) | null = null;
  private calm = true;
  /** Counters at the end of the last cell or confirmation: what changed since then, no cell did. */
  private left: number | null = null;
  private background = false;
  private working = false;

  /** @param measure sizes of the names now; asked in idle time only. */
  constructor(
    private readonly context: Pick<RuntimeContext, 'isRunning' | 'settled' | 'settings' | 'usage' | 'kernelBytes'>,
    private readonly probes: Probes,
    private readonly collector: Collector,
    private readonly measure: () => Sizes,
  ) {}

  /** A cell is about to run. The first one waits for the confirmed state before it, some milliseconds of a small heap. */
  cellBegins(): void {
    this.stop();
    if (this.base === null && this.allowed() === null) this.takeBase();
    const now = total(this.context.usage());
    this.background = this.left !== null && now !== null && now - this.left > NOISE_BYTES;
  }

  cellEnded(cell: CellInfo): void {
    this.left = total(this.context.usage());
    if (!cell.silent) this.waiting.push({ cell, background: this.background });
    this.plan();
  }

  /** Whether no cell is queued. */
  quiet(calm: boolean): void {
    this.calm = calm;
    this.plan();
  }

  stop(): void {
    this.cancel?.();
    this.cancel = null;
  }

  private plan(): void {
    this.stop();
    if (!this.calm || this.waiting.length === 0) return;
    this.cancel = this.probes.later(this.context.settings.settleDelayMs, () => void this.settle());
  }

  /** `null` when a collection may be forced now, else why not. */
  private allowed(): string | null {
    const { settlePauseLimitMs: limit } = this.context.settings;
    if (limit === 0) return 'confirming collections are turned off';
    const pause = this.collector.predictedPauseMs();
    if (pause <= limit) return null;
    return `a collection would pause the kernel for about ${Math.round(pause)} ms (the limit is ${limit} ms)`;
  }

  private async settle(): Promise<void> {
    this.cancel = null;
    if (this.working || this.context.isRunning() || !this.calm) return;
    const refused = this.allowed();
    if (refused !== null) {
      for (const { cell, background } of this.waiting)
        this.context.settled(unconfirmed(cell, background, refused, null));
      return;
    }
    this.working = true;
    try {
      this.collector.full();
      await this.probes.macrotask();
      if (this.context.isRunning() || !this.calm) return;
      this.collector.full();
      this.conclude();
    } finally {
      this.working = false;
    }
  }

  private conclude(): void {
    const now = this.own();
    const { base, waiting } = this;
    const before = this.sizes;
    this.waiting = [];
    this.base = now;
    this.sizes = this.measure();
    this.left = total(this.context.usage());
    const last = waiting.at(-1);
    if (last === undefined) return;
    if (base === null) {
      const reason = 'there was no confirmed state before it to compare with';
      for (const { cell, background } of waiting) this.context.settled(unconfirmed(cell, background, reason, null));
      return;
    }
    const group = waiting.length > 1 ? waiting.map(({ cell }) => cell.tag.executionCount) : null;
    for (const { cell, background } of waiting.slice(0, -1)) {
      const reason = `ran as one batch: [${last.cell.tag.executionCount}] has the confirmed figure of all`;
      this.context.settled(unconfirmed(cell, background, reason, group));
    }
    const change = subtract(now, base);
    const delta = total(change);
    this.context.settled({
      ...recordOf(
        last.cell,
        waiting.some(({ background }) => background),
      ),
      delta,
      deltaByKind: change,
      deltaPrecision: 'exact',
      settled: true,
      unsettledReason: null,
      group,
      byVariable: attribute(before, this.sizes, delta),
    });
  }

  private takeBase(): void {
    this.collector.full();
    this.base = this.own();
    this.sizes = this.measure();
  }

  /** The counters less what the kernel itself took. */
  private own(): MemoryDelta {
    return subtract(this.context.usage(), this.context.kernelBytes());
  }
}

/** Which names account for a delta, the largest change first, and what no name explains. */
export function attribute(before: Sizes | null, after: Sizes, delta: number | null): VariableChange[] {
  if (before === null) return [rest(delta)];
  const changes: VariableChange[] = [];
  for (const [name, { bytes, precision }] of after.names) {
    const old = before.names.get(name);
    if (old === undefined) changes.push({ name, change: 'appeared', bytes, precision });
    else if (old.bytes !== bytes) {
      changes.push({ name, change: bytes > old.bytes ? 'grew' : 'shrank', bytes: bytes - old.bytes, precision });
    }
  }
  for (const [name, { bytes, precision }] of before.names) {
    if (!after.names.has(name)) changes.push({ name, change: 'gone', bytes: -bytes, precision });
  }
  changes.sort((a, b) => Math.abs(b.bytes ?? 0) - Math.abs(a.bytes ?? 0));
  const explained = after.total === null || before.total === null ? null : after.total - before.total;
  return [...changes, rest(delta === null || explained === null ? null : delta - explained)];
}

const rest = (bytes: number | null): VariableChange => ({
  name: 'unattributed',
  change: 'unattributed',
  bytes,
  precision: bytes === null ? 'unavailable' : 'estimate',
});

function unconfirmed(cell: CellInfo, background: boolean, reason: string, group: number[] | null): CellRecord {
  return { ...recordOf(cell, background), unsettledReason: reason, group };
}

/** What is known of a cell before any confirmation; the front adds the peak. */
function recordOf({ tag, status, measure, source }: CellInfo, background: boolean): CellRecord {
  const { before, after } = measure;
  const change = before === null || after === null ? null : subtract(after, before);
  return {
    cellId: tag.cellId,
    executionCount: tag.executionCount,
    status,
    startedAt: measure.startedAt,
    elapsedMs: measure.elapsedMs,
    before,
    after,
    peak: null,
    peakKind: null,
    peakPrecision: 'unavailable',
    delta: change === null ? null : total(change),
    deltaByKind: change,
    deltaPrecision: change === null ? 'unavailable' : 'estimate',
    rssDelta: null,
    tensorDelta: null,
    settled: false,
    unsettledReason: null,
    group: null,
    background,
    byVariable: [],
    source,
  };
}
