/** The course of memory: areas that lie on each other, and a band for each cell that ran. */
import { formatBytes, type MemorySample } from '@heapmark/protocol';
import { useRef, useState, type PointerEvent } from 'react';
import { clockTime, type Translation } from '../format.js';
import type { MemoryModel } from '../model/memory-model.js';
import {
  SERIES,
  cellSpans,
  highest,
  nearest,
  seriesBytes,
  shownSpan,
  thin,
  type CellSpan,
  type Series,
  type Span,
} from '../model/timeline.js';
import { usePanel } from './context.js';
import { useSize } from './hooks.js';

const AREA_HEIGHT = 64;
const BAND_HEIGHT = 14;
/** Room above the highest point, so that the line never touches the edge. */
const HEADROOM = 1.25;

interface Scale {
  readonly span: Span;
  readonly width: number;
  readonly top: number;
}

const x = (time: number, { span, width }: Scale): number => ((time - span.from) / (span.to - span.from)) * width;
const y = (bytes: number, { top }: Scale): number => AREA_HEIGHT - (bytes / top) * AREA_HEIGHT;

export function Timeline({ model }: { model: MemoryModel }): JSX.Element {
  const { trans, state } = usePanel();
  const element = useRef<HTMLDivElement>(null);
  const { width } = useSize(element);
  const [pointed, setPointed] = useState<number | null>(null);
  const { rangeMs, hiddenSeries } = state.arrangement;

  const span = shownSpan(model.samples.all, rangeMs);
  const known = model.samples.since(span.from);
  const runs = thin(known, span, width);
  const shown = SERIES.filter((series) => !hiddenSeries.includes(series) && highest(runs, [series]) > 0);
  const scale: Scale = { span, width, top: Math.max(1, highest(runs, shown) * HEADROOM) };
  const at =
    pointed === null ? null : nearest(known, span.from + (pointed / Math.max(1, width)) * (span.to - span.from));
  const onMove = (event: PointerEvent): void =>
    setPointed(event.clientX - event.currentTarget.getBoundingClientRect().left);

  return (
    <>
      <div ref={element} className="hm-Timeline" onPointerMove={onMove} onPointerLeave={() => setPointed(null)}>
        <svg width={width} height={AREA_HEIGHT + BAND_HEIGHT} role="img" aria-label={summary(runs.flat(), trans)}>
          {cellSpans(model.cells.runs, span).map((band) => (
            <CellBand
              key={`${band.run.executionCount} ${band.run.startedAt}`}
              band={band}
              scale={scale}
              model={model}
            />
          ))}
          {runs.map((run) => (
            <Areas key={run[0]?.time} run={run} shown={shown} scale={scale} />
          ))}
          {at !== null && (
            <line
              className="hm-Timeline-pointer"
              x1={x(at.time, scale)}
              x2={x(at.time, scale)}
              y1={0}
              y2={AREA_HEIGHT}
            />
          )}
        </svg>
        <span className="hm-Timeline-top" aria-hidden="true">
          {at === null ? formatBytes(scale.top / HEADROOM) : clockTime(at.time)}
        </span>
      </div>
      <Legend sample={at ?? model.latest} />
    </>
  );
}

function summary(samples: readonly MemorySample[], trans: Translation): string {
  const top = highest([samples], SERIES);
  return trans.__('Memory over time, at most %1', formatBytes(top));
}

/** One area for each kind, the upper on the lower. */
function Areas({
  run,
  shown,
  scale,
}: {
  run: readonly MemorySample[];
  shown: readonly Series[];
  scale: Scale;
}): JSX.Element {
  const floor = run.map(() => 0);
  return (
    <>
      {shown.map((series) => {
        const lower = run
          .map((sample, index) => `${x(sample.time, scale).toFixed(1)},${y(floor[index] ?? 0, scale).toFixed(1)}`)
          .reverse();
        const upper = run.map((sample, index) => {
          floor[index] = (floor[index] ?? 0) + (seriesBytes(sample)[series] ?? 0);
          return `${x(sample.time, scale).toFixed(1)},${y(floor[index], scale).toFixed(1)}`;
        });
        return (
          <g key={series} className={`hm-Series-${series}`}>
            <polygon className="hm-Timeline-area" points={[...upper, ...lower].join(' ')} />
            <polyline className="hm-Timeline-line" points={upper.join(' ')} />
          </g>
        );
      })}
    </>
  );
}

/** Narrower than this, a number in brackets does not fit. */
const LABEL_WIDTH = 22;

function CellBand({ band, scale, model }: { band: CellSpan; scale: Scale; model: MemoryModel }): JSX.Element {
  const { trans, goToCell } = usePanel();
  const left = x(band.from, scale);
  const width = Math.max(2, x(band.to, scale) - left);
  const { executionCount, status } = band.run;
  return (
    <g className={`hm-Band hm-mod-${status}`} onClick={() => goToCell(model, band.run)}>
      <title>{trans.__('Cell [%1]: click to go there', executionCount)}</title>
      <rect className="hm-Band-area" x={left} y={0} width={width} height={AREA_HEIGHT} />
      <rect className="hm-Band-mark" x={left} y={AREA_HEIGHT + 1} width={width} height={3} />
      {width >= LABEL_WIDTH && (
        <text x={left + width / 2} y={AREA_HEIGHT + BAND_HEIGHT - 1} textAnchor="middle">
          [{executionCount}]
        </text>
      )}
    </g>
  );
}

/** The kinds with their figures, now or where the pointer is; a click shows or hides one. */
function Legend({ sample }: { sample: MemorySample | null }): JSX.Element | null {
  const { trans, state } = usePanel();
  if (sample === null) return null;
  const bytes = seriesBytes(sample);
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
          <button
            key={series}
            type="button"
            className={`hm-Legend-item hm-Series-${series}`}
            aria-pressed={!state.arrangement.hiddenSeries.includes(series)}
            title={trans.__('Show or hide this kind of memory')}
            onClick={() => state.toggleSeries(series)}
          >
            <span className="hm-Legend-mark" aria-hidden="true" />
            {names[series]} <b>{formatBytes(bytes[series])}</b>
          </button>
        ),
      )}
    </div>
  );
}
