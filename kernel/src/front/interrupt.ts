/**
 * Ends a running cell, gently first. Ending the reply is not ending the code, and a termination can swallow a message
 * that is just arriving, so each step is followed by another until the run is over:
 * abort; 60 ms later stop the JavaScript and abort again; at last kill.
 */
import type { Runtime } from './runtime.js';

/** Time, ms, for code that only awaits to end by itself. */
const ABORT_MS = 60;
/** Time, ms, that the monitor may take to answer; a busy heap answers late. */
const TERMINATE_MS = 1_500;
/** Pause, ms, between two tries to stop the JavaScript. */
const AGAIN_MS = 500;
/** So long, ms, after the request a child that blocks the runtime is killed. */
const CHILDREN_MS = 1_500;
/** So long, ms, after the request the runtime itself is killed. */
const GRACE_MS = 6_000;

export type StopReason = 'interrupt' | 'memory';

/**
 * Resolves when the run is over, however it ended.
 *
 * @param id of the run.
 * @param over resolves, never rejects, when the run is over.
 */
export async function stopRun(
  runtime: Pick<Runtime, 'send' | 'terminate' | 'interruptChildren' | 'killChildren' | 'kill'>,
  id: number,
  reason: StopReason,
  over: Promise<unknown>,
  now: () => number = () => performance.now(),
): Promise<void> {
  const began = now();
  let childrenKilled = false;
  runtime.interruptChildren();
  runtime.send({ type: 'abort', id, reason });
  if (await settlesWithin(over, ABORT_MS)) return;
  while (now() - began < GRACE_MS) {
    await Promise.race([runtime.terminate(TERMINATE_MS), over]);
    runtime.send({ type: 'abort', id, reason });
    if (await settlesWithin(over, AGAIN_MS)) return;
    if (!childrenKilled && now() - began > CHILDREN_MS) {
      childrenKilled = true;
      runtime.killChildren();
    }
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
