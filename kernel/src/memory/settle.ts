/**
 * Confirms what cells cost: two collections with a macrotask between, in idle time after the reply, never while cells
 * are queued and never when the pause is expected to be over the limit. What cannot be confirmed stays `settled: false`
 * with the reason.
 */
import { formatDuration, type CellRecord, type MemoryDelta } from '@heapmark/protocol';
import type { CellInfo } from '../runtime/context.js';
import { changesBetween, takeCensus, type Census } from './attribution.js';
import type { Collector } from './collect.js';
import { batchRecords, confirmedRecord, unconfirmedRecord, type RanCell } from './delta-records.js';
import type { MemoryContext } from './memory.js';
import type { Probes } from './probes.js';
import { rehearse } from './rehearsal.js';
import { readSteady, shifted, type Reading } from './reading.js';
import { deltaBetween, sumOf } from './usage.js';

/** Below this a change is noise of the engine: an empty cell leaves -1.9 to +0.9 kB. */
const NOISE = 2_048;
/** The same where no variable changed: V8 still compiles parts of the kernel and of Node that have become hot. */
const NOISE_WITHOUT_CHANGES = 16_384;
/**
 * The same for the first cell: some things run for the first time with it, and it may begin before the start is over. So
 * much of its heap that no variable explains is left out, whether a variable changed or not.
 */
const NOISE_AT_START = 131_072;
/** From so many times that on, it does not count. */
const FAR_ABOVE = 100;
/** Collections beyond the first pair that look for the state in which nothing more goes. */
const ROUNDS = 4;
/** What a census keeps for each name, bytes: taken out of the next delta where it is not measured. */
const CENSUS_BYTES = 120;
const MOST_PENDING = 500;
const NO_COLLECTOR = 'this Node does not let the kernel collect';

/** Where the next cell begins. */
interface Base {
  readonly reading: Reading;
  readonly kernel: MemoryDelta;
  readonly census: Census;
  /** The noise of the reading, bytes, where no variable changed. */
  readonly noise: number;
}

/** Decides when deltas are confirmed, and confirms them. */
export class Settler {
  private pending: RanCell[] = [];
  private base: Base | null = null;
  private isQuiet = true;
  private begun = 0;
  private backgroundNow = false;
  private callOff: (() => void) | null = null;
  private settling = false;
  private on = true;
  /** Something of the kernel's own has run since the base was read. */
  private baseIsOld = false;

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

  /**
   * Names are about to be freed and no cell does it (the panel, say). Nothing is confirmed until the function that this
   * gives is called. What went between the two readings is then in no cell's delta: neither in those that wait for their
   * confirmation nor in the next.
   */
  freesOutside(): (names: readonly string[], before: Reading, after: Reading) => void {
    const begun = ++this.begun;
    this.stop();
    return (names, before, after) => {
      if (this.base !== null && this.isIdle(begun)) {
        const census = new Map(this.base.census);
        for (const name of names) census.delete(name);
        this.base = { ...this.base, reading: shifted(this.base.reading, before, after), census };
      }
      this.baseIsOld = true;
      if (this.isQuiet) this.schedule(this.context.settings.settleDelayMs);
    };
  }

  /** Whether cells are confirmed at all, whatever the limit: the switch of whoever has weak caches to keep. */
  get confirms(): boolean {
    return this.on;
  }

  set confirms(on: boolean) {
    this.on = on;
    this.settingsChanged();
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
    const { begun } = this;
    if (this.settling || !this.isIdle(begun)) return;
    if (this.pending.length === 0 && this.base !== null && !this.baseIsOld) return;
    const obstacle = this.obstacle();
    if (obstacle !== null) {
      this.leaveUnsettled(obstacle);
      return;
    }
    this.settling = true;
    try {
      const { base } = this;
      if (base === null) {
        await this.measureFirst(begun);
        return;
      }
      this.baseIsOld = false;
      if (this.pending.length === 0) {
        await this.read(begun, (reading) => this.rebase(reading, base.census));
        return;
      }
      let after: Reading | null = null;
      const collects = await this.read(begun, (reading) => (after = reading));
      if (!collects) this.leaveUnsettled(NO_COLLECTOR);
      else if (after !== null && this.isIdle(begun)) await this.conclude(base, after, begun);
    } finally {
      this.settling = false;
    }
  }

  private isIdle(begun: number): boolean {
    return begun === this.begun && !this.context.isRunning() && this.isQuiet;
  }

  private obstacle(): string | null {
    const limit = this.context.settings.settlePauseLimitMs;
    if (limit <= 0 || !this.on) return 'confirming collections are turned off';
    const predicted = this.collector.predictedPause();
    if (predicted <= limit) return null;
    return `the collection that would confirm it is expected to take ${formatDuration(predicted)}, over the limit of ${formatDuration(limit)}`;
  }

  private read(begun: number, see: (reading: Reading) => void): Promise<boolean> {
    const goOn = (): boolean => this.isIdle(begun) && this.obstacle() === null;
    return readSteady(this.probes, this.collector, { rounds: ROUNDS, goOn }, see);
  }

  /** Where the first cell begins. Each reading counts: it may begin after any of them. */
  private async measureFirst(begun: number): Promise<void> {
    rehearse(this.probes);
    await this.context.rehearse();
    const census = takeCensus(this.context, this.probes);
    const collects = await this.read(begun, (reading) => this.rebase(reading, census, NOISE_AT_START));
    if (this.isIdle(begun)) this.leaveUnsettled(collects ? 'it ran before the first measurement' : NO_COLLECTOR);
  }

  private rebase(reading: Reading, census: Census, noise = NOISE_WITHOUT_CHANGES): void {
    this.base = { reading, kernel: this.context.kernelBytes(), census, noise };
  }

  /**
   * Makes the records, and measures anew before it sends them: what making them left behind is no part of the next
   * cell, and whoever waits for them may run it at once.
   */
  private async conclude(base: Base, after: Reading, begun: number): Promise<void> {
    const { pending } = this;
    this.pending = [];
    const kernel = this.context.kernelBytes();
    const census = takeCensus(this.context, this.probes);
    const delta = deltaBetween(base.reading, after, base.kernel, kernel);
    const records = this.recordsOf(pending, delta, after, base, census);
    const kept = (census.size - base.census.size) * CENSUS_BYTES;
    this.base = {
      reading: { ...after, heapUsed: after.heapUsed + kept },
      kernel,
      census,
      noise: NOISE_WITHOUT_CHANGES,
    };
    try {
      await this.read(begun, (reading) => this.rebase(reading, census));
    } finally {
      for (const record of records) this.context.settled(record);
    }
  }

  private recordsOf(
    pending: readonly RanCell[],
    raw: MemoryDelta,
    after: Reading,
    { census: then, noise }: Base,
    now: Census,
  ): CellRecord[] {
    const nothingChanged = changesBetween(then, now, null).length === 1;
    const isFirst = noise > NOISE_WITHOUT_CHANGES;
    const byKind = nothingChanged
      ? withoutNoise(raw, noise, Buffer.poolSize)
      : withoutNoise(isFirst ? withoutRest(raw, changesBetween(then, now, sumOf(raw)), noise) : raw, NOISE, 0);
    const precision = isFirst && Math.abs(sumOf(byKind) ?? 0) < FAR_ABOVE * noise ? 'estimate' : 'exact';
    const changes = changesBetween(then, now, sumOf(byKind));
    const [only, ...others] = pending;
    if (only === undefined) return [];
    if (others.length === 0) return [confirmedRecord(only, byKind, precision, after, changes)];
    return batchRecords(pending, sumOf(byKind), changes, (name) => this.context.globals.get(name)?.owner ?? null);
  }

  private leaveUnsettled(reason: string): void {
    for (const cell of this.pending) this.context.settled(unconfirmedRecord(cell, reason));
  }
}

/** Without a small part of the heap that no variable explains; only where the variables' own sizes are exact. */
function withoutRest(delta: MemoryDelta, changes: CellRecord['byVariable'], noise: number): MemoryDelta {
  const rest = changes.at(-1);
  if (rest?.precision !== 'exact' || rest.bytes === null || delta.heapUsed === null) return delta;
  return Math.abs(rest.bytes) > noise ? delta : { ...delta, heapUsed: delta.heapUsed - rest.bytes };
}

/**
 * Without changes that are the engine's and Node's own. Small Buffers of all code come out of a common one, and texts on
 * their way to the front are external for a moment: `outside` bytes of each may be nobody's.
 */
function withoutNoise(delta: MemoryDelta, inHeap: number, outside: number): MemoryDelta {
  const { heapUsed, arrayBuffers, otherExternal } = delta;
  const isNoise = (bytes: number | null, noise: number): boolean => bytes !== null && Math.abs(bytes) <= noise;
  const all = isNoise(heapUsed, inHeap) && isNoise(arrayBuffers, outside) && isNoise(otherExternal, outside);
  return all ? { heapUsed: 0, arrayBuffers: 0, otherExternal: 0 } : delta;
}
