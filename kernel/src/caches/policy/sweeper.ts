/** Looks for expired entries from time to time; never keeps the process, nor the cache, alive. */

export interface Sweepable {
  /** Removes what is over, for at most `budgetMs`; whether it came to the end. */
  sweep(budgetMs: number): boolean;
  readonly entries: { readonly size: number };
}

/** One slice of a sweep, ms: shorter than anybody notices. */
export const SLICE_MS = 2;
/** Between two slices of one sweep, ms: others get their turn. */
const PAUSE_MS = 1;
const LONGEST_DELAY_MS = 2 ** 31 - 1;

export class Sweeper {
  private waiting = false;
  private readonly target: WeakRef<Sweepable>;

  /** @param everyMs between two sweeps while there are entries. */
  constructor(
    target: Sweepable,
    private readonly everyMs: number,
  ) {
    this.target = new WeakRef(target);
  }

  /** There is something that will end. */
  expect(): void {
    if (!this.waiting) this.wait(this.everyMs);
  }

  private wait(ms: number): void {
    this.waiting = true;
    setTimeout(() => this.run(), Math.min(Math.max(ms, PAUSE_MS), LONGEST_DELAY_MS)).unref();
  }

  private run(): void {
    const target = this.target.deref();
    this.waiting = false;
    if (target === undefined) return;
    const finished = target.sweep(SLICE_MS);
    if (target.entries.size > 0) this.wait(finished ? this.everyMs : PAUSE_MS);
  }
}
