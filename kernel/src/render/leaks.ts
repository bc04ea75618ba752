import { formatBytes, formatDuration, type LeakRecord } from '@heapmark/protocol';
import { line, muted, strong, warning, type Block, type Row } from './blocks.js';
import { count } from './phrases.js';

/** A container that grows has no new objects of its kind: fewer than this per iteration are none. */
const NO_OBJECTS = 0.005;
/** Parts of the rate below this are not named. */
const WORTH_NAMING = 0.02;

const PARTS = [
  ['heap', 'heap'],
  ['arrayBuffers', 'buffers'],
  ['otherExternal', 'other external'],
  ['tensors', 'tensors'],
  ['native', 'native'],
] as const satisfies readonly (readonly [keyof LeakRecord['byKind'], string])[];

/** `%%leaks`: the verdict, then what grew, who holds it and which line made it. */
export function leakBlocks(record: LeakRecord): Block[] {
  const { reason, growthReason, growth } = record;
  const blocks: Block[] = [line(...verdict(record)), line(muted(basis(record)))];
  if (growth.length > 0) blocks.push(kindTable(record));
  for (const { kind, holder } of growth.slice(0, MOST_HOLDERS))
    if (holder !== null) blocks.push(line('  ', strong(kind), ` ${holder}`));
  if (growthReason !== null) blocks.push(line(muted(`What grew is not known: ${growthReason}.`)));
  if (reason !== null) blocks.push(line(warning(`${capitalised(reason)}.`)));
  return blocks;
}

const MOST_HOLDERS = 8;

function verdict({
  leaking,
  bytesPerIteration,
  interval,
  resolution,
  filled,
}: LeakRecord): (string | ReturnType<typeof strong>)[] {
  const took =
    filled > 0 ? ` It took ${formatBytes(filled, 'estimate')} at first and stopped, as a cache that fills.` : '';
  if (leaking === true)
    return [
      strong(`Leaks ${formatBytes(bytesPerIteration, 'estimate')} per iteration`),
      ` (${interval === null ? '—' : `${formatBytes(interval.low)} to ${formatBytes(interval.high)}`})`,
    ];
  if (leaking === null) return [strong('Not clear whether it leaks.')];
  const below =
    resolution === null ? '' : ` One of ${formatBytes(Math.max(1, resolution))} per iteration would have been seen.`;
  return [strong('No leak.'), `${below}${took}`];
}

function basis({ iterations, warmup, elapsedMs, byKind, leaking, interval }: LeakRecord): string {
  const measured = `${count(iterations, 'iteration')} after ${count(warmup, 'iteration')} to warm up, ${formatDuration(elapsedMs)}`;
  const confidence = interval === null ? '' : `; the interval holds with ${Math.round(interval.confidence * 100)} %`;
  if (leaking !== true) return `${measured}.`;
  const most = Math.max(...PARTS.map(([key]) => byKind[key] ?? 0));
  const parts = PARTS.filter(([key]) => (byKind[key] ?? 0) > most * WORTH_NAMING).map(
    ([key, name]) => `${name} ${formatBytes(byKind[key])}`,
  );
  return `${parts.join(' · ')}. ${measured}${confidence}.`;
}

function kindTable({ growth }: LeakRecord): Block {
  const rows = growth.map(({ kind, bytesPerIteration, count: objects, line: place, source }): Row => ({
    cells: [kind, formatBytes(bytesPerIteration), objectsText(objects), place ?? '', source ?? ''],
  }));
  const columns = [
    { head: 'what grows', align: 'left', limit: 40 },
    { head: 'per iteration', align: 'right' },
    { head: 'objects', align: 'right' },
    { head: 'made by', align: 'left' },
    { head: 'code', align: 'left', limit: 60, code: true },
  ] as const;
  return { kind: 'table', columns, rows };
}

function objectsText(objects: number | null): string {
  if (objects === null) return '';
  if (Math.abs(objects) < NO_OBJECTS) return 'grows';
  return objects.toLocaleString('en-US', { maximumSignificantDigits: 3 });
}

const capitalised = (text: string): string => `${text[0]?.toUpperCase() ?? ''}${text.slice(1)}`;
