/** The execution of one cell, and which one the present async context belongs to. */
import { AsyncLocalStorage } from 'node:async_hooks';
import { setMaxListeners } from 'node:events';
import type { CellTag } from '../ipc/messages.js';

/** Awaits of a stopped cell that reject; later ones of the same cell never end. */
const MOST_REFUSALS = 100;

/** Stands for the cell of what belongs to none. */
export const NO_CELL: CellTag = { parentId: '', cellId: null, executionCount: 0 };

/** Why a cell ends before its code does; its name tells front ends which of the two it was. */
export class CellStopped extends Error {
  constructor(reason: 'interrupt' | 'memory') {
    super(
      reason === 'interrupt'
        ? 'The cell was interrupted.'
        : 'The cell was stopped before it went over the memory limit.',
    );
    this.name = reason === 'interrupt' ? 'KeyboardInterrupt' : 'MemoryLimitError';
  }
}

/**
 * One execution. Everything a cell starts (timers, promises) keeps its run alive for as long as it lives, so a run holds
 * little, and nothing of the cell's own once it is over.
 */
export class CellRun {
  over = false;
  /** Entries of the reply's `payload`. */
  payload: Record<string, unknown>[] = [];
  private controller: AbortController | null = null;
  private pending: Promise<unknown>[] = [];
  private refusals = 0;

  constructor(
    readonly id: number,
    readonly tag: CellTag,
    readonly allowStdin: boolean,
  ) {}

  /** Fires when the cell is interrupted. */
  get signal(): AbortSignal {
    return this.abortController().signal;
  }

  /** Why the cell was interrupted; `undefined` when it was not. */
  get abortReason(): unknown {
    return this.controller?.signal.reason as unknown;
  }

  /** The cell is not over before this output is sent, and fails when it fails. Output of late code looks after itself. */
  waitFor(output: Promise<unknown>): void {
    if (!this.over) this.pending.push(output);
  }

  /** Resolves when all that {@link waitFor} was given is done; rejects with the first failure. */
  async outputDone(): Promise<void> {
    while (this.pending.length > 0) {
      for (const result of await Promise.allSettled(this.pending.splice(0))) {
        if (result.status === 'rejected') throw result.reason;
      }
    }
  }

  /** Whether the cell was ended before its code did. */
  get stopped(): boolean {
    return this.controller?.signal.aborted === true;
  }

  /** Ends the cell early: rejects what waits on {@link signal}, and from now on each of its awaits. */
  abort(reason: Error): void {
    // A signal made later, by code that goes on after its cell's reply, must be aborted too.
    this.abortController().abort(reason);
    someStopped = true;
  }

  /** Whether code of this run, which was stopped, may be told so once more: one that always goes on is left waiting. */
  mayRefuse(): boolean {
    this.refusals += 1;
    return this.refusals <= MOST_REFUSALS;
  }

  private abortController(): AbortController {
    if (this.controller === null) {
      this.controller = new AbortController();
      // As many waits as the cell likes listen to it.
      setMaxListeners(0, this.controller.signal);
    }
    return this.controller;
  }

  /** The reply is made: nothing can interrupt it any longer. */
  end(): void {
    this.over = true;
    this.payload = [];
  }
}

const storage = new AsyncLocalStorage<CellRun | null>();
let latest: CellRun | null = null;
let someStopped = false;

/** Begins a cell: output that belongs to no cell's context is its own from now on. */
export function beginAs<T>(run: CellRun, code: () => T): T {
  latest = run;
  return runAs(run, code);
}

/** Runs code as part of a cell: all that it starts belongs to the cell. */
export const runAs = <T>(run: CellRun, code: () => T): T => storage.run(run, code);

/** Runs code that belongs to no cell. */
export const runAsNone = <T>(code: () => T): T => storage.run(null, code);

/** The run of the present async context; outside of any, the one begun last. `null` before the first. */
export function currentRun(): CellRun | null {
  return storage.getStore() ?? latest;
}

/** The run of the present async context only. */
export function ownRun(): CellRun | null {
  return storage.getStore() ?? null;
}

/** The run of the present async context when it was stopped, else `null`; costs nothing until a first run is stopped. */
export function stoppedRun(): CellRun | null {
  if (!someStopped) return null;
  const run = ownRun();
  return run !== null && run.stopped ? run : null;
}
