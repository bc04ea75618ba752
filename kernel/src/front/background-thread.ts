/**
 * V8's thread beside the main one. What it compiles and collects is wanted later or never, so on a machine of few cores it
 * should not take turns with the threads that a cell waits for.
 */
import { readdirSync } from 'node:fs';
import { setPriority } from 'node:os';

const NICE = 10;

/**
 * Lowers the priority of every thread but the caller's; threads and processes that begin later are not concerned. Only
 * Linux has priorities of threads: https://man7.org/linux/man-pages/man2/setpriority.2.html
 */
export function yieldToMainThread(): void {
  if (process.platform !== 'linux') return;
  try {
    for (const thread of readdirSync('/proc/self/task'))
      if (Number(thread) !== process.pid) setPriority(Number(thread), NICE);
  } catch {
    // A system without /proc, or a thread that has just ended: a matter of speed alone.
  }
}
