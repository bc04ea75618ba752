/** Runs iterations in stretches, so that an interrupt, the clock and the memory are looked at between them. */
import type { LeakProbes } from './probes.js';

/** So many iterations, one after the other; `from` is the number of the first. */
export type Iterate = (from: number, count: number) => Promise<unknown> | void;

/** A stretch takes about so long, ms: an interrupt waits no longer for its end. */
const STRETCH_MS = 25;
/** With `--async`, what iterations have started may go on for so long, ms, and is looked at so often. */
const LONGEST_WAIT_MS = 2_000;
const LOOK_MS = 10;
/** It goes on for ever when nothing has ended in so long. */
const STILL_MS = 60;

/** Why iterations ended before their number was reached. */
export type Ended = 'memory' | 'time' | null;

export interface RunnerOptions {
  readonly probes: LeakProbes;
  readonly signal: AbortSignal;
  /** On {@link LeakProbes.now}'s clock. */
  readonly until: number;
  /** Waits for what the iterations have started. */
  readonly waits: boolean;
  /** Told after each stretch. */
  readonly ran: (iterations: number) => void;
}

export class Runner {
  /** Iterations so far. */
  done = 0;
  /** Time of one, ms, by the last stretches. */
  eachMs = 0;
  private readonly begun: number;
  private readonly room: number;
  private readonly active: number;
  /** When the time is over, on {@link LeakProbes.now}'s clock. */
  until: number;

  constructor(
    private iterate: Iterate,
    private readonly options: RunnerOptions,
  ) {
    const { probes } = options;
    this.until = options.until;
    this.begun = probes.inUse();
    this.room = probes.room();
    this.active = probes.activity();
  }

  /** Other code for the same iterations. */
  replace(iterate: Iterate): void {
    this.iterate = iterate;
  }

  /** Bytes that are left of what may be taken. */
  get left(): number {
    return this.room - Math.max(0, this.options.probes.inUse() - this.begun);
  }

  /** Runs so many more; says why it ran fewer. Rejects when the cell is interrupted, and with what an iteration throws. */
  async run(count: number): Promise<Ended> {
    const { probes, signal, ran } = this.options;
    for (let left = count; left > 0;) {
      signal.throwIfAborted();
      const stretch = Math.min(left, this.stretch());
      const began = probes.now();
      await this.iterate(this.done, stretch);
      const elapsed = probes.now() - began;
      this.done += stretch;
      left -= stretch;
      this.eachMs = elapsed / stretch;
      ran(this.done);
      // The front's word of an interrupt comes in a task of its own.
      if (elapsed >= 1) await probes.macrotask();
      signal.throwIfAborted();
      if (probes.now() >= this.until) return 'time';
      if (this.left <= 0 && (await this.isFull())) return 'memory';
    }
    if (this.options.waits) await this.quieten();
    return null;
  }

  private stretch(): number {
    if (this.done === 0) return 1;
    // At most some times more than before: the time of few says little.
    return Math.max(1, Math.min(8 * this.done, Math.floor(STRETCH_MS / Math.max(this.eachMs, 1e-6))));
  }

  private async isFull(): Promise<boolean> {
    await this.options.probes.settle();
    return this.left <= 0;
  }

  /** Until what iterations have started is over, or does not end. */
  private async quieten(): Promise<void> {
    const { probes, signal } = this.options;
    const began = probes.now();
    let active = probes.activity();
    let changed = began;
    while (active > this.active && probes.now() - began < LONGEST_WAIT_MS && probes.now() - changed < STILL_MS) {
      await probes.pause(LOOK_MS);
      signal.throwIfAborted();
      const now = probes.activity();
      if (now < active) changed = probes.now();
      active = now;
    }
  }
}
