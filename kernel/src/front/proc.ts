/**
 * Processes as the system shows them. Linux's /proc; elsewhere figures are `null`, never guessed.
 * https://man7.org/linux/man-pages/man5/proc.5.html
 */
import { readdirSync, readFileSync } from 'node:fs';

/** Clock ticks a second in /proc/PID/stat; 100 on every Linux that Node runs on. */
const TICKS = 100;

export interface ProcessFigures {
  pid: number;
  parent: number;
  name: string;
  /** Resident bytes. */
  rss: number | null;
  /** CPU time used since the process began, ms. */
  cpuMs: number;
}

/** Resident memory of a process, bytes. */
export function residentBytes(pid: number): number | null {
  const pages = residentPages(pid);
  if (pages === null) return null;
  pageBytes ??= measurePage();
  return pages * pageBytes;
}

let pageBytes: number | null = null;

/** The page's size, from this process's own memory in pages and in bytes: a power of two between 4 and 64 kB. */
function measurePage(): number {
  const ratio = process.memoryUsage.rss() / (residentPages(process.pid) ?? 1);
  return 2 ** Math.round(Math.log2(ratio));
}

function residentPages(pid: number): number | null {
  const pages = readText(`/proc/${pid}/statm`)?.split(' ')[1];
  return pages === undefined ? null : Number(pages);
}

/** Resident memory with shared pages divided among their users, bytes. Costs some milliseconds. */
export function proportionalBytes(pid: number): number | null {
  const line = readText(`/proc/${pid}/smaps_rollup`)?.match(/^Pss:\s+(\d+) kB/m)?.[1];
  return line === undefined ? null : Number(line) * 1_024;
}

export function figures(pid: number): ProcessFigures | null {
  const stat = readText(`/proc/${pid}/stat`);
  if (stat === null) return null;
  // The name stands in parentheses and may itself hold any character.
  const open = stat.indexOf('(');
  const close = stat.lastIndexOf(')');
  const fields = stat.slice(close + 2).split(' ');
  const [, parent, , , , , , , , , , user, system] = fields;
  return {
    pid,
    parent: Number(parent),
    name: stat.slice(open + 1, close),
    rss: residentBytes(pid),
    cpuMs: ((Number(user) + Number(system)) / TICKS) * 1_000,
  };
}

/** All processes below `root`, the nearest first, without `root`. Empty where there is no /proc. */
export const descendants = (root: number): number[] => below([root], relations());

/**
 * All processes that the leader of a session has started, without itself: those below it, those of its session whose own
 * parent has ended, so that they stand below it no longer, and what is below these.
 */
export function family(leader: number): number[] {
  const all = relations();
  const members = [...all].filter(([pid, { session }]) => session === leader && pid !== leader).map(([pid]) => pid);
  return [...new Set([...below([leader], all), ...members, ...below(members, all)])];
}

interface Relations {
  parent: number;
  session: number;
}

function below(roots: readonly number[], all: ReadonlyMap<number, Relations>): number[] {
  const children = new Map<number, number[]>();
  for (const [pid, { parent }] of all) children.set(parent, [...(children.get(parent) ?? []), pid]);
  const found: number[] = [];
  for (let next = [...roots]; next.length > 0;) {
    next = next.flatMap((pid) => children.get(pid) ?? []).filter((pid) => !found.includes(pid));
    found.push(...next);
  }
  return found;
}

/** The machine's memory, bytes, in psutil's terms. */
export function machineMemory(): Record<string, number> | null {
  const text = readText('/proc/meminfo');
  if (text === null) return null;
  const fields = new Map(
    [...text.matchAll(/^(\w+).*?:\s+(\d+) kB/gm)].map(([, name, kb]) => [name, Number(kb) * 1_024]),
  );
  const field = (name: string) => fields.get(name) ?? 0;
  const total = field('MemTotal');
  const available = field('MemAvailable');
  const cached = field('Cached') + field('SReclaimable');
  return {
    total,
    available,
    percent: total === 0 ? 0 : Math.round(((total - available) / total) * 1_000) / 10,
    used: Math.max(0, total - field('MemFree') - field('Buffers') - cached),
    free: field('MemFree'),
    active: field('Active'),
    inactive: field('Inactive'),
    buffers: field('Buffers'),
    cached,
    shared: field('Shmem'),
    slab: field('Slab'),
  };
}

function relations(): Map<number, Relations> {
  const all = new Map<number, Relations>();
  for (const pid of listProcesses()) {
    const stat = readText(`/proc/${pid}/stat`);
    if (stat === null) continue;
    const [, parent, , session] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    all.set(pid, { parent: Number(parent), session: Number(session) });
  }
  return all;
}

function listProcesses(): number[] {
  try {
    return readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name))
      .map(Number);
  } catch {
    return [];
  }
}

function readText(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return null;
  }
}
