import {
  formatByteChange,
  formatBytes,
  formatDuration,
  type CellRecord,
  type HeapSpace,
  type MemoryRecord,
  type MemorySample,
} from '@heapmark/protocol';
import { line, muted, strong, type Block, type Piece, type Row } from './blocks.js';

/** Of the cells that took most. */
const SHOWN_CELLS = 5;

/** `%mem`: the nearest limit first, then what memory is made of, then the cells that took most. */
export function memoryBlocks(record: MemoryRecord): Block[] {
  const blocks: Block[] = record.limits.length === 0 ? [line('Memory now:')] : limitLines(record);
  blocks.push(madeOf(record.sample));
  const spaces = (record.spaces ?? []).filter(({ committed }) => committed > 0);
  if (spaces.length > 0) blocks.push(spacesTable(spaces));
  const cells = record.cells.filter(({ delta }) => delta !== null && delta > 0).slice(0, SHOWN_CELLS);
  if (cells.length > 0) blocks.push(cellsTable(cells));
  blocks.push(...record.notes.map((note) => line(muted(note))));
  return blocks;
}

const limitLines = ({ limits }: MemoryRecord): Block[] =>
  limits.map(({ text }, index) => line(index === 0 ? strong(text) : text));

const PARTS = [
  ['heapUsed', 'heap in use', 'objects, strings and code'],
  ['heapTotal', 'heap committed', 'what V8 holds from the system for them'],
  ['arrayBuffers', 'buffers', 'ArrayBuffers, typed arrays, Buffers'],
  ['otherExternal', 'other external', 'external strings, WebAssembly memories'],
  ['workers', 'workers', 'threads that your code started'],
  ['tensors', 'tensors', 'outside the heap'],
  ['gpu', 'GPU', 'used by this process'],
  ['native', 'native', 'resident memory that no other figure explains'],
  ['rss', 'process memory', 'resident set: all of it, and what V8 and malloc keep'],
] as const satisfies readonly (readonly [keyof MemorySample, string, string])[];

function madeOf(sample: MemorySample): Block {
  const rows = PARTS.flatMap(([part, name, meaning]): Row[] =>
    sample[part] === null ? [] : [{ cells: [name, formatBytes(sample[part]), muted(meaning)] }],
  );
  const columns = [
    { head: 'part', align: 'left' },
    { head: 'now', align: 'right' },
    { head: 'what it is', align: 'left' },
  ] as const;
  return { kind: 'table', columns, rows };
}

/** The spaces of V8's heap. */
export function spacesTable(spaces: readonly HeapSpace[]): Block {
  const columns = [
    { head: 'space of V8', align: 'left' },
    { head: 'used', align: 'right' },
    { head: 'committed', align: 'right' },
  ] as const;
  return {
    kind: 'table',
    columns,
    rows: spaces.map(({ name, used, committed }) => ({ cells: [name, formatBytes(used), formatBytes(committed)] })),
  };
}

/** `cells()`: what each cell cost. */
export const cellsBlocks = (cells: readonly CellRecord[]): Block[] =>
  cells.length === 0 ? [line('No cells yet.')] : [cellsTable(cells)];

/** The cells of a notebook, as `%mem` and `cells()` list them. */
function cellsTable(cells: readonly CellRecord[]): Block {
  const columns = [
    { head: 'cell', align: 'right' },
    { head: 'change', align: 'right' },
    { head: 'peak', align: 'right' },
    { head: 'time', align: 'right' },
    { head: 'code', align: 'left', limit: 60, code: true },
  ] as const;
  const rows = cells.map((cell): Row => ({
    cells: [
      `[${cell.executionCount}]`,
      change(cell),
      formatBytes(cell.peak, cell.peakPrecision),
      formatDuration(cell.elapsedMs),
      cell.source ?? '',
    ],
  }));
  return { kind: 'table', columns, rows };
}

function change(cell: CellRecord): Piece {
  const text = formatByteChange(cell.delta, cell.deltaPrecision);
  if (cell.settled || cell.delta === null) return { text };
  if (cell.group !== null) return { text, title: cell.unsettledReason ?? '' };
  return { text: `${text}…`, title: cell.unsettledReason ?? 'not yet confirmed by a collection' };
}
