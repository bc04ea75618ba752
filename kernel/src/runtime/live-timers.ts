/**
 * The timers that cells have started and that are still to fire. An interrupt clears those of its cell; when no cell
 * runs, those of all cells. Timers are held weakly: one that was cleared or has fired keeps nothing alive here.
 */
import type { CellRun } from './cell-run.js';

export type TimerKind = 'setTimeout' | 'setInterval' | 'setImmediate';

/** A timer, in the words of the code that started it. */
interface Entry {
  readonly timer: WeakRef<object>;
  readonly kind: TimerKind;
  readonly callback: string;
}

/** Entries of one run that are looked through at the earliest. */
const FIRST_LOOK = 16;

export class LiveTimers {
  private readonly runs = new Map<CellRun, { entries: Entry[]; nextLook: number }>();

  /** @param clear stops a timer of any kind. */
  constructor(private readonly clear: (timer: object) => void) {}

  /** A cell, or what goes on of one that is over, started a timer. One that was interrupted starts none. */
  add(run: CellRun, timer: object, kind: TimerKind, callback: string): void {
    if (run.stopped) {
      this.clear(timer);
      return;
    }
    let own = this.runs.get(run);
    if (own === undefined) this.runs.set(run, (own = { entries: [], nextLook: FIRST_LOOK }));
    own.entries.push({ timer: new WeakRef(timer), kind, callback });
    if (own.entries.length < own.nextLook) return;
    own.entries = own.entries.filter(isPending);
    own.nextLook = Math.max(FIRST_LOOK, own.entries.length * 2);
  }

  /** Clears the timers of one run. */
  stop(run: CellRun): void {
    const entries = this.runs.get(run)?.entries ?? [];
    this.runs.delete(run);
    for (const { timer } of entries) {
      const target = timer.deref();
      if (target !== undefined) this.clear(target);
    }
  }

  /** Clears the timers of all runs; gives what was pending, by run. */
  stopAll(): { run: CellRun; what: string }[] {
    const stopped = [...this.runs].flatMap(([run, { entries }]) => {
      const pending = entries.filter(isPending);
      return pending.length === 0 ? [] : [{ run, what: describe(pending) }];
    });
    for (const run of [...this.runs.keys()]) this.stop(run);
    return stopped;
  }

  /** What is pending, by run. */
  pending(): { run: CellRun; what: string; count: number }[] {
    this.prune();
    return [...this.runs].flatMap(([run, { entries }]) =>
      [...counted(entries)].map(([what, count]) => ({ run, what, count })),
    );
  }

  /** Forgets the runs that have no timer left. */
  prune(): void {
    for (const [run, own] of this.runs) {
      own.entries = own.entries.filter(isPending);
      if (own.entries.length === 0) this.runs.delete(run);
    }
  }
}

/** Node marks a timer that fired or was cleared. */
function isPending({ timer }: Entry): boolean {
  const target = timer.deref();
  return target !== undefined && (target as { _destroyed?: boolean })._destroyed !== true;
}

/** How many there are of those that look alike: `setInterval(tick)`. */
function counted(entries: readonly Entry[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { kind, callback } of entries) {
    const words = callback === '' ? kind : `${kind}(${callback})`;
    counts.set(words, (counts.get(words) ?? 0) + 1);
  }
  return counts;
}

/** `2 × setInterval(tick), setTimeout`. */
const describe = (entries: readonly Entry[]): string =>
  [...counted(entries)].map(([words, count]) => (count === 1 ? words : `${count} × ${words}`)).join(', ');
