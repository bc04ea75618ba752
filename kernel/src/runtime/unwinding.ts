/**
 * Lets Node live through a termination while async context is in use.
 *
 * `Runtime.terminateExecution` unwinds JavaScript without its `finally` blocks, so Node's stack of async ids is left
 * unbalanced. Node aborts the process when it notices, unless its counters say that nobody looks at async ids:
 * `--no-force-async-hooks-checks` clears one of them; any async hook of the user's sets them again, and so does, where
 * Node makes it of async hooks, any AsyncLocalStorage. Which hooks are called does not depend on these counters.
 */
import { createHook } from 'node:async_hooks';
import { promiseHooks } from 'node:v8';
import { runAsNone } from './cell-run.js';
import { closureOf } from './closure.js';

type PromiseHook = ((...values: unknown[]) => void) | undefined;
type SetPromiseHooks = (init: PromiseHook, before: PromiseHook, after: PromiseHook, settled: PromiseHook) => void;

/** Node's counters of who looks at async ids, by their places: `kTotals` and `kCheck` of lib/internal/async_hooks.js. */
const COUNTERS = [5, 6];

let setPromiseHooks: SetPromiseHooks | null = null;
let fields: Uint32Array | null = null;
let unhooked = false;

/** Finds the counters; call once, before user code. A Node where they are not found may end in a termination. */
export function prepareForTermination(): void {
  const { enable } = Object.getPrototypeOf(createHook({})) as ReturnType<typeof createHook>;
  const { getHookArrays } = closureOf(enable, ['getHookArrays']);
  if (typeof getHookArrays === 'function') {
    const [, found] = (getHookArrays as () => unknown[])();
    if (found instanceof Uint32Array && found.length > Math.max(...COUNTERS)) fields = found;
  }
  const hooks = closureOf(promiseHooks.onInit, ['setPromiseHooks']);
  if (typeof hooks['setPromiseHooks'] === 'function') setPromiseHooks = hooks['setPromiseHooks'] as SetPromiseHooks;
  clearAfter('enable');
  // A counter that was cleared goes below zero.
  clearAfter('disable');
  // The first use of async context sets the counters.
  runAsNone(toleratePendingTermination);
}

/** Takes all promise hooks away: a termination that lands in one of them is lost, or ends the process. */
export function unhookPromises(): void {
  unhooked = true;
  setPromiseHooks?.(undefined, undefined, undefined, undefined);
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
  for (const counter of COUNTERS) fields[counter] = 0;
}
