/** What is inside a value, a level at a time, asked for as it is opened. No getter is run for it. */
import { formatBytes, type ChildRecord, type ExpandRecord } from '@heapmark/protocol';
import { caretDownIcon, caretRightIcon } from '@jupyterlab/ui-components';
import { useCallback, useEffect, useState } from 'react';
import { typeText } from '../format.js';
import type { MemoryModel } from '../model/memory-model.js';
import { usePanel } from './context.js';

/** Children shown at first, and so many more at each click. */
const PAGE = 50;

interface LevelState {
  readonly children: readonly ChildRecord[];
  readonly total: number | null;
  readonly problem: string | null;
}

const EMPTY: LevelState = { children: [], total: null, problem: null };

/** One level below the path: a variable's name, then the keys that lead there. */
export function ValueLevel({ model, path }: { model: MemoryModel; path: readonly string[] }): JSX.Element {
  const { trans } = usePanel();
  const [level, setLevel] = useState(EMPTY);
  const key = JSON.stringify(path);
  const load = useCallback(
    (from: number, isWanted: () => boolean = () => true) => {
      model.expand([...path], from, PAGE).then(
        ({ children, total }: ExpandRecord) => {
          if (isWanted())
            setLevel((old) => ({ children: [...old.children.slice(0, from), ...children], total, problem: null }));
        },
        (error: Error) => {
          if (isWanted()) setLevel((old) => ({ ...old, problem: error.message }));
        },
      );
    },
    [model, key],
  );
  useEffect(() => {
    let isGone = false;
    setLevel(EMPTY);
    load(0, () => !isGone);
    return () => {
      isGone = true;
    };
  }, [load]);
  const { children, total, problem } = level;
  const left = (total ?? 0) - children.length;
  return (
    <>
      {problem !== null && <p className="hm-Details-note">{problem}</p>}
      {total === 0 && <p className="hm-Details-note">{trans.__('Nothing inside.')}</p>}
      <ul className="hm-Tree">
        {children.map((child, index) => (
          <Child key={`${index} ${child.key}`} child={child} model={model} />
        ))}
      </ul>
      {left > 0 && (
        <button type="button" className="hm-Link" onClick={() => load(children.length)}>
          {trans._n('%1 more', '%1 more', left)}
        </button>
      )}
    </>
  );
}

function Child({ child, model }: { child: ChildRecord; model: MemoryModel }): JSX.Element {
  const [isOpen, setOpen] = useState(false);
  const Caret = isOpen ? caretDownIcon : caretRightIcon;
  const line = (
    <>
      <span className="hm-Tree-key">{child.key}</span>
      <span className="hm-Tree-preview" dir="auto">
        {child.preview}
      </span>
      <span className="hm-Figure">{formatBytes(child.bytes, child.precision)}</span>
    </>
  );
  const title = [typeText(child), ...child.notes.map(({ text }) => text)].join('\n');
  return (
    <li>
      {child.expandable ? (
        <button
          type="button"
          className="hm-Tree-line"
          aria-expanded={isOpen}
          title={title}
          onClick={() => setOpen(!isOpen)}
        >
          <Caret.react tag="span" className="hm-Section-caret" />
          {line}
        </button>
      ) : (
        <div className="hm-Tree-line" title={title}>
          <span className="hm-Section-caret" />
          {line}
        </div>
      )}
      {isOpen && <ValueLevel model={model} path={child.path} />}
    </li>
  );
}
