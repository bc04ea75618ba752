import { formatBytes, formatDuration, type CacheRecord } from '@heapmark/protocol';
import { line, muted, warning, type Block, type Row } from './blocks.js';
import { count } from './phrases.js';

const number = (value: number | null): string => (value === null ? '—' : String(value));

/** `%caches`: a row for each cache, what to do about it under it, and the total. */
export function cachesBlocks(caches: readonly CacheRecord[], now = Date.now()): Block[] {
  if (caches.length === 0) {
    return [
      line('No caches.'),
      line(
        muted('Seen are those of heapmark/caches, lru-cache from 11.4 on once used, and what %caches add NAME names.'),
      ),
    ];
  }
  const columns = [
    { head: 'name', align: 'left', limit: 40, code: true },
    { head: 'kind', align: 'left' },
    { head: 'size', align: 'right' },
    { head: 'bytes', align: 'right' },
    { head: 'hits', align: 'right' },
    { head: 'misses', align: 'right' },
    { head: 'hit rate', align: 'right' },
    { head: 'evictions', align: 'right' },
    { head: 'loads', align: 'right' },
    { head: 'load', align: 'right' },
    { head: 'saved', align: 'right' },
    { head: 'oldest', align: 'right' },
  ] as const;
  const rows = [...caches]
    .sort((a, b) => (b.bytes ?? -1) - (a.bytes ?? -1))
    .map((cache): Row => ({
      cells: [
        cache.name,
        cache.kind,
        sizeOf(cache),
        bytesOf(cache),
        number(cache.hits),
        number(cache.misses),
        rateOf(cache),
        number(cache.evictions),
        number(cache.loads),
        formatDuration(cache.averageLoadMs),
        formatDuration(cache.savedMs),
        formatDuration(cache.oldest === null ? null : Math.max(0, now - cache.oldest)),
      ],
      ...(cache.advice === null ? {} : { notes: [warning(cache.advice)] }),
    }));
  const known = caches.filter(({ bytes }) => bytes !== null);
  const total = known.reduce((sum, { bytes }) => sum + (bytes ?? 0), 0);
  return [
    { kind: 'table', columns, rows },
    line(
      `${count(caches.length, 'cache')} ${caches.length === 1 ? 'holds' : 'hold'} ${formatBytes(total, 'estimate')}.`,
    ),
  ];
}

const sizeOf = ({ size, maxSize }: CacheRecord): string =>
  maxSize === null ? number(size) : `${number(size)} of ${maxSize}`;

const bytesOf = ({ bytes, precision, maxBytes }: CacheRecord): string =>
  maxBytes === null ? formatBytes(bytes, precision) : `${formatBytes(bytes, precision)} of ${formatBytes(maxBytes)}`;

function rateOf({ hits, misses }: CacheRecord): string {
  if (hits === null || misses === null || hits + misses === 0) return '—';
  return `${Math.round((100 * hits) / (hits + misses))} %`;
}
