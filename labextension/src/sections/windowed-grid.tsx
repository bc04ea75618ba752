/** A long list of rows of which only those in sight exist, worked with the keyboard as one stop of the Tab key. */
import {
  useEffect,
  useId,
  useLayoutEffect,
  useMemo,
  useRef,
  useState,
  type KeyboardEvent,
  type ReactNode,
} from 'react';
import type { RowLayout } from '../model/row-layout.js';
import { useSize } from './hooks.js';

export interface WindowedGridProps<T> {
  readonly label: string;
  readonly rows: readonly T[];
  keyOf(row: T): string;
  /** Where each row stands; a new one only when rows or heights are new. */
  readonly layout: RowLayout;
  isSelected?(row: T): boolean;
  /** The cells of a row, each with role `gridcell`. */
  renderRow(row: T): ReactNode;
  /** A key other than the arrows, on the active row. Says whether it was of use. */
  onKey(row: T, event: KeyboardEvent): boolean;
  /** A row to be made active and brought into sight; a new object each time. */
  readonly revealed?: { readonly key: string } | null;
  /** A row of column headers that stays in sight. */
  readonly head?: ReactNode;
  readonly className?: string;
  /** The list is as high as its rows, up to what its style allows; otherwise it takes what room there is. */
  readonly isFitted?: boolean;
  /** Rows keep no state of their own: a row that comes into sight takes the elements of one that went. */
  readonly reusesRows?: boolean;
}

/** Pixels of the row of column headers, as in the style. */
const HEAD_HEIGHT = 20;

/** Rows kept ready beyond each edge, so that scrolling shows no holes. */
const SPARE_ROWS = 6;

export function WindowedGrid<T>(props: WindowedGridProps<T>): JSX.Element {
  const { rows, keyOf, layout } = props;
  const id = useId();
  const element = useRef<HTMLDivElement>(null);
  const size = useSize(element);
  const height = Math.max(0, size.height - (props.head === undefined ? 0 : HEAD_HEIGHT));
  const [scrollTop, setScrollTop] = useState(0);
  const [activeKey, setActiveKey] = useState<string | null>(null);
  const { first, end } = layout.visible(scrollTop, height, SPARE_ROWS);
  const places = useRef(1);
  places.current = Math.max(places.current, end - first);
  const active = useMemo(
    () =>
      activeKey === null
        ? 0
        : Math.max(
            0,
            rows.findIndex((row) => keyOf(row) === activeKey),
          ),
    [rows, activeKey],
  );

  // A list that became shorter may have been scrolled by the browser.
  useLayoutEffect(() => setScrollTop(element.current?.scrollTop ?? 0), [layout]);
  useEffect(() => {
    if (activeKey === null || element.current === null) return;
    element.current.scrollTop = layout.reveal(active, element.current.scrollTop, height);
  }, [activeKey]);

  useEffect(() => {
    if (props.revealed) setActiveKey(props.revealed.key);
  }, [props.revealed]);

  const activate = (index: number): void => {
    const row = rows[Math.max(0, Math.min(index, rows.length - 1))];
    if (row !== undefined) setActiveKey(keyOf(row));
  };
  const page = Math.max(1, layout.rowAt(layout.top(active) + height) - active);
  const moves: Record<string, number> = {
    ArrowDown: 1,
    ArrowUp: -1,
    PageDown: page,
    PageUp: -page,
    Home: -rows.length,
    End: rows.length,
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    const move = moves[event.key];
    const row = rows[active];
    if (event.target !== element.current || row === undefined) return;
    if (move !== undefined) activate(activeKey === null && event.key === 'ArrowDown' ? 0 : active + move);
    else if (!props.onKey(row, event)) return;
    event.preventDefault();
    event.stopPropagation();
  };

  return (
    <div
      ref={element}
      className={`hm-Grid ${props.className ?? ''}`}
      role="grid"
      style={props.isFitted === true ? { height: layout.height } : undefined}
      tabIndex={0}
      aria-label={props.label}
      aria-rowcount={rows.length}
      aria-activedescendant={activeKey !== null && active >= first && active < end ? `${id}${active}` : undefined}
      onKeyDown={onKeyDown}
      onScroll={(event) => setScrollTop(event.currentTarget.scrollTop)}
    >
      {props.head !== undefined && (
        <div className="hm-Grid-head" role="rowgroup">
          {props.head}
        </div>
      )}
      <div className="hm-Grid-rows" role="rowgroup" style={{ height: layout.height }}>
        {rows.slice(first, end).map((row, offset) => {
          const index = first + offset;
          const key = keyOf(row);
          return (
            <div
              key={props.reusesRows === true ? index % places.current : key}
              id={`${id}${index}`}
              role="row"
              className={`hm-Grid-row${key === activeKey ? ' hm-mod-active' : ''}`}
              aria-rowindex={index + 1}
              aria-selected={props.isSelected?.(row)}
              style={{ top: layout.top(index), height: layout.top(index + 1) - layout.top(index) }}
              onMouseDown={() => setActiveKey(key)}
            >
              {props.renderRow(row)}
            </div>
          );
        })}
      </div>
    </div>
  );
}
