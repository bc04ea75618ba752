import { formatBytes, type Note, type VariableRecord, type VariablesRecord } from '@heapmark/protocol';
import { line, muted, warning, type Block, type Column, type Piece, type Row } from './blocks.js';
import { columnUnit } from './column-unit.js';
import { cellNumber, count } from './phrases.js';

/** Rows shown: a notebook with thousands of names must stay a document that opens. */
export const SHOWN_ROWS = 200;

/** `%vars`: a row for each variable, its notes under it, and the total. */
export function variablesBlocks(record: VariablesRecord): Block[] {
  const blocks: Block[] = [];
  const shown = record.variables.slice(0, SHOWN_ROWS);
  if (shown.length > 0) blocks.push(variablesTable(shown));
  const leftOut = record.leftOut ?? 0;
  const more = record.variables.length - shown.length + leftOut;
  if (more > 0)
    blocks.push(line(muted(`… and ${count(more, 'variable')} more. A pattern narrows the list: %vars NAME*`)));
  blocks.push(line(...totals(record)));
  if (record.source === 'snapshot')
    blocks.push(line(muted('Sizes from a heap snapshot: what comes back once nothing holds the value.')));
  if (record.truncated && (leftOut === 0 || record.precision === 'estimate')) {
    blocks.push(
      line(muted('Too much to look at all of it in the time given: sizes with ~ are extrapolated from a part.')),
    );
  }
  return blocks;
}

function variablesTable(variables: readonly VariableRecord[]): Block {
  const unit = columnUnit(variables.map(({ bytes }) => bytes));
  const withTensors = variables.some(({ tensorBytes }) => tensorBytes !== null && tensorBytes > 0);
  const columns: Column[] = [
    { head: 'name', align: 'left', limit: 40, code: true },
    { head: 'type', align: 'left', limit: 32 },
    { head: 'shape', align: 'right', limit: 24 },
    { head: 'size', align: 'right' },
    ...(withTensors ? [{ head: 'tensors', align: 'right' } as const] : []),
    { head: 'cell', align: 'right' },
    { head: 'value', align: 'left', limit: 60, code: true },
  ];
  const rows = variables.map((variable): Row => {
    const size: Piece = { text: formatBytes(variable.bytes, variable.precision, unit), title: range(variable) };
    const tensors = withTensors ? [formatBytes(variable.tensorBytes)] : [];
    return {
      cells: [
        variable.name,
        variable.type,
        variable.shape ?? '',
        size,
        ...tensors,
        cellNumber(variable.cell),
        variable.preview,
      ],
      notes: notesOf(variable),
    };
  });
  return { kind: 'table', columns, rows };
}

/** How far the truth may lie, for the reader who points at a size. */
function range({ bytes, low, high, precision }: VariableRecord): string {
  if (bytes === null || precision === 'unavailable') return 'not known';
  if (precision === 'exact') return `${bytes.toLocaleString('en-US')} bytes`;
  if (precision === 'atLeast' || high === null) return `at least ${formatBytes(low ?? bytes)}`;
  return `between ${formatBytes(low ?? 0)} and ${formatBytes(high)}`;
}

function notesOf(variable: VariableRecord): Piece[] {
  const notes = variable.notes.map(notePiece);
  const shared = variable.sharedBytes ?? 0;
  if (shared > 0 && !variable.notes.some(({ kind }) => kind === 'shared')) {
    notes.push(muted(`${formatBytes(shared, variable.precision)} of it shared with other names`));
  }
  return notes;
}

const ALARMING: ReadonlySet<Note['kind']> = new Set(['pinsBuffer', 'pinsString', 'grew', 'detached']);

/** A note with its remedy. */
export function notePiece(note: Note): Piece {
  const text = note.remedy === undefined ? note.text : `${note.text} — remedy: ${note.remedy}`;
  return ALARMING.has(note.kind) ? warning(`⚠ ${text}`) : muted(text);
}

function totals(record: VariablesRecord): (string | Piece)[] {
  const shared = record.variables.some(({ sharedBytes }) => sharedBytes !== null && sharedBytes > 0);
  const heavy = record.variables.filter(({ notes }) => notes.some(({ kind }) => kind === 'hidden')).length;
  const listed = record.variables.length + (record.leftOut ?? 0) - heavy;
  const total =
    listed === 0
      ? 'No variables.'
      : `${count(listed, 'variable')} listed. All variables together: ${formatBytes(record.totalBytes, record.precision)}${shared ? ', shared parts once' : ''}.`;
  const besides = heavy === 0 ? [] : [` ${count(heavy, 'name')} besides that ${heavy === 1 ? 'holds' : 'hold'} much.`];
  const hidden =
    record.hiddenCount > 0
      ? [muted(` ${count(record.hiddenCount, 'name')} not shown (functions, classes, imports, _names): %vars --all`)]
      : [];
  return [total, ...besides, ...hidden];
}
