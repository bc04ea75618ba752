/** The execution of one cell, and which one the present async context belongs to. */
import { AsyncLocalStorage } from 'node:async_hooks';
import { setMaxListeners } from 'node:events';
import type { CellTag } from '../ipc/messages.js';

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
  private timers: WeakRef<object>[] = [];
  private timersChecked = 16;

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

  /** Remembers a timer, so that an interrupt can clear it. Timers that are gone are forgotten as the list grows. */
  addTimer(timer: object): void {
    if (this.over) return;
    this.timers.push(new WeakRef(timer));
    if (this.timers.length < this.timersChecked) return;
    this.timers = this.timers.filter((entry) => isPending(entry.deref()));
    this.timersChecked = Math.max(16, this.timers.length * 2);
  }

  /** Ends the cell early: rejects what waits on {@link signal} and clears its timers. */
  abort(reason: Error, clear: (timer: object) => void): void {
    // A signal made later, by code that goes on after its cell's reply, must be aborted too.
    this.abortController().abort(reason);
    for (const entry of this.timers) {
      const timer = entry.deref();
      if (timer !== undefined) clear(timer);
    }
    this.timers = [];
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
    this.timers = [];
    this.payload = [];
  }
}

/** Node marks a timer that fired or was cleared. */
function isPending(timer: object | undefined): boolean {
  return timer !== undefined && (timer as { _destroyed?: boolean })._destroyed !== true;
}

const storage = new AsyncLocalStorage<CellRun | null>();
let latest: CellRun | null = null;

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
