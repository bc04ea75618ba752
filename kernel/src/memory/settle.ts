/**
 * Confirms what cells cost: two collections with a macrotask between, in idle time after the reply, never while cells
 * are queued and never when the pause is expected to be over the limit. What cannot be confirmed stays `settled: false`
 * with the reason.
 */
import { formatDuration, type CellRecord, type MemoryDelta } from '@heapmark/protocol';
import type { CellInfo } from '../runtime/context.js';
import { changesBetween, takeCensus, type Census } from './attribution.js';
import type { Collector } from './collect.js';
import type { MemoryContext } from './memory.js';
import type { Probes } from './probes.js';
import { deltaBetween, sumOf } from './usage.js';

/** Below this a change is noise of the engine: an empty cell leaves -1.9 to +0.9 kB. */
const NOISE = 2_048;
/** The same where no variable changed: V8 still compiles parts of the kernel and of Node that have become hot. */
const NOISE_WITHOUT_CHANGES = 16_384;
/**
 * A compiler thread of V8 reserves up to 256 kB of the heap while it works, which counts as used until it is done: the
 * lowest of some looks so many ms apart is taken.
 */
const COMPILER_WAIT = 40;
const LOOKS_AFTER = 2;
const LOOKS_BEFORE = 6;
/** What a census keeps for each name, bytes: taken out of the next delta where it is not measured. */
const CENSUS_BYTES = 120;
/** Censuses before the first measurement: the engine compiles the walk as it is used. */
const WARMING = 3;
const NUMBERS_AS_TEXT = 2_000;
const MOST_PENDING = 500;

interface Pending {
  readonly cell: CellInfo;
  readonly background: boolean;
}

interface Base {
  /** Without machine code: V8 compiles and throws away when it likes, whoever's code it is. */
  readonly usage: MemoryDelta;
  readonly kernel: MemoryDelta;
  readonly census: Census;
}

/** Decides when deltas are confirmed, and confirms them. */
export class Settler {
  private pending: Pending[] = [];
  private base: Base | null = null;
  private isQuiet = true;
  private begun = 0;
  private backgroundNow = false;
  private callOff: (() => void) | null = null;
  private settling = false;

  constructor(
    private readonly context: MemoryContext,
    private readonly probes: Probes,
    private readonly collector: Collector,
  ) {}

  /** Measures where the first cell will begin, when nothing has begun by then. */
  start(): void {
    this.schedule(0);
  }

  /** A cell's code is about to run: nothing of ours may. */
  cellBegins(): void {
    this.begun++;
    this.stop();
    this.backgroundNow = this.probes.activity() > 0;
  }

  cellEnded(cell: CellInfo): void {
    this.pending.push({ cell, background: this.backgroundNow });
    if (this.pending.length > MOST_PENDING) this.pending.shift();
    if (this.isQuiet) this.schedule(this.context.settings.settleDelayMs);
  }

  quiet(quiet: boolean): void {
    this.isQuiet = quiet;
    if (quiet) this.schedule(this.context.settings.settleDelayMs);
    else this.stop();
  }

  /** Another limit may allow what the old one did not. */
  settingsChanged(): void {
    if (this.isQuiet && this.pending.length > 0) this.schedule(this.context.settings.settleDelayMs);
  }

  stop(): void {
    this.callOff?.();
    this.callOff = null;
  }

  private schedule(delayMs: number): void {
    this.stop();
    this.callOff = this.probes.later(delayMs, () => {
      this.callOff = null;
      // No cell of the user's is running: an error of ours would be shown as one of the next. The cells stay unsettled.
      this.settle().catch(() => {
        this.pending = [];
      });
    });
  }

  private async settle(): Promise<void> {
    if (this.settling || this.context.isRunning() || !this.isQuiet) return;
    if (this.pending.length === 0 && this.base !== null) return;
    const obstacle = this.obstacle();
    if (obstacle !== null) {
      this.leaveUnsettled(obstacle);
      return;
    }
    this.settling = true;
    const begun = this.begun;
    try {
      if (this.base === null) this.warm();
      if (this.collector.now() === null) {
        this.leaveUnsettled('this Node does not let the kernel collect');
        return;
      }
      await this.probes.macrotask();
      if (begun !== this.begun || this.context.isRunning() || !this.isQuiet || this.obstacle() !== null) return;
      this.collector.now();
      const after = await this.lowest(LOOKS_AFTER);
      if (begun !== this.begun) return;
      this.conclude(after);
      await this.rebase(begun);
    } finally {
      this.settling = false;
    }
  }

  /** What V8 grows or compiles once is no cell's: the walk, and its table of numbers as texts (262 kB). */
  private warm(): void {
    for (let i = 0; i < NUMBERS_AS_TEXT; i++) String(i + 0.5);
    for (let i = 0; i < WARMING; i++) takeCensus(this.context, this.probes);
  }

  private obstacle(): string | null {
    const limit = this.context.settings.settlePauseLimitMs;
    if (limit <= 0) return 'confirming collections are turned off';
    const predicted = this.collector.predictedPause();
    if (predicted <= limit) return null;
    return `the collection that would confirm it is expected to take ${formatDuration(predicted)}, over the limit of ${formatDuration(limit)}`;
  }

  private conclude(after: MemoryDelta): void {
    const kernel = this.context.kernelBytes();
    const census = takeCensus(this.context, this.probes);
    const { base, pending } = this;
    this.pending = [];
    const kept = (census.size - (base?.census.size ?? 0)) * CENSUS_BYTES;
    this.base = { usage: { ...after, heapUsed: (after.heapUsed ?? 0) + kept }, kernel, census };
    if (pending.length === 0) return;
    if (base === null) {
      for (const cell of pending)
        this.send(cell, unsettledDelta(cell.cell), 'it ran before the first measurement', null, []);
      return;
    }
    const raw = deltaBetween(base.usage, after, base.kernel, kernel);
    const nothingChanged = changesBetween(base.census, census, null).length === 1;
    const byKind = withoutNoise(raw, nothingChanged ? NOISE_WITHOUT_CHANGES : NOISE);
    const delta = sumOf(byKind);
    const changes = changesBetween(base.census, census, delta);
    const [only, ...others] = pending;
    if (only !== undefined && others.length === 0) this.send(only, { byKind, after }, null, null, changes);
    else this.sendBatch(pending, delta, changes);
  }

  /**
   * One confirmed figure for all; each cell keeps its own, garbage and all, with the changes of the names it declared.
   * What no cell of the batch declared stands with the last one.
   */
  private sendBatch(pending: readonly Pending[], delta: number | null, changes: CellRecord['byVariable']): void {
    const cells = pending.map(({ cell }) => cell.tag.executionCount);
    const owner = (name: string): number | undefined => this.context.globals.get(name)?.owner?.executionCount;
    const reason = `it ran in one batch with others, and one collection was made for [${cells.join('], [')}]`;
    pending.forEach((each, index) => {
      const own = changes.filter(({ name, change }) => {
        const by = change === 'unattributed' ? undefined : owner(name);
        return by !== undefined && cells.includes(by)
          ? by === each.cell.tag.executionCount
          : index === pending.length - 1;
      });
      this.send(each, unsettledDelta(each.cell), reason, { cells, delta }, own);
    });
  }

  /** Measures anew where the next cell begins: the census itself has left something behind. */
  private async rebase(begun: number): Promise<void> {
    const idle = (): boolean => begun === this.begun && !this.context.isRunning();
    for (let i = 0; i < 2; i++) {
      await this.probes.macrotask();
      if (!idle() || this.obstacle() !== null) return;
      this.collector.now();
    }
    const usage = await this.lowest(LOOKS_BEFORE);
    if (this.base !== null && idle()) this.base = { ...this.base, usage, kernel: this.context.kernelBytes() };
  }

  /** The lowest of some looks, see {@link COMPILER_WAIT}; ends early when a cell begins. */
  private async lowest(looks: number): Promise<MemoryDelta> {
    const { begun } = this;
    let lowest = this.usageWithoutCode();
    for (let look = 1; look < looks && begun === this.begun; look++) {
      await this.probes.pause(COMPILER_WAIT);
      const usage = this.usageWithoutCode();
      if ((usage.heapUsed ?? 0) < (lowest.heapUsed ?? 0)) lowest = usage;
    }
    return lowest;
  }

  private usageWithoutCode(): MemoryDelta {
    const usage = this.context.usage();
    let code = 0;
    for (const { space_name: name, space_used_size: used } of this.probes.spaces())
      if (name.startsWith('code')) code += used;
    return { ...usage, heapUsed: usage.heapUsed === null ? null : usage.heapUsed - code };
  }

  private leaveUnsettled(reason: string): void {
    for (const cell of this.pending) this.send(cell, unsettledDelta(cell.cell), reason, null, []);
  }

  private send(
    { cell, background }: Pending,
    { byKind, after }: { byKind: MemoryDelta | null; after: MemoryDelta | null },
    unsettledReason: string | null,
    group: { cells: number[]; delta: number | null } | null,
    byVariable: CellRecord['byVariable'],
  ): void {
    const delta = byKind === null ? null : sumOf(byKind);
    const settled = unsettledReason === null;
    this.context.settled({
      cellId: cell.tag.cellId,
      executionCount: cell.tag.executionCount,
      status: cell.status,
      startedAt: cell.measure.startedAt,
      elapsedMs: cell.measure.elapsedMs,
      before: cell.measure.before,
      after,
      peak: null,
      peakKind: null,
      peakPrecision: 'unavailable',
      delta,
      deltaByKind: byKind,
      deltaPrecision: delta === null ? 'unavailable' : settled ? 'exact' : 'estimate',
      rssDelta: null,
      tensorDelta: null,
      settled,
      unsettledReason,
      group: group?.cells ?? null,
      groupDelta: group?.delta ?? null,
      background,
      byVariable,
      lost: false,
      source: cell.source,
    });
  }
}

function unsettledDelta({ measure: { before, after } }: CellInfo): {
  byKind: MemoryDelta | null;
  after: MemoryDelta | null;
} {
  return { byKind: before === null || after === null ? null : deltaBetween(before, after), after };
}

function withoutNoise(delta: MemoryDelta, floor: number): MemoryDelta {
  const total = sumOf(delta);
  if (total === null || Math.abs(total) >= floor || delta.arrayBuffers !== 0 || delta.otherExternal !== 0) return delta;
  return { heapUsed: 0, arrayBuffers: 0, otherExternal: 0 };
}
