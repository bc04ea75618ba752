import { formatByteChange, formatBytes, type MemoryDiffRecord } from '@heapmark/protocol';
import { line, muted, strong, type Block } from './blocks.js';
import { columnUnit } from './column-unit.js';
import { byKind, cellNumber, returnedInAll } from './phrases.js';

/** `%mem --diff`: what is there now and was not at the mark, by kind and holder. */
export function memoryDiffBlocks({ since, change, added, note }: MemoryDiffRecord): Block[] {
  const told = note === null ? [] : [line(muted(`${note[0]?.toUpperCase() ?? ''}${note.slice(1)}.`))];
  if (since === null) return told;
  const all = returnedInAll(change);
  const at = new Date(since).toLocaleTimeString('en-GB');
  const back = {
    heap: minus(change.heap),
    arrayBuffers: minus(change.arrayBuffers),
    otherExternal: minus(change.otherExternal),
    tensors: minus(change.tensors),
    rss: minus(change.rss),
  };
  return [
    line('Since the mark of ', at, ': ', strong(formatByteChange(all)), ' after collections.'),
    line(muted(byKind(back))),
    ...(added.length === 0 ? [line('No kind of object has grown.')] : [addedTable(added)]),
    ...told,
  ];
}

const minus = (bytes: number | null): number | null => (bytes === null ? null : -bytes);

function addedTable(added: MemoryDiffRecord['added']): Block {
  const unit = columnUnit(added.map(({ bytes }) => bytes));
  const columns = [
    { head: 'added', align: 'left', limit: 40 },
    { head: 'objects', align: 'right' },
    { head: 'size', align: 'right' },
    { head: 'holder', align: 'left', limit: 90 },
    { head: 'cell', align: 'right' },
  ] as const;
  const rows = added.map(({ type, count, bytes, holder, cell }) => ({
    cells: [
      type,
      count.toLocaleString('en-US'),
      formatBytes(bytes, 'exact', unit),
      holder ?? muted('no holder was found'),
      cellNumber(cell),
    ],
  }));
  return { kind: 'table', columns, rows };
}
