/**
 * Timers that a cell can be relieved of: an interrupt clears those that the cell started, and one that fails again and
 * again is stopped. The functions look and behave as Node's; those of `node:timers/promises` reject when their cell is
 * interrupted.
 */
import { createRequire, syncBuiltinESMExports } from 'node:module';
import { types } from 'node:util';
import { ownRun, type CellRun } from './cell-run.js';
import { LiveTimers, type TimerKind } from './live-timers.js';
import { TimerFailures } from './timer-failures.js';

type Start = (...args: unknown[]) => object;
const require = createRequire(import.meta.url);

/** All timers that cells have started. */
export const liveTimers = new LiveTimers(clearTimer);

/** Puts the functions in place, in the globals, `node:timers` and `node:timers/promises`. */
export function trackTimers(): void {
  const timers = require('node:timers') as Record<string, unknown>;
  const promised = require('node:timers/promises') as Record<string, unknown>;
  for (const name of ['setTimeout', 'setInterval', 'setImmediate'] as const) {
    const original = timers[name] as Start;
    const tracked = likeOriginal(original, function (this: unknown, ...args: unknown[]) {
      const run = ownRun();
      const [callback] = args;
      if (run === null || typeof callback !== 'function') return original.apply(this, args);
      if (name === 'setInterval') return startInterval(original, this, args, run);
      const timer = original.apply(this, args);
      liveTimers.add(run, timer, name, callback.name);
      return timer;
    });
    timers[name] = tracked;
    Reflect.set(globalThis, name, tracked);
    // `promisify` finds the promised form here.
    const custom = Symbol.for('nodejs.util.promisify.custom');
    if (custom in original)
      Object.defineProperty(tracked, custom, { enumerable: true, configurable: true, get: () => promised[name] });
    const valueFirst = name !== 'setImmediate';
    promised[name] = interruptible(promised[name] as Start, valueFirst ? 2 : 1);
  }
  syncBuiltinESMExports();
}

/** Clears a timer of any kind. */
function clearTimer(timer: object): void {
  clearTimeout(timer as NodeJS.Timeout);
  clearImmediate(timer as NodeJS.Immediate);
}

/** An interval whose failures are counted: the same one several times in a row ends it. */
function startInterval(original: Start, self: unknown, args: unknown[], run: CellRun): object {
  const callback = args[0] as (...args: unknown[]) => unknown;
  const kind: TimerKind = 'setInterval';
  const failures = new TimerFailures(kind, callback.name, () => clearTimer(timer));
  const watched = function (this: unknown, ...values: unknown[]): void {
    let result: unknown;
    try {
      result = callback.apply(this, values);
    } catch (error) {
      failures.failed(error);
      throw error;
    }
    if (types.isPromise(result)) {
      // What it rejects with stays unhandled, as it would be without this.
      void result.then(
        () => failures.succeeded(),
        (error: unknown) => {
          failures.failed(error);
          throw error;
        },
      );
    } else failures.succeeded();
  };
  const timer = original.apply(self, [watched, ...args.slice(1)]);
  liveTimers.add(run, timer, kind, callback.name);
  return timer;
}

/** A promised timer that also ends with its cell; `position` is that of its options. */
function interruptible(original: Start, position: number): Start {
  return likeOriginal(original, function (this: unknown, ...args: unknown[]) {
    const run = ownRun();
    const options = args[position] as { signal?: AbortSignal } | undefined;
    // A signal of the user's own is left as it is: its error is the one that the code expects.
    const usable = run !== null && (options === undefined || (isPlain(options) && options.signal === undefined));
    if (!usable || (run.over && !run.stopped)) return original.apply(this, args);
    const withSignal = [...args];
    while (withSignal.length < position) withSignal.push(undefined);
    withSignal[position] = { ...options, signal: run.signal };
    return original.apply(this, withSignal);
  });
}

const isPlain = (value: unknown): value is object => typeof value === 'object' && value !== null;

function likeOriginal(original: Start, replacement: Start): Start {
  Object.defineProperty(replacement, 'name', { value: original.name, configurable: true });
  Object.defineProperty(replacement, 'length', { value: original.length, configurable: true });
  return replacement;
}
