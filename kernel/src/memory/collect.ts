/** Collections asked for, and how long they are expected to take. */
import type { GcRecord } from '@heapmark/protocol';
import type { GcLog } from './gc-log.js';
import type { CollectOptions } from './memory.js';
import type { Probes } from './probes.js';
import { returnedBetween, sampleNow, spacesOf } from './usage.js';

/** Pause of a full collection for each byte of live heap before any was measured: 1.8 s at 1 GB. */
const FIRST_RATE = 1.8 / 1e6;
/** What a collection takes on an empty heap, ms. */
const LEAST_PAUSE = 3;

/** Collects, and learns from each pause how long the next will be. */
export class Collector {
  private rate = FIRST_RATE;
  private readonly startedAt: number;

  constructor(
    private readonly probes: Probes,
    private readonly log: GcLog,
    private readonly isRunning: () => boolean,
  ) {
    this.startedAt = probes.now();
  }

  /** Expected pause of one full collection now, ms: from the heap in use and the pauses measured so far. */
  predictedPause(): number {
    return LEAST_PAUSE + this.probes.heap().used_heap_size * this.rate;
  }

  /** One collection now; gives its pause in ms, `null` where the collector cannot be reached. */
  now(kind: 'full' | 'minor' = 'full'): number | null {
    const start = this.probes.now();
    if (!this.probes.collect(kind)) return null;
    const pause = this.probes.now() - start;
    const live = this.probes.heap().used_heap_size;
    // A pause on a small heap says little about a large one.
    if (kind === 'full' && live > 0 && pause > LEAST_PAUSE) {
      const measured = (pause - LEAST_PAUSE) / live;
      this.rate = this.rate * 0.5 + Math.max(measured, FIRST_RATE / 20) * 0.5;
    }
    return pause;
  }

  /**
   * A full collection leaves nothing behind only when it is done twice with a macrotask between: finalisers and weak
   * callbacks of the first free what the second collects. Gives the longest pause.
   */
  async fully(): Promise<number | null> {
    const first = this.now();
    await this.probes.macrotask();
    const second = this.now();
    return first === null || second === null ? null : Math.max(first, second);
  }

  /** `%gc`. */
  async record({ minor = false, stats = false }: CollectOptions = {}): Promise<GcRecord> {
    const { probes } = this;
    const busy = this.isRunning();
    const before = sampleNow(probes, { busy });
    const pause = minor ? this.now('minor') : await this.fully();
    const after = sampleNow(probes, { busy });
    // The observer hears of a collection in a later macrotask.
    if (stats) await probes.macrotask();
    const elapsed = probes.now() - this.startedAt;
    return {
      kind: minor ? 'minor' : 'full',
      before,
      after,
      returned: returnedBetween(before, after),
      pauseMs: pause ?? 0,
      collected: null,
      stats: stats ? this.log.records() : null,
      spaces: stats ? spacesOf(probes) : null,
      timeShare: elapsed > 0 ? Math.min(1, this.log.totalMs / elapsed) : null,
    };
  }
}
