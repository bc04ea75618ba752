/** How much memory is left to programs: the machine's, or the control group's where that is less. Linux; else `null`. */
import { readFileSync } from 'node:fs';
import { machineMemory } from './proc.js';

export interface MemoryRoom {
  /** Bytes that may still be taken before the system has to kill. */
  available: number;
  total: number;
  of: 'the machine' | 'the container';
}

/** Files of a control group: its limit, what it uses, and its statistics; version 2, then 1. */
const GROUPS = [
  ['/sys/fs/cgroup/memory.max', '/sys/fs/cgroup/memory.current', '/sys/fs/cgroup/memory.stat'],
  [
    '/sys/fs/cgroup/memory/memory.limit_in_bytes',
    '/sys/fs/cgroup/memory/memory.usage_in_bytes',
    '/sys/fs/cgroup/memory/memory.stat',
  ],
] as const;

export function memoryRoom(): MemoryRoom | null {
  const memory = machineMemory();
  if (memory === null) return null;
  const { total = 0, available = 0 } = memory;
  const group = groupRoom();
  return group !== null && group.total < total && group.available < available
    ? group
    : { available, total, of: 'the machine' };
}

function groupRoom(): MemoryRoom | null {
  for (const [limitFile, usedFile, statistics] of GROUPS) {
    const total = numberIn(limitFile);
    const used = numberIn(usedFile);
    if (total === null || used === null) continue;
    // Pages of files that nobody uses are given back before anybody is killed.
    const cached = /^(?:total_)?inactive_file (\d+)$/m.exec(textOf(statistics))?.[1] ?? '0';
    return { available: Math.max(0, total - used + Number(cached)), total, of: 'the container' };
  }
  return null;
}

function numberIn(file: string): number | null {
  const text = textOf(file).trim();
  return /^\d+$/.test(text) ? Number(text) : null;
}

function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
