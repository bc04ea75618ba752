import { formatBytes, formatDuration, type GcRecord, type GcThresholdRecord } from '@heapmark/protocol';
import { line, muted, strong, type Block } from './blocks.js';
import { watchBlocks } from './gc-watch.js';
import { spacesTable } from './memory.js';
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
  if (record.watch !== undefined && record.watch !== null) blocks.push(...watchBlocks(record.watch));
  const note = record.collectedNote ?? null;
  if (note !== null) blocks.push(line(muted(`${note[0]?.toUpperCase() ?? ''}${note.slice(1)}.`)));
  return blocks;
}

const NO_FIGURE = '—';

function statsBlocks(record: GcRecord): Block[] {
  const ran = (record.stats ?? []).filter(({ count: times }) => times > 0);
  const rows = ran.map(({ kind, count: times, forced, totalMs, maxMs, freedBytes, survival }) => ({
    cells: [
      KIND_NAMES[kind],
      times.toLocaleString('en-US'),
      forced.toLocaleString('en-US'),
      formatDuration(totalMs),
      formatDuration(totalMs / times),
      formatDuration(maxMs),
      freedBytes === null ? NO_FIGURE : formatBytes(freedBytes),
      survival === null ? NO_FIGURE : percent(survival),
    ],
  }));
  const columns = [
    { head: 'collections', align: 'left' },
    { head: 'count', align: 'right' },
    { head: 'forced', align: 'right' },
    { head: 'time', align: 'right' },
    { head: 'average', align: 'right' },
    { head: 'longest', align: 'right' },
    { head: 'freed', align: 'right' },
    { head: 'lived on', align: 'right' },
  ] as const;
  const all = ran.reduce((sum, { count: times }) => sum + times, 0);
  const measured = ran.reduce((sum, { measured: of }) => sum + of, 0);
  const notes = [
    ...(record.timeShare === null ? [] : [`${percent(record.timeShare)} of the time went into collections`]),
    `what was freed and what lived on: of the ${count(measured, 'collection')} while cells ran, of ${all.toLocaleString('en-US')}`,
  ];
  const spaces = (record.spaces ?? []).filter(({ committed }) => committed > 0);
  return [
    { kind: 'table', columns, rows },
    ...notes.map((note) => line(muted(note))),
    ...(spaces.length === 0 ? [] : [spacesTable(spaces)]),
  ];
}

const percent = (share: number): string => `${(share * 100).toFixed(1)} %`;

/** `gcThreshold()`: the limits in force, and what the next runtime will have. */
export function gcThresholdBlocks({
  semiSpace,
  newSpace,
  oldSpace,
  heapLimit,
  pending,
  reason,
}: GcThresholdRecord): Block[] {
  const rows = [
    ['young generation', newSpace, semiSpace === null ? '' : `three semi-spaces of ${formatBytes(semiSpace)}`],
    ['old generation', oldSpace, ''],
    ["V8's heap", heapLimit, 'both together'],
  ] as const;
  const columns = [
    { head: 'limit of', align: 'left' },
    { head: 'bytes', align: 'right' },
    { head: '', align: 'left' },
  ] as const;
  const table: Block = {
    kind: 'table',
    columns,
    rows: rows.map(([what, limit, made]) => ({
      cells: [what, limit === null ? NO_FIGURE : formatBytes(limit), muted(made)],
    })),
  };
  const notes = [reason ?? null, pending === null ? null : `Pending: ${pending}.`].filter((note) => note !== null);
  return [table, ...notes.map((note) => line(note))];
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
