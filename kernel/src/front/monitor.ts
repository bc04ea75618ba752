/**
 * Live samples of the runtime's memory: often while a cell runs, seldom when it is idle, none when nobody looks.
 */
import type { MemorySample } from '@heapmark/protocol';
import type { RawUsage } from '../ipc/messages.js';

/** Time between samples, ms, while a cell runs, and when the runtime is idle and somebody watches. */
const BUSY_MS = 250;
const IDLE_MS = 2_000;
/** While a limit is set it must be noticed soon, ms. */
const GUARDED_MS = 50;
/** A cell that ends sooner than this, ms, is not sampled. */
const SETTLE_IN_MS = 100;
/** How long, ms, one sample may take before it is called missing. */
const ANSWER_MS = 1_000;

export interface SampleSource {
  readonly pid: number | null;
  readonly heapLimit: number | null;
  watch(everyMs: number | null): void;
  sample(withinMs: number): Promise<RawUsage | null>;
}

export class Monitor {
  private busy = false;
  private watched = false;
  private guarded = false;
  private interval: number | null = null;
  private starting: NodeJS.Timeout | null = null;

  /**
   * @param onUsage told every sample that was pushed.
   * @param resident resident bytes of a process by the system, `null` where it does not tell.
   */
  constructor(
    private readonly source: SampleSource,
    private readonly resident: (pid: number) => number | null,
    private readonly onUsage: (usage: RawUsage, sample: MemorySample) => void,
  ) {}

  /** A cell began or ended. */
  setBusy(busy: boolean): void {
    this.busy = busy;
    if (this.starting !== null) clearTimeout(this.starting);
    this.starting = null;
    if (busy && !this.guarded) {
      this.starting = setTimeout(() => {
        this.starting = null;
        this.apply();
      }, SETTLE_IN_MS);
    } else this.apply();
  }

  /** Somebody began or ceased to look at live samples. */
  setWatched(watched: boolean): void {
    this.watched = watched;
    this.apply();
  }

  /** A limit is set, so that samples are needed whenever a cell runs, and soon. */
  setGuarded(guarded: boolean): void {
    this.guarded = guarded;
    this.apply();
  }

  /** A new runtime knows of no wishes yet. */
  renew(): void {
    this.interval = null;
    this.apply();
  }

  /** A sample pushed by the runtime's monitor. */
  take(usage: RawUsage): void {
    this.onUsage(usage, this.toSample(usage));
  }

  /** Where memory stands now. Figures the runtime did not give in time are `null`. */
  async now(): Promise<MemorySample> {
    const usage = await this.source.sample(ANSWER_MS);
    return this.toSample(usage);
  }

  private apply(): void {
    const wanted = this.wanted();
    if (wanted === this.interval) return;
    this.interval = wanted;
    this.source.watch(wanted);
  }

  private wanted(): number | null {
    if (this.busy && this.starting === null) return this.guarded ? GUARDED_MS : BUSY_MS;
    return this.watched ? IDLE_MS : null;
  }

  private toSample(usage: RawUsage | null): MemorySample {
    const { pid, heapLimit } = this.source;
    const external = usage?.external ?? null;
    const arrayBuffers = usage?.arrayBuffers ?? null;
    return {
      time: usage?.time ?? Date.now(),
      rss: (pid === null ? null : this.resident(pid)) ?? usage?.rss ?? null,
      heapUsed: usage?.heapUsed ?? null,
      heapTotal: usage?.heapTotal ?? null,
      heapLimit,
      arrayBuffers,
      otherExternal: external === null || arrayBuffers === null ? null : Math.max(0, external - arrayBuffers),
      workers: null,
      native: null,
      tensors: usage?.tensors ?? null,
      gpu: null,
      busy: this.busy,
    };
  }
}
