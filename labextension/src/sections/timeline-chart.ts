/** The drawing of the timeline: areas that lie on each other, a band for each cell that ran, and bars for pauses. */
import uPlot from 'uplot';
import type { PauseBar } from '../model/pauses.js';
import type { CellSpan, Columns, Series, Span } from '../model/timeline.js';

const HEIGHT = 84;
/** Room below the areas for the numbers of the cells. */
const BAND_HEIGHT = 14;
/** Room above the highest point, so that the line never touches the edge. */
const HEADROOM = 1.25;
/** Narrower than this, a number in brackets does not fit. */
const LABEL_WIDTH = 22;

/** Height of a bar of pauses where no code ran at all, and the least of any, and of a full collection. */
const PAUSE_HEIGHT = 16;
const LEAST_PAUSE = 1.5;
const LEAST_FULL = 5;

/** What is to be seen. */
export interface Drawing {
  readonly columns: Columns;
  readonly shown: readonly Series[];
  readonly showsProcess: boolean;
  readonly cells: readonly CellSpan[];
  readonly pauses: readonly PauseBar[];
  readonly span: Span;
  /** Bytes of the highest point. */
  readonly top: number;
}

export interface ChartOptions {
  /** The column under the pointer, or none. */
  onPoint(index: number | null): void;
  /** A moment was clicked; the tolerance is what a person cannot see, in the same unit. */
  onPick(time: number, tolerance: number): void;
}

/** A chart that lives in an element until it is destroyed. Its colours are the theme's, read anew at each drawing. */
export class TimelineChart {
  readonly #host: HTMLElement;
  readonly #options: ChartOptions;
  readonly #themes: MutationObserver;
  #plot: uPlot | null = null;
  /** What the plot was made for: other series need another plot. */
  #made = '';
  #drawing: Drawing | null = null;

  constructor(host: HTMLElement, options: ChartOptions) {
    this.#host = host;
    this.#options = options;
    this.#themes = new MutationObserver(() => this.#plot?.redraw());
    this.#themes.observe(document.body, { attributes: true, attributeFilter: ['data-jp-theme-name'] });
  }

  draw(drawing: Drawing, width: number): void {
    if (width <= 0) return;
    this.#drawing = drawing;
    const { columns, shown, showsProcess } = drawing;
    const data: uPlot.AlignedData = [
      columns.times as number[],
      ...(columns.edges as (number | null)[][]),
      ...(showsProcess ? [columns.process as (number | null)[]] : []),
    ];
    const wanted = `${shown.join()} ${showsProcess}`;
    if (this.#plot === null || this.#made !== wanted) {
      this.#plot?.destroy();
      this.#made = wanted;
      this.#plot = this.#make(data, width);
    } else {
      if (this.#plot.width !== width) this.#plot.setSize({ width, height: HEIGHT });
      this.#plot.setData(data);
    }
  }

  /** Moves the pointer's line to a column, as if the pointer were there. */
  point(index: number | null): void {
    const plot = this.#plot;
    const time = index === null ? undefined : this.#drawing?.columns.times[index];
    plot?.setCursor(time === undefined ? { left: -10, top: -10 } : { left: plot.valToPos(time, 'x'), top: 0 });
  }

  destroy(): void {
    this.#themes.disconnect();
    this.#plot?.destroy();
    this.#plot = null;
  }

  #make(data: uPlot.AlignedData, width: number): uPlot {
    const { shown, showsProcess } = this.#drawing ?? { shown: [], showsProcess: false };
    const colour = (name: string) => (): string => this.#colour(`--hm-series-${name}`);
    const area = (name: string): uPlot.Series => ({
      label: name,
      stroke: colour(name),
      fill: () => `color-mix(in srgb, ${this.#colour(`--hm-series-${name}`)} 35%, transparent)`,
      width: 1.5,
      points: { show: false },
    });
    const plot = new uPlot(
      {
        width,
        height: HEIGHT,
        ms: 1,
        padding: [0, 0, BAND_HEIGHT, 0],
        legend: { show: false },
        axes: [{ show: false }, { show: false }],
        cursor: { y: false, points: { show: false }, drag: { x: false, y: false } },
        scales: {
          x: { time: true, range: () => [this.#drawing?.span.from ?? 0, this.#drawing?.span.to ?? 1] },
          y: { range: () => [0, Math.max(1, (this.#drawing?.top ?? 1) * HEADROOM)] },
        },
        series: [
          {},
          ...shown.map(area),
          ...(showsProcess
            ? [{ label: 'process', stroke: colour('process'), width: 1, spanGaps: true, points: { show: false } }]
            : []),
        ],
        // Between an area's edge and the one below it.
        bands: shown.slice(1).map((_, below) => ({ series: [below + 2, below + 1] })),
        hooks: {
          drawClear: [(u) => this.#drawCells(u)],
          draw: [(u) => this.#drawPauses(u)],
          setCursor: [(u) => this.#options.onPoint(u.cursor.idx ?? null)],
        },
      },
      data,
      this.#host,
    );
    plot.over.addEventListener('click', ({ offsetX }) => {
      this.#options.onPick(plot.posToVal(offsetX, 'x'), plot.posToVal(4, 'x') - plot.posToVal(0, 'x'));
    });
    return plot;
  }

  /** Below the areas: a quiet band for each cell, a mark under it, and its number where there is room. */
  #drawCells(plot: uPlot): void {
    const { ctx, bbox } = plot;
    const ratio = devicePixelRatio;
    const bottom = bbox.top + bbox.height;
    ctx.save();
    ctx.font = `${10 * ratio}px ${getComputedStyle(this.#host).fontFamily}`;
    ctx.textAlign = 'center';
    ctx.textBaseline = 'alphabetic';
    for (const { from, to, run } of this.#drawing?.cells ?? []) {
      const left = plot.valToPos(from, 'x', true);
      const width = Math.max(2 * ratio, plot.valToPos(to, 'x', true) - left);
      ctx.fillStyle = this.#colour('--jp-layout-color2');
      ctx.fillRect(left, bbox.top, width, bbox.height);
      ctx.fillStyle = this.#colour(run.status === 'running' ? '--jp-brand-color1' : '--jp-ui-font-color3');
      ctx.fillRect(left, bottom + ratio, width, 3 * ratio);
      if (width < LABEL_WIDTH * ratio) continue;
      ctx.fillStyle = this.#colour('--jp-ui-font-color2');
      ctx.fillText(`[${run.executionCount}]`, left + width / 2, bottom + (BAND_HEIGHT - 1) * ratio);
    }
    ctx.restore();
  }

  /** From the top edge down: how much of the time went into collections. */
  #drawPauses(plot: uPlot): void {
    const { ctx, bbox } = plot;
    const ratio = devicePixelRatio;
    ctx.save();
    for (const { from, to, pauseMs, full } of this.#drawing?.pauses ?? []) {
      const left = plot.valToPos(from, 'x', true);
      const width = Math.max(ratio, plot.valToPos(to, 'x', true) - left);
      const share = Math.min(1, pauseMs / (to - from));
      ctx.fillStyle = this.#colour(full ? '--hm-pause-full' : '--hm-pause');
      ctx.fillRect(left, bbox.top, width, Math.max(full ? LEAST_FULL : LEAST_PAUSE, share * PAUSE_HEIGHT) * ratio);
    }
    ctx.restore();
  }

  #colour(property: string): string {
    return getComputedStyle(this.#host).getPropertyValue(property).trim();
  }
}
