/** The course of memory: what it was made of at each moment, and which cell ran then. */
import { formatBytes, formatDuration, type MemorySample } from '@heapmark/protocol';
import { useEffect, useLayoutEffect, useRef, useState, type KeyboardEvent } from 'react';
import { clockTime, type Translation } from '../format.js';
import type { MemoryModel } from '../model/memory-model.js';
import {
  SERIES,
  cellSpans,
  columnsOf,
  highest,
  seriesBytes,
  shownSpan,
  spanAt,
  thin,
  type CellSpan,
  type Series,
} from '../model/timeline.js';
import { pauseBars, pausedWithin } from '../model/pauses.js';
import { usedBytes } from '../model/samples.js';
import { usePanel } from './context.js';
import { useSize } from './hooks.js';
import { TimelineChart } from './timeline-chart.js';

/** Pixels of one bar of pauses. */
const PAUSE_WIDTH = 2;

export function Timeline({ model }: { model: MemoryModel }): JSX.Element {
  const { trans, state, goToCell } = usePanel();
  const element = useRef<HTMLDivElement>(null);
  const chart = useRef<TimelineChart | null>(null);
  const { width } = useSize(element);
  const [pointed, setPointed] = useState<number | null>(null);
  const { rangeMs, hiddenSeries, showsProcess } = state.arrangement;

  const span = shownSpan(model.samples.all, rangeMs);
  const runs = thin(model.samples.since(span.from), span, width);
  const shown = SERIES.filter((series) => !hiddenSeries.includes(series) && highest(runs, [series]) > 0);
  const columns = columnsOf(runs, shown);
  const cells = cellSpans(model.cells.runs, span);
  const pauses = pauseBars(model.pauses.all, span, Math.floor(width / PAUSE_WIDTH));
  const top = Math.max(highest(runs, shown), ...(showsProcess ? columns.process.map((bytes) => bytes ?? 0) : []));
  const at = pointed === null ? null : (columns.samples[pointed] ?? null);
  const cellThen = at === null ? null : spanAt(cells, at.time, 0);
  // What a sample tells of has happened since the one before.
  const before = pointed === null ? null : (columns.times[pointed - 1] ?? null);
  const paused = at === null || before === null ? 0 : pausedWithin(model.pauses.all, { from: before, to: at.time });

  const pick = (time: number, tolerance: number): void => {
    const found = spanAt(cells, time, tolerance);
    if (found !== null) goToCell(model, found.run);
  };
  const onPick = (time: number, tolerance: number): void => {
    // The pointer's line stands at the nearest sample: what is read out there is what is meant.
    if (cellThen === null) pick(time, tolerance);
    else goToCell(model, cellThen.run);
  };
  const latestPick = useRef(onPick);
  latestPick.current = onPick;

  useEffect(() => {
    if (element.current === null) return;
    const made = new TimelineChart(element.current, {
      onPoint: setPointed,
      onPick: (time, tolerance) => latestPick.current(time, tolerance),
    });
    chart.current = made;
    return () => {
      chart.current = null;
      made.destroy();
    };
  }, []);
  const last = columns.times.at(-1);
  const bands = cells.map(({ from, to, run }) => `${from} ${to} ${run.status}`).join();
  useLayoutEffect(
    () => chart.current?.draw({ columns, shown, showsProcess, cells, pauses, span, top }, width),
    [width, last, columns.times.length, shown.join(), showsProcess, rangeMs, bands, top],
  );

  const onKeyDown = (event: KeyboardEvent): void => {
    const end = columns.times.length - 1;
    const from = pointed ?? end + (event.key === 'ArrowLeft' ? 1 : 0);
    const moves: Record<string, number> = { ArrowLeft: from - 1, ArrowRight: from + 1, Home: 0, End: end };
    const next = moves[event.key];
    if (next !== undefined) chart.current?.point(Math.max(0, Math.min(next, end)));
    else if (event.key === 'Enter' && at !== null) pick(at.time, 0);
    else return;
    event.preventDefault();
    event.stopPropagation();
  };

  return (
    <>
      <div
        ref={element}
        className={`hm-Timeline${cellThen === null ? '' : ' hm-mod-onCell'}`}
        role="slider"
        tabIndex={0}
        aria-label={trans.__('Memory over time, at most %1. Enter goes to the cell of the moment', formatBytes(top))}
        aria-valuemin={0}
        aria-valuemax={Math.max(0, columns.times.length - 1)}
        aria-valuenow={pointed ?? Math.max(0, columns.times.length - 1)}
        aria-valuetext={momentText(at ?? model.latest, cellThen, paused, trans)}
        onKeyDown={onKeyDown}
        onBlur={() => chart.current?.point(null)}
      >
        <span className="hm-Timeline-top" aria-hidden="true">
          {at === null ? formatBytes(top) : momentTitle(at, cellThen, paused)}
        </span>
      </div>
      <Legend sample={at ?? model.latest} process={(at ?? model.latest)?.rss ?? model.samples.latestRss} />
    </>
  );
}

/** Collections that took less in all are no news, ms. */
const WORTH_TELLING_MS = 1;

function momentTitle({ time }: MemorySample, cell: CellSpan | null, paused: number): string {
  const moment = paused < WORTH_TELLING_MS ? clockTime(time) : `${clockTime(time)} gc ${formatDuration(paused)}`;
  return cell === null ? moment : `${moment} [${cell.run.executionCount}]`;
}

/** A moment for those who do not see it. */
function momentText(sample: MemorySample | null, cell: CellSpan | null, paused: number, trans: Translation): string {
  if (sample === null) return '';
  const text = trans.__('%1: %2 in use', clockTime(sample.time), formatBytes(usedBytes(sample)));
  const where = cell === null ? text : trans.__('%1, cell [%2]', text, cell.run.executionCount);
  return paused < WORTH_TELLING_MS ? where : trans.__('%1, %2 in collections', where, formatDuration(paused));
}

/** The kinds with their figures, now or where the pointer is; a click shows or hides one. */
function Legend({ sample, process }: { sample: MemorySample | null; process: number | null }): JSX.Element | null {
  const { trans, state } = usePanel();
  if (sample === null) return null;
  const bytes = seriesBytes(sample);
  const { hiddenSeries, showsProcess } = state.arrangement;
  const names: Record<Series, string> = {
    heap: trans.__('heap'),
    buffers: trans.__('buffers'),
    other: trans.__('other'),
    tensors: trans.__('tensors'),
  };
  return (
    <div className="hm-Legend">
      {SERIES.filter((series) => series === 'heap' || series === 'buffers' || (bytes[series] ?? 0) > 0).map(
        (series) => (
          <LegendItem
            key={series}
            name={series}
            text={names[series]}
            bytes={bytes[series]}
            isShown={!hiddenSeries.includes(series)}
            title={trans.__('Show or hide this kind of memory')}
            onClick={() => state.toggleSeries(series)}
          />
        ),
      )}
      <LegendItem
        name="process"
        text={trans.__('process')}
        bytes={process}
        isShown={showsProcess}
        title={trans.__(
          'Resident memory of the process (RSS): all of the others, and what V8 and the system keep for next time',
        )}
        onClick={() => state.arrange({ showsProcess: !showsProcess })}
      />
    </div>
  );
}

interface LegendItemProps {
  readonly name: Series | 'process';
  readonly text: string;
  readonly bytes: number | null;
  readonly isShown: boolean;
  readonly title: string;
  onClick(): void;
}

function LegendItem({ name, text, bytes, isShown, title, onClick }: LegendItemProps): JSX.Element {
  return (
    <button
      type="button"
      className={`hm-Legend-item hm-Series-${name}`}
      aria-pressed={isShown}
      title={title}
      onClick={onClick}
    >
      <span className="hm-Legend-mark" aria-hidden="true" />
      {text} <b>{formatBytes(bytes)}</b>
    </button>
  );
}
