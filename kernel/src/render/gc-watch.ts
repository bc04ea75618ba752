import type { LingeringRecord, TrackRecord, WatchRecord } from '@heapmark/protocol';
import { line, muted, strong, type Block } from './blocks.js';
import { cellNumber, count } from './phrases.js';

const KINDS: Readonly<Record<LingeringRecord['kind'], string>> = {
  timer: 'timer',
  listener: 'listeners',
  promise: 'promises',
  handle: 'handle',
  worker: 'threads',
};

/** What was to go and has not, and what lives on by itself. */
export function watchBlocks({ tracked, gone, lingering, after, notes }: WatchRecord): Block[] {
  const overdue = tracked.filter((each) => each.overdue);
  const early = tracked.length - overdue.length;
  const blocks: Block[] = [];
  if (tracked.length === 0 && gone > 0)
    blocks.push(line(strong(`${gone === 1 ? 'The' : 'All'} ${count(gone, 'tracked object')} went`), '.'));
  else if (tracked.length > 0) {
    const survivors =
      overdue.length === 0
        ? 'No tracked object is overdue'
        : `${count(overdue.length, 'tracked object')} should be gone and ${overdue.length === 1 ? 'is' : 'are'} not`;
    const rest = [
      ...(gone > 0 ? [`${gone.toLocaleString('en-US')} went`] : []),
      ...(early > 0
        ? [`${early.toLocaleString('en-US')} had fewer than ${count(after, 'full collection')} so far`]
        : []),
    ];
    blocks.push(line(strong(survivors), rest.length === 0 ? '.' : `; ${rest.join(', ')}.`));
  }
  if (overdue.length > 0) blocks.push(trackedTable(overdue));
  if (lingering.length > 0) blocks.push(line('What lives on by itself:'), lingeringTable(lingering));
  if (tracked.length + gone + lingering.length === 0)
    blocks.push(line('Nothing is tracked, and nothing lives on by itself.'));
  return [...blocks, ...notes.map((note) => line(muted(note)))];
}

function trackedTable(tracked: readonly TrackRecord[]): Block {
  const columns = [
    { head: 'tracked', align: 'left' },
    { head: 'cell', align: 'right' },
    { head: 'collections', align: 'right' },
    { head: 'holder', align: 'left' },
  ] as const;
  const alike = new Map<string, { first: TrackRecord; count: number }>();
  for (const each of tracked) {
    const key = JSON.stringify([each.label, each.cell, each.collectionsSurvived, each.holder, each.reason]);
    const known = alike.get(key);
    if (known === undefined) alike.set(key, { first: each, count: 1 });
    else known.count++;
  }
  const rows = [...alike.values()].map(({ first, count: times }) => ({
    cells: [
      times === 1 ? first.label : `${times.toLocaleString('en-US')} × ${first.label}`,
      cellNumber(first.cell),
      first.collectionsSurvived.toLocaleString('en-US'),
      first.holder ?? muted(first.reason ?? 'no holder was found'),
    ],
  }));
  return { kind: 'table', columns, rows };
}

function lingeringTable(lingering: readonly LingeringRecord[]): Block {
  const columns = [
    { head: 'kind', align: 'left' },
    { head: 'count', align: 'right' },
    { head: 'what', align: 'left' },
    { head: 'cell', align: 'right' },
  ] as const;
  const rows = lingering.map(({ kind, count: amount, what, cell, reason }) => ({
    cells: [
      KINDS[kind],
      amount.toLocaleString('en-US'),
      what,
      cell === null ? { text: '—', title: reason ?? '' } : cellNumber(cell),
    ],
  }));
  return { kind: 'table', columns, rows };
}
