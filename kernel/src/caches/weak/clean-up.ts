/** A walk over the entries of a weak map in short slices, so that a million of them block nobody. */
import { SLICE_MS } from '../policy/sweeper.js';

/** Entries between two looks at the clock: few, since each may call a callback of the user's. */
const LOOKS_A_CLOCK = 8;

export interface CleanUpTarget {
  /** Goes through all entries, removing as it goes; each step looks at one. */
  steps(): Iterator<unknown>;
}

/** Walks when asked, one slice a turn of the event loop; keeps neither its target nor the process alive. */
export class CleanUp {
  private walk: Iterator<unknown> | null = null;
  private again = false;
  private scheduled = false;
  private readonly target: WeakRef<CleanUpTarget>;

  constructor(target: CleanUpTarget) {
    this.target = new WeakRef(target);
  }

  /** Asks for a walk; one that is under way is followed by another. */
  request(): void {
    if (this.walk !== null) this.again = true;
    this.schedule();
  }

  private schedule(): void {
    if (this.scheduled) return;
    this.scheduled = true;
    setImmediate(() => this.slice()).unref();
  }

  private slice(): void {
    this.scheduled = false;
    const target = this.target.deref();
    if (target === undefined) return;
    this.walk ??= target.steps();
    const until = performance.now() + SLICE_MS;
    for (let looked = 1; ; looked += 1) {
      if (this.walk.next().done === true) {
        this.walk = null;
        if (!this.again) return;
        this.again = false;
        break;
      }
      if (looked % LOOKS_A_CLOCK === 0 && performance.now() >= until) break;
    }
    this.schedule();
  }
}
