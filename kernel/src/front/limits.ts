/** The limits that memory runs towards, the nearest first. */
import { readFileSync } from 'node:fs';
import { totalmem } from 'node:os';
import { formatBytes, type MemoryLimit, type MemorySample } from '@heapmark/protocol';

/** Files that hold the limit of a control group, version 2 and 1. */
const CGROUP_FILES = ['/sys/fs/cgroup/memory.max', '/sys/fs/cgroup/memory/memory.limit_in_bytes'];

/** @param memlimit the limit the user set, bytes of resident memory. */
export function memoryLimits(sample: MemorySample, memlimit: number | null): MemoryLimit[] {
  const machine = totalmem();
  const group = groupLimit();
  const limits: MemoryLimit[] = [
    describe('heap', sample.heapUsed, sample.heapLimit, "V8's heap"),
    describe('machine', sample.rss, machine, 'the machine'),
  ];
  if (memlimit !== null) limits.push(describe('memlimit', sample.rss, memlimit, 'the limit set by %memlimit'));
  if (group !== null && group < machine) limits.push(describe('cgroup', sample.rss, group, "the container's limit"));
  return limits.sort((a, b) => share(b) - share(a));
}

function describe(kind: MemoryLimit['kind'], used: number | null, limit: number | null, of: string): MemoryLimit {
  const text =
    used === null || limit === null ? `${of}: not known` : `${formatBytes(used)} of ${formatBytes(limit)}, ${of}`;
  return { kind, used, limit, text };
}

const share = ({ used, limit }: MemoryLimit): number => (used === null || limit === null ? -1 : used / limit);

function groupLimit(): number | null {
  for (const file of CGROUP_FILES) {
    try {
      const limit = Number(readFileSync(file, 'utf8'));
      if (Number.isFinite(limit)) return limit;
    } catch {
      // The system has no such group.
    }
  }
  return null;
}
