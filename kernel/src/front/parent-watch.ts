/**
 * A kernel that a server started ends with that server, also when the server is killed. Jupyter marks such kernels by
 * `JPY_PARENT_PID` in their environment; one that was started by hand lives on.
 */
const POLL_MS = 1_000;

/** Calls `gone` once when the process that started this one has ended. */
export function watchParent(
  env: NodeJS.ProcessEnv,
  gone: () => void,
  parentNow: () => number = () => process.ppid,
  pollMs = POLL_MS,
): void {
  if (!env['JPY_PARENT_PID']) return;
  const parent = parentNow();
  const timer = setInterval(() => {
    if (parentNow() === parent) return;
    clearInterval(timer);
    gone();
  }, pollMs);
  timer.unref();
}
