/** Whose the processes on a device are. */
import { readFileSync, readlinkSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { GpuProcess } from '@heapmark/protocol';
import type { NvmlProcess } from './nvml.js';

/** The system's first process namespace has this number, `PROC_PID_INIT_INO` in Linux's `include/linux/proc_ns.h`. */
const FIRST_NAMESPACE = 'pid:[4026531836]';
/** Ancestors that are looked at to tell whether a process belongs to this kernel. */
const MOST_ANCESTORS = 32;

/** What is read of the system. */
export interface ProcessTable {
  /** Whether the driver counts processes as this program does: in a container it tells the host's numbers. */
  readonly sameNumbers: boolean;
  /** `null` for a process that is not seen from here. */
  describe(pid: number): { name: string; own: boolean; notebook: string | null; thisKernel: boolean } | null;
}

/** Processes with names; those that cannot be told are nobody's to end. */
export const describeProcesses = (processes: readonly NvmlProcess[], table: ProcessTable): GpuProcess[] =>
  processes.map(({ pid, bytes }) => {
    const known = table.sameNumbers ? table.describe(pid) : null;
    return {
      pid,
      bytes,
      name: known?.name ?? null,
      own: known?.own ?? false,
      thisKernel: known?.thisKernel ?? false,
      notebook: known?.notebook ?? null,
    };
  });

/** The table of Linux. Elsewhere no process is known, and none can be ended. */
export function linuxProcesses(self = process.pid, folder = '/proc', user = process.getuid?.() ?? null): ProcessTable {
  return {
    sameNumbers: link(join(folder, 'self', 'ns', 'pid')) === FIRST_NAMESPACE,
    describe(pid) {
      const at = join(folder, String(pid));
      const name = text(join(at, 'comm'))?.trim();
      if (name === undefined) return null;
      const own = user !== null && owner(at) === user;
      return {
        name,
        own,
        notebook: own ? notebookOf(at) : null,
        thisKernel: own && descends(pid, self, folder),
      };
    },
  };
}

/** Jupyter's server tells each kernel the path of its notebook, and children inherit it. */
function notebookOf(at: string): string | null {
  const entry = text(join(at, 'environ'))
    ?.split('\0')
    .find((variable) => variable.startsWith('JPY_SESSION_NAME='));
  const path = entry?.slice('JPY_SESSION_NAME='.length) ?? '';
  return path === '' ? null : path;
}

function descends(pid: number, ancestor: number, folder: string): boolean {
  let at = pid;
  for (let step = 0; step < MOST_ANCESTORS && at > 1; step++) {
    if (at === ancestor) return true;
    const status = text(join(folder, String(at), 'status'));
    at = Number(/^PPid:\s*(\d+)/m.exec(status ?? '')?.[1] ?? 0);
  }
  return false;
}

function text(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}

function link(file: string): string | undefined {
  try {
    return readlinkSync(file);
  } catch {
    return undefined;
  }
}

function owner(folder: string): number | undefined {
  try {
    return statSync(folder).uid;
  } catch {
    return undefined;
  }
}
