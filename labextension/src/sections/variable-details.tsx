/** What shows below a variable's line when it is opened: its value, notes, contents, and what can be done with it. */
import { formatBytes, type VariableRecord } from '@heapmark/protocol';
import { caretDownIcon, caretRightIcon } from '@jupyterlab/ui-components';
import { useLayoutEffect, useRef, useState } from 'react';
import type { MemoryModel } from '../model/memory-model.js';
import { usePanel } from './context.js';
import { InlineCode } from './inline-code.js';
import { ValueLevel } from './value-tree.js';
import { WhyAnswer, WhyButton, useWhy } from './why-alive.js';

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
  const methods = model.linkState.kind === 'ready' ? model.linkState.hello.methods : [];
  const why = useWhy(row.name, model);
  return (
    <div ref={element} className="hm-Details" role="gridcell">
      {/* A value's text may be long or in any script: it stays in its own box and direction. */}
      <pre className="hm-Details-preview" dir="auto">
        {row.preview}
      </pre>
      <Shared row={row} />
      {row.notes.map((note) => (
        <p key={`${note.kind} ${note.text}`} className="hm-Details-note">
          <InlineCode text={note.text} />
          {note.remedy !== undefined && (
            <>
              {' '}
              <code>{note.remedy}</code>
            </>
          )}
        </p>
      ))}
      {methods.includes('expand') && mayHoldParts(row) && <Contents row={row} model={model} />}
      <WhyAnswer why={why} />
      <div className="hm-Details-actions">
        {cell !== null && (
          <button type="button" className="hm-Link" onClick={() => goToCell(model, cell)}>
            {trans.__('from cell [%1]', cell.executionCount)}
          </button>
        )}
        {methods.includes('why') && <WhyButton name={row.name} model={model} why={why} />}
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

const PLAIN_TYPES: readonly string[] = ['number', 'string', 'boolean', 'bigint', 'symbol', 'undefined', 'null'];

const mayHoldParts = ({ type }: VariableRecord): boolean => !PLAIN_TYPES.includes(type);

/** The value's parts, a level at a time. */
function Contents({ row, model }: { row: VariableRecord; model: MemoryModel }): JSX.Element {
  const { trans } = usePanel();
  const [isOpen, setOpen] = useState(false);
  const Caret = isOpen ? caretDownIcon : caretRightIcon;
  return (
    <div className="hm-Contents">
      <button type="button" className="hm-Tree-line" aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
        <Caret.react tag="span" className="hm-Section-caret" />
        {trans.__('Contents')}
      </button>
      {isOpen && <ValueLevel model={model} path={[row.name]} />}
    </div>
  );
}
