import { formatBytes, formatDuration, type GcRecord } from '@heapmark/protocol';
import { line, muted, strong, type Block } from './blocks.js';
import { byKind, count, returnedInAll } from './phrases.js';

const KIND_NAMES = {
  minor: 'minor',
  major: 'major',
  incremental: 'incremental marking',
  weakCallbacks: 'weak callbacks',
} as const;

/** `%gc`: what came back, the pause, where the heap stands; collections and collected objects on request. */
export function gcBlocks(record: GcRecord): Block[] {
  const back = returnedInAll(record.returned);
  const outcome = back === null ? 'what came back is not known' : `${formatBytes(Math.max(0, back))} came back`;
  const blocks: Block[] = [
    line(
      `${record.kind === 'full' ? 'Full' : 'Minor'} collection: `,
      strong(outcome),
      `; it took ${formatDuration(record.pauseMs)}.`,
    ),
  ];
  const kinds = byKind(record.returned);
  const heap =
    record.after.heapUsed === null
      ? ''
      : `heap now ${formatBytes(record.after.heapUsed)}${record.after.heapLimit === null ? '' : ` of ${formatBytes(record.after.heapLimit)}`}`;
  const figures = [kinds, heap].filter((text) => text !== '').join(' · ');
  if (figures !== '') blocks.push(line(muted(figures)));
  if (record.stats !== null) blocks.push(...statsBlocks(record));
  if (record.collected !== null) blocks.push(...collectedBlocks(record.collected));
  const note = record.collectedNote ?? null;
  if (note !== null) blocks.push(line(muted(`${note[0]?.toUpperCase() ?? ''}${note.slice(1)}.`)));
  return blocks;
}

function statsBlocks(record: GcRecord): Block[] {
  const rows = (record.stats ?? [])
    .filter(({ count: times }) => times > 0)
    .map(({ kind, count: times, forced, totalMs, maxMs }) => ({
      cells: [
        KIND_NAMES[kind],
        times.toLocaleString('en-US'),
        forced.toLocaleString('en-US'),
        formatDuration(totalMs),
        formatDuration(maxMs),
      ],
    }));
  const columns = [
    { head: 'collections', align: 'left' },
    { head: 'count', align: 'right' },
    { head: 'forced', align: 'right' },
    { head: 'time', align: 'right' },
    { head: 'longest', align: 'right' },
  ] as const;
  const share =
    record.timeShare === null
      ? []
      : [line(muted(`${(record.timeShare * 100).toFixed(1)} % of the time went into collections`))];
  return [{ kind: 'table', columns, rows }, ...share];
}

function collectedBlocks(collected: NonNullable<GcRecord['collected']>): Block[] {
  if (collected.length === 0) return [line('No objects were collected.')];
  const columns = [
    { head: 'collected', align: 'left' },
    { head: 'objects', align: 'right' },
    { head: 'size', align: 'right' },
  ] as const;
  const rows = collected.map(({ type, count: objects, bytes }) => ({
    cells: [type, objects.toLocaleString('en-US'), formatBytes(bytes)],
  }));
  const total = collected.reduce((sum, { count: objects }) => sum + objects, 0);
  return [{ kind: 'table', columns, rows }, line(`${count(total, 'object')} in all.`)];
}
