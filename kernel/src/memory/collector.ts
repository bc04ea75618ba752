/** Forced collections, what they returned, and how long they pause. */
import type { GcRecord, MemorySample } from '@heapmark/protocol';
import type { CollectionCounter } from './collections.js';
import { returned } from './difference.js';
import type { Probes } from './probes.js';
import { sampleNow } from './standing.js';

/** Pause of a full collection for each byte of live heap, ms, before one was measured: 1.8 s at 1 GB on a slow machine. */
const FIRST_GUESS_MS_PER_BYTE = 1.8e-6;
/** Shortest pause, ms, that a prediction gives: an empty heap has roots to go through, too. */
const LEAST_PAUSE_MS = 3;
/** Weight of the newest measurement. */
const NEWEST = 0.5;

export class Collector {
  private msPerByte = FIRST_GUESS_MS_PER_BYTE;
  private readonly startedAt: number;

  constructor(
    private readonly probes: Probes,
    private readonly counter: Pick<CollectionCounter, 'stats' | 'totalMs'>,
    private readonly isRunning: () => boolean,
  ) {
    this.startedAt = probes.now();
  }

  /** What a full collection would pause the kernel for now, ms, from the pauses measured so far. */
  predictedPauseMs(): number {
    return LEAST_PAUSE_MS + this.msPerByte * this.probes.memory().heapUsed;
  }

  /**
   * One full collection, synchronously.
   * @returns the pause, ms; `null` where the collector cannot be reached.
   */
  full(): number | null {
    const before = this.probes.memory().heapUsed;
    const start = this.probes.now();
    if (!this.probes.collect('full')) return null;
    const pause = this.probes.now() - start;
    if (before > 0) this.msPerByte += NEWEST * (pause / before - this.msPerByte);
    return pause;
  }

  /**
   * Collects all that can be: one collection leaves what weak callbacks and buffers' finalisers free only afterwards,
   * so a second follows a macrotask later.
   * @returns the longest pause, ms.
   */
  async thorough(): Promise<number | null> {
    const first = this.full();
    await this.probes.macrotask();
    const second = this.full();
    return first === null || second === null ? null : Math.max(first, second);
  }

  /** What `gc()` gives. */
  async collect({ minor = false, stats = false }: { minor?: boolean; stats?: boolean } = {}): Promise<GcRecord> {
    const before = this.sample();
    const pause = minor ? this.minor() : await this.thorough();
    // Node tells of a collection in a later task.
    if (stats) await this.probes.macrotask();
    const after = this.sample();
    return {
      kind: minor ? 'minor' : 'full',
      before,
      after,
      returned: returned(before, after),
      pauseMs: pause ?? 0,
      collected: null,
      stats: stats ? this.counter.stats() : null,
      timeShare: stats ? this.timeShare() : null,
    };
  }

  private minor(): number | null {
    const start = this.probes.now();
    return this.probes.collect('minor') ? this.probes.now() - start : null;
  }

  private timeShare(): number | null {
    const elapsed = this.probes.now() - this.startedAt;
    return elapsed > 0 ? Math.min(1, this.counter.totalMs() / elapsed) : null;
  }

  private sample(): MemorySample {
    return sampleNow(this.probes, this.isRunning());
  }
}
