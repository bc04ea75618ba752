/**
 * Lets Node live through a termination while async context is in use.
 *
 * `Runtime.terminateExecution` unwinds JavaScript without its `finally` blocks, so Node's stack of async ids is left
 * unbalanced. Node aborts the process when it notices, unless its counters say that nobody looks at async ids:
 * `--no-force-async-hooks-checks` clears one of them; any async hook of the user's sets them again, and so does, where
 * Node makes it of async hooks, any AsyncLocalStorage. Which hooks are called does not depend on these counters.
 */
import { createHook } from 'node:async_hooks';
import { runAsNone } from './cell-run.js';

type PromiseHook = ((...values: unknown[]) => void) | undefined;

interface AsyncWrap {
  async_hook_fields?: Uint32Array;
  constants?: Record<string, number>;
  setPromiseHooks?(init: PromiseHook, before: PromiseHook, after: PromiseHook, settled: PromiseHook): void;
}

let wrap: AsyncWrap = {};
let fields: Uint32Array | null = null;
let counters: number[] = [];
let unhooked = false;

/** Finds the counters; call once, before user code. */
export function prepareForTermination(): void {
  const quiet = process.noDeprecation;
  process.noDeprecation = true;
  try {
    wrap = (process as unknown as { binding(name: string): AsyncWrap }).binding('async_wrap');
    const { kCheck, kTotals } = wrap.constants ?? {};
    if (!(wrap.async_hook_fields instanceof Uint32Array) || kCheck === undefined || kTotals === undefined) return;
    fields = wrap.async_hook_fields;
    counters = [kCheck, kTotals];
  } catch {
    // A Node without this binding: its async ids cannot be reached, and a termination may end the process.
  } finally {
    if (quiet === undefined) delete (process as { noDeprecation?: boolean }).noDeprecation;
    else process.noDeprecation = quiet;
  }
  clearAfter('enable');
  // A counter that was cleared goes below zero.
  clearAfter('disable');
  // The first use of async context sets the counters.
  runAsNone(toleratePendingTermination);
}

/** Takes all promise hooks away: a termination that lands in one of them is lost, or ends the process. */
export function unhookPromises(): void {
  unhooked = true;
  wrap.setPromiseHooks?.(undefined, undefined, undefined, undefined);
}

/** Gives the promise hooks back that were taken away. */
export function rehookPromises(): void {
  if (!unhooked) return;
  unhooked = false;
  // Node looks anew which hooks there are.
  createHook({ init: () => undefined })
    .enable()
    .disable();
}

/** Has the counters cleared whenever a hook is turned on or off. */
function clearAfter(name: 'enable' | 'disable'): void {
  const prototype = Object.getPrototypeOf(createHook({})) as ReturnType<typeof createHook>;
  const original = prototype[name];
  prototype[name] = {
    [name](this: typeof prototype) {
      const hook = original.call(this);
      toleratePendingTermination();
      return hook;
    },
  }[name] as typeof original;
}

/** Clears the counters that async context used since then has set; called before each cell. */
export function toleratePendingTermination(): void {
  if (fields === null) return;
  for (const counter of counters) fields[counter] = 0;
}
