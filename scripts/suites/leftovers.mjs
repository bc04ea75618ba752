/**
 * Processes that tests left behind. They are known by a mark in their environment, which every child inherits, however
 * it was detached. Only Linux shows other processes' environments; elsewhere nothing is found.
 */
import { readdirSync, readFileSync } from 'node:fs';

/** Name of the mark. */
export const MARK = 'TEST_RUN_MARK';

const POLL_MS = 100;

/**
 * Processes that carry the mark, this one apart.
 * @param {string} mark
 * @returns {{ pid: number, command: string }[]}
 */
export function markedProcesses(mark) {
  return pids().flatMap((pid) => {
    if (pid === process.pid) return [];
    const environment = read(`/proc/${pid}/environ`);
    if (!environment.split('\0').includes(`${MARK}=${mark}`)) return [];
    return [{ pid, command: read(`/proc/${pid}/cmdline`).replaceAll('\0', ' ').trim().slice(0, 200) }];
  });
}

/**
 * Gives marked processes time to end by themselves, then kills those that have not.
 * @param {string} mark
 * @param {number} graceMs
 * @returns {Promise<{ pid: number, command: string }[]>} the killed ones
 */
export async function endMarked(mark, graceMs) {
  const deadline = performance.now() + graceMs;
  let left = markedProcesses(mark);
  while (left.length > 0 && performance.now() < deadline) {
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    left = markedProcesses(mark);
  }
  for (const { pid } of left) kill(pid);
  return left;
}

/** @param {number} pid */
function kill(pid) {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It ended in the meantime.
  }
}

function pids() {
  try {
    return readdirSync('/proc').map(Number).filter(Number.isInteger);
  } catch {
    return [];
  }
}

/** @param {string} file */
function read(file) {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    // Not ours to read, or gone.
    return '';
  }
}
