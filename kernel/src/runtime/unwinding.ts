/**
 * Lets Node live through a termination while async context is in use.
 *
 * `Runtime.terminateExecution` unwinds JavaScript without its `finally` blocks, so Node's stack of async ids is left
 * unbalanced. Node aborts the process when it notices, unless its counters say that nobody looks at async ids:
 * `--no-force-async-hooks-checks` clears one of them, and any AsyncLocalStorage (the kernel's or the user's) sets them
 * again. Node versions whose AsyncLocalStorage does not use async hooks never set them.
 */
import { runAsNone } from './cell-run.js';

interface AsyncWrap {
  async_hook_fields?: Uint32Array;
  constants?: Record<string, number>;
}

let fields: Uint32Array | null = null;
let counters: number[] = [];

/** Finds the counters; call once, before user code. */
export function prepareForTermination(): void {
  const quiet = process.noDeprecation;
  process.noDeprecation = true;
  try {
    const wrap = (process as unknown as { binding(name: string): AsyncWrap }).binding('async_wrap');
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
  // The first use of async context sets the counters.
  runAsNone(toleratePendingTermination);
}

/** Clears the counters that async hooks enabled since then have set; called before each cell. */
export function toleratePendingTermination(): void {
  if (fields === null) return;
  for (const counter of counters) fields[counter] = 0;
}
