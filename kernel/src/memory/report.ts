/** `%mem`: where memory stands, against its limits, and which cells took most. */
import { readFileSync } from 'node:fs';
import { freemem, totalmem } from 'node:os';
import { formatBytes, type CellRecord, type MemoryLimit, type MemoryRecord } from '@heapmark/protocol';
import type { Probes } from './probes.js';
import { sampleNow, spacesOf } from './usage.js';

const MOST_CELLS = 10;
/** A limit that no machine has: what cgroups say when there is none. */
const NO_LIMIT = 2 ** 60;

/** Reads a figure from a file of the kernel's; `null` where there is none. */
export type ReadFigure = (path: string) => number | null;

export const readFigure: ReadFigure = (path) => {
  try {
    const value = Number(readFileSync(path, 'utf8').trim());
    return Number.isFinite(value) ? value : null;
  } catch {
    // Not Linux, no such controller, or the literal `max`.
    return null;
  }
};

export function memoryReport(
  probes: Probes,
  busy: boolean,
  cells: readonly CellRecord[],
  read: ReadFigure = readFigure,
): MemoryRecord {
  const sample = sampleNow(probes, { busy });
  const limits: MemoryLimit[] = [];
  const add = (kind: MemoryLimit['kind'], used: number | null, limit: number | null, what: string): void => {
    if (used === null || limit === null || limit <= 0 || limit >= NO_LIMIT) return;
    const share = Math.round((used / limit) * 100);
    limits.push({ kind, used, limit, text: `${formatBytes(used)} of ${formatBytes(limit)} ${what} (${share} %)` });
  };
  add('heap', sample.heapUsed, sample.heapLimit, "of V8's heap limit");
  add(
    'cgroup',
    read('/sys/fs/cgroup/memory.current') ?? read('/sys/fs/cgroup/memory/memory.usage_in_bytes'),
    read('/sys/fs/cgroup/memory.max') ?? read('/sys/fs/cgroup/memory/memory.limit_in_bytes'),
    'that this container may use',
  );
  add('machine', totalmem() - freemem(), totalmem(), 'of the machine, all programs together');
  limits.sort((a, b) => (b.used ?? 0) / (b.limit ?? 1) - (a.used ?? 0) / (a.limit ?? 1));
  const costly = [...cells].sort((a, b) => (b.delta ?? -Infinity) - (a.delta ?? -Infinity)).slice(0, MOST_CELLS);
  return {
    sample,
    limits,
    cells: costly,
    spaces: spacesOf(probes),
    notes: notesOf(sample.heapTotal, sample.heapUsed, sample.rss, sample.arrayBuffers),
  };
}

function notesOf(committed: number | null, used: number | null, rss: number | null, buffers: number | null): string[] {
  const notes: string[] = [];
  if (committed !== null && used !== null) {
    notes.push(
      `V8 keeps ${formatBytes(committed)} of heap committed for ${formatBytes(used)} in use: what is freed inside stays in RSS until V8 gives pages back, and small buffers stay with malloc.`,
    );
  }
  if (rss !== null && buffers !== null && buffers > rss) {
    notes.push(
      'There are more bytes of ArrayBuffers than resident memory: pages that nobody has touched yet take none.',
    );
  }
  notes.push("Workers' heaps and native libraries show in RSS alone.");
  return notes;
}
