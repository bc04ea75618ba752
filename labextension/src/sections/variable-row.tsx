/** One variable: its line, and a note where it has a problem. */
import { formatBytes, type Note, type VariableRecord } from '@heapmark/protocol';
import { sizeText, typeText, type Translation } from '../format.js';
import type { MemoryModel } from '../model/memory-model.js';
import { COLUMNS, type VariableColumn } from '../model/variables.js';
import { usePanel } from './context.js';

const LINE_HEIGHT = 24;
const NOTE_HEIGHT = 18;

/** A note that names no problem needs no line of its own. */
const isWorthALine = ({ kind }: Note): boolean =>
  kind === 'pinsBuffer' || kind === 'pinsString' || kind === 'grew' || kind === 'detached';

/** Pixels of a row without its details. */
export const rowHeight = ({ notes }: VariableRecord): number =>
  LINE_HEIGHT + (notes.some(isWorthALine) ? NOTE_HEIGHT : 0);

export function VariableRow({ row, model }: { row: VariableRecord; model: MemoryModel }): JSX.Element {
  const { trans, state } = usePanel();
  const { columns } = state.arrangement;
  const note = row.notes.find(isWorthALine);
  const isChosen = model.variables.chosen.has(row.name);
  return (
    <div className="hm-Variable">
      <div className="hm-Variable-line">
        <span role="gridcell">
          <input
            type="checkbox"
            tabIndex={-1}
            checked={isChosen}
            aria-label={trans.__('Choose %1', row.name)}
            onChange={(event) => model.variables.choose([row.name], event.currentTarget.checked)}
          />
        </span>
        <span role="gridcell" className="hm-Variable-what" onClick={() => state.toggleDetails(row.name)}>
          <span className="hm-Variable-name" title={row.name}>
            {row.name}
          </span>
          {columns.includes('type') && (
            <span className="hm-Variable-type" title={typeText(row)}>
              {typeText(row)}
            </span>
          )}
        </span>
        {COLUMNS.filter((column) => column !== 'type' && columns.includes(column)).map((column) => (
          <span
            key={column}
            role="gridcell"
            className={`hm-Figure hm-Column-${column}`}
            title={column === 'size' ? figures(row, trans) : undefined}
            onClick={() => state.toggleDetails(row.name)}
          >
            {columnText(column, row, trans)}
          </span>
        ))}
      </div>
      {note !== undefined && (
        <div className="hm-Variable-note" role="gridcell" title={noteText(note, trans)}>
          {note.text}
        </div>
      )}
    </div>
  );
}

/** The note whole, its remedy, and what its kind means. */
function noteText({ kind, text, remedy }: Note, trans: Translation): string {
  const lines = [remedy === undefined ? text : `${text}: ${remedy}`];
  const meaning = noteMeaning(kind, trans);
  return meaning === null ? text : [...lines, meaning].join('\n');
}

/** What a kind of note is about, for those who meet it for the first time. */
function noteMeaning(kind: Note['kind'], trans: Translation): string | null {
  switch (kind) {
    case 'pinsBuffer':
      return trans.__('A view, however small, keeps the whole buffer that it looks at. A copy of the part does not.');
    case 'pinsString':
      return trans.__('A part of a text may keep the whole text alive. A copy of the part does not.');
    case 'grew':
      return trans.__('It grew with each of the last runs: something is added and never removed.');
    case 'detached':
      return trans.__('Its buffer was handed over to somebody else: nothing is in it here.');
    default:
      return null;
  }
}

/** What stands in a column; nothing where the kernel says nothing. */
function columnText(column: VariableColumn, row: VariableRecord, trans: Translation): string {
  switch (column) {
    case 'size':
      return mainFigure(row, trans);
    case 'shared':
      return row.sharedBytes === null ? '' : formatBytes(row.sharedBytes);
    case 'tensors':
      return row.tensorBytes === null ? '' : formatBytes(row.tensorBytes);
    case 'cell':
      return row.cell === null ? '' : `[${row.cell.executionCount}]`;
    case 'type':
      return typeText(row);
  }
}

/** The larger of what a value holds on the heap and in tensors: there is no room for both. */
function mainFigure({ bytes, precision, tensorBytes }: VariableRecord, trans: Translation): string {
  return (tensorBytes ?? 0) > (bytes ?? 0)
    ? trans.__('%1 tensors', formatBytes(tensorBytes))
    : formatBytes(bytes, precision);
}

/** Every figure, with the bounds of one that is not exact. */
function figures(row: VariableRecord, trans: Translation): string {
  const { low, high, precision } = row;
  const range =
    precision === 'estimate' && low !== null && high !== null ? `\n${formatBytes(low)} – ${formatBytes(high)}` : '';
  return `${sizeText(row, trans)}${range}`;
}
