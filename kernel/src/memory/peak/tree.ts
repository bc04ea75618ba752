/** Resident memory of a process and of all that it started. */
import { readdirSync, readFileSync } from 'node:fs';

/**
 * Sum of the resident memory of `pid` and its descendants, bytes: pages that they share count for each. `null` where there
 * is no /proc that tells.
 */
export function residentTree(pid: number): number | null {
  const own = resident(pid);
  if (own === null) return null;
  let sum = own;
  const waiting = childrenOf(pid);
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    sum += resident(next) ?? 0;
    waiting.push(...childrenOf(next));
  }
  return sum;
}

function resident(pid: number): number | null {
  try {
    const kilobytes = /^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'latin1'))?.[1];
    return kilobytes === undefined ? null : Number(kilobytes) * 1024;
  } catch {
    return null;
  }
}

/** Children are listed by the thread that started them. Empty for a process that has ended. */
function childrenOf(pid: number): number[] {
  try {
    return readdirSync(`/proc/${pid}/task`).flatMap((thread) =>
      readFileSync(`/proc/${pid}/task/${thread}/children`, 'latin1').split(' ').filter(Boolean).map(Number),
    );
  } catch {
    return [];
  }
}
