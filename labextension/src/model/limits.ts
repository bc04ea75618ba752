/** How near memory is to each limit, between two answers of the kernel. */
import type { MemoryLimit, MemoryRecord, MemorySample } from '@heapmark/protocol';
import { usedBytes } from './samples.js';

/** A limit with what counts against it now. */
export interface LiveLimit {
  readonly kind: MemoryLimit['kind'];
  readonly used: number;
  readonly limit: number;
  /** The kernel's words for it. */
  readonly text: string;
  /** `used` of a machine's or container's limit is the last figure plus what this kernel's process gained since. */
  readonly derived: boolean;
}

/**
 * The limits that are known, the nearest first.
 * @param rss - resident memory of the process, as last seen.
 */
export function liveLimits(record: MemoryRecord | null, sample: MemorySample | null, rss: number | null): LiveLimit[] {
  const live: LiveLimit[] = [];
  for (const known of record?.limits ?? []) {
    const used = sample === null ? known.used : usedNow(known, record?.sample.rss ?? null, sample, rss);
    if (used === null || known.limit === null || known.limit <= 0) continue;
    live.push({
      kind: known.kind,
      used,
      limit: known.limit,
      text: known.text,
      derived: known.kind === 'cgroup' || known.kind === 'machine',
    });
  }
  if (
    !live.some(({ kind }) => kind === 'heap') &&
    sample !== null &&
    sample.heapUsed !== null &&
    (sample.heapLimit ?? 0) > 0
  ) {
    live.push({ kind: 'heap', used: sample.heapUsed, limit: sample.heapLimit ?? 0, text: '', derived: false });
  }
  return live.sort((a, b) => b.used / b.limit - a.used / a.limit);
}

function usedNow(known: MemoryLimit, rssThen: number | null, now: MemorySample, rss: number | null): number | null {
  if (known.kind === 'heap') return now.heapUsed;
  if (known.kind === 'memlimit') return usedBytes(now);
  if (known.used === null || rss === null || rssThen === null) return known.used;
  return Math.max(0, known.used + rss - rssThen);
}
