/** What to do about a cache that costs more than it gives. */
import { formatBytes, type CacheRecord } from '@heapmark/protocol';

/** Below, what a cache holds is not worth a word. */
const WORTH_BYTES = 1_000_000;
/** So many uses tell something about a hit rate. */
const ENOUGH_USES = 50;
const LOW_HIT_RATE = 0.2;

/** Share of uses that hit; `null` before the first use, and where uses are not counted. */
export function hitRate({ hits, misses }: Pick<CacheRecord, 'hits' | 'misses'>): number | null {
  return hits === null || misses === null || hits + misses === 0 ? null : hits / (hits + misses);
}

/** One sentence, or `null` when there is nothing to say. */
export function adviceFor(record: Omit<CacheRecord, 'advice'>): string | null {
  const { bytes, hits, misses, evictions, maxSize, maxBytes, size, name } = record;
  const rate = hitRate(record);
  const heavy = bytes !== null && bytes >= WORTH_BYTES;
  if (rate !== null && heavy && rate < LOW_HIT_RATE && (hits ?? 0) + (misses ?? 0) >= ENOUGH_USES) {
    const held = `holds ${formatBytes(bytes, record.precision)} for a hit rate of ${Math.round(rate * 100)} %`;
    if ((evictions ?? 0) > (size ?? 0))
      return `${held}: its entries leave before they are asked for again. A larger bound may help, or no cache at all.`;
    return `${held}: clear it with %caches clear ${name}, or bound it.`;
  }
  if (heavy && maxSize === null && maxBytes === null && record.kind !== 'Map' && !record.kind.includes('Weak')) {
    return 'has no bound: it holds all it was ever given.';
  }
  return null;
}
