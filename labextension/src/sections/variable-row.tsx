/** One variable: its line, its notes, and what shows when it is opened. */
import { formatBytes, type Note, type VariableRecord, type WhyRecord } from '@heapmark/protocol';
import { useLayoutEffect, useRef, useState } from 'react';
import { sizeText, typeText, type Translation } from '../format.js';
import type { MemoryModel } from '../model/memory-model.js';
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
          <span className="hm-Variable-type" title={typeText(row)}>
            {typeText(row)}
          </span>
        </span>
        <span
          role="gridcell"
          className="hm-Figure"
          title={figures(row, trans)}
          onClick={() => state.toggleDetails(row.name)}
        >
          {mainFigure(row, trans)}
        </span>
      </div>
      {note !== undefined && (
        <div className="hm-Variable-note" role="gridcell" title={noteText(note)}>
          {note.text}
        </div>
      )}
    </div>
  );
}

const noteText = ({ text, remedy }: Note): string => (remedy === undefined ? text : `${text}: ${remedy}`);

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

export interface VariableDetailsProps {
  readonly row: VariableRecord;
  readonly model: MemoryModel;
  /** The list has to know how much room the details take. */
  onHeight(pixels: number): void;
}

export function VariableDetails({ row, model, onHeight }: VariableDetailsProps): JSX.Element {
  const { trans, goToCell, free } = usePanel();
  const element = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    const target = element.current;
    if (target === null) return;
    const observer = new ResizeObserver(() => onHeight(target.offsetHeight));
    observer.observe(target);
    onHeight(target.offsetHeight);
    return () => observer.disconnect();
  }, [onHeight]);
  const { cell } = row;
  const canAskWhy = model.linkState.kind === 'ready' && model.linkState.hello.methods.includes('why');
  return (
    <div ref={element} className="hm-Details" role="gridcell">
      {/* A value's text may be long or in any script: it stays in its own box and direction. */}
      <pre className="hm-Details-preview" dir="auto">
        {row.preview}
      </pre>
      <Shared row={row} />
      {row.notes.map((note) => (
        <p key={`${note.kind} ${note.text}`} className="hm-Details-note">
          {note.text}
          {note.remedy !== undefined && (
            <>
              {' '}
              <code>{note.remedy}</code>
            </>
          )}
        </p>
      ))}
      <div className="hm-Details-actions">
        {cell !== null && (
          <button type="button" className="hm-Link" onClick={() => goToCell(model, cell)}>
            {trans.__('from cell [%1]', cell.executionCount)}
          </button>
        )}
        {canAskWhy && <Why name={row.name} model={model} />}
        <button type="button" className="hm-Button" onClick={() => free(model, [row.name])}>
          {trans.__('Free…')}
        </button>
      </div>
    </div>
  );
}

function Shared({ row: { sharedBytes } }: { row: VariableRecord }): JSX.Element | null {
  const { trans } = usePanel();
  if ((sharedBytes ?? 0) === 0) return null;
  return (
    <p className="hm-Details-note">
      {trans.__('%1 of it is reached by other variables too and would stay.', formatBytes(sharedBytes))}
    </p>
  );
}

/** What keeps the value alive, asked for when somebody wants to know. */
function Why({ name, model }: { name: string; model: MemoryModel }): JSX.Element {
  const { trans } = usePanel();
  const [answer, setAnswer] = useState<WhyRecord | string | null>(null);
  if (answer === null) {
    const ask = (): void => void model.why(name).then(setAnswer, (error: Error) => setAnswer(error.message));
    return (
      <button type="button" className="hm-Button" onClick={ask}>
        {trans.__('Why alive?')}
      </button>
    );
  }
  if (typeof answer === 'string') return <p className="hm-Details-note">{answer}</p>;
  return (
    <ul className="hm-Details-holders">
      {answer.holders.map(({ text }) => (
        <li key={text}>{text}</li>
      ))}
      {answer.reason !== null && <li>{answer.reason}</li>}
      {answer.remedy !== null && <li>{answer.remedy}</li>}
    </ul>
  );
}
