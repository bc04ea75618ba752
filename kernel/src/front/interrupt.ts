/**
 * Ends a running cell, gently first. Ending the reply is not ending the code, and a termination can swallow a message
 * that is just arriving, so each step is followed by another until the run is over:
 * ask; 60 ms later end the JavaScript where it is and ask again; at last kill.
 */
import type { RawFrame, ToRuntime } from '../ipc/messages.js';
import type { Runtime } from './runtime.js';

/** Time, ms, for code that only awaits to end by itself. */
const ABORT_MS = 60;
/** Time, ms, that the code may take to come to where it can be ended; in a full heap it waits for V8's collector. */
const HALT_MS = 1_000;
const FULL_HEAP_HALT_MS = 4_000;
/** Pause, ms, between two tries to end the JavaScript; with a full heap its last words take V8's collector long. */
const AGAIN_MS = 500;
const FULL_HEAP_AGAIN_MS = 1_000;
/** So long, ms, after the request a child that blocks the runtime is killed. */
const CHILDREN_MS = 1_500;
/** So long, ms, after the request the runtime itself is killed. */
const GRACE_MS = 6_000;
/** With a heap that is full, a collection may take most of the time: the JavaScript is stopped between two, ms. */
const FULL_HEAP_GRACE_MS = 10_000;

export type StopReason = 'interrupt' | 'memory';

/**
 * Resolves when the run is over, however it ended.
 *
 * @param ask what asks for the end, given where the code was seen; it is answered whatever the state of the run.
 * @param at where the code was, when it has been ended already.
 * @param over resolves, never rejects, when the run is over.
 */
export async function stopRun(
  runtime: Pick<Runtime, 'send' | 'halt' | 'interruptChildren' | 'killChildren' | 'kill' | 'snapshotOver'>,
  ask: (at: RawFrame[] | null) => ToRuntime,
  reason: StopReason,
  over: Promise<unknown>,
  at: RawFrame[] | null = null,
  now: () => number = () => performance.now(),
): Promise<void> {
  let began = now();
  runtime.interruptChildren();
  runtime.send(ask(at));
  const full = reason === 'memory';
  const [halt, again] = full ? [FULL_HEAP_HALT_MS, FULL_HEAP_AGAIN_MS] : [HALT_MS, AGAIN_MS];
  const grace = full ? FULL_HEAP_GRACE_MS : GRACE_MS;
  if (await settlesWithin(over, at === null ? ABORT_MS : again)) return;
  // One that was being started does not hear a signal that comes before its program.
  runtime.interruptChildren();
  for (let tries = 0; now() - began < grace; tries += 1) {
    const { snapshotOver } = runtime;
    if (snapshotOver !== null) {
      // V8 does not stop in the middle of a heap snapshot, and the cell's end needs the main thread.
      await Promise.race([snapshotOver, over]);
      if (await settlesWithin(over, AGAIN_MS)) return;
      began = now();
    }
    // A runtime that has nothing to do has heard the first request by the second try.
    const halted = await Promise.race([runtime.halt(halt, tries > 0), over.then(() => null)]);
    at ??= halted;
    runtime.send(ask(at));
    if (await settlesWithin(over, again)) return;
    // Each time anew: one may have been about to start.
    if (now() - began > CHILDREN_MS) runtime.killChildren();
    else runtime.interruptChildren();
  }
  runtime.kill(reason);
  await over;
}

async function settlesWithin(promise: Promise<unknown>, ms: number): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<false>((resolve) => (timer = setTimeout(resolve, ms, false)));
  try {
    return await Promise.race([promise.then(() => true), late]);
  } finally {
    clearTimeout(timer);
  }
}
