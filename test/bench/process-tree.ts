/** The processes of a kernel and what they hold, read from /proc. */
import { readdirSync, readFileSync } from 'node:fs';

export interface ProcessMemory {
  pid: number;
  command: string;
  /** Proportional set size: private pages, and of shared ones this process's share. Bytes. */
  pss: number;
}

/** `root` and all its descendants, parents first. Only `root` where there is no /proc. */
export function processTree(root: number): number[] {
  const children = new Map<number, number[]>();
  for (const pid of allProcesses()) {
    const parent = parentOf(pid);
    if (parent !== null) children.set(parent, [...(children.get(parent) ?? []), pid]);
  }
  const tree = [root];
  for (let at = 0; at < tree.length; at++) tree.push(...(children.get(tree[at] ?? 0) ?? []));
  return tree;
}

/** Memory of each process of the tree; `null` where the system has no smaps_rollup. */
export function treeMemory(root: number): ProcessMemory[] | null {
  const found = processTree(root).flatMap((pid) => {
    const rollup = read(pid, 'smaps_rollup');
    const kilobytes = /^Pss:\s+(\d+) kB$/m.exec(rollup ?? '')?.[1];
    if (kilobytes === undefined) return [];
    const command = (read(pid, 'cmdline') ?? '').replaceAll('\0', ' ').trim();
    return [{ pid, command, pss: Number(kilobytes) * 1024 }];
  });
  return found.length === 0 ? null : found;
}

function allProcesses(): number[] {
  try {
    return readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name))
      .map(Number);
  } catch {
    return [];
  }
}

function parentOf(pid: number): number | null {
  // The command in parentheses may hold anything, so the fields are counted after its end.
  const stat = read(pid, 'stat');
  const parent = stat?.slice(stat.lastIndexOf(')') + 2).split(' ')[1];
  return parent === undefined ? null : Number(parent);
}

/** A process may end between two reads: then there is nothing to read. */
function read(pid: number, file: string): string | null {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8');
  } catch {
    return null;
  }
}
