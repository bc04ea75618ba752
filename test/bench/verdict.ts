/** Compares Heapmark's figures with their marks. */
import { figures, type Figure, type FigureId } from './figures.js';
import type { Results } from './results.js';

export interface Verdict {
  /** Heapmark's figure, or its ratio to what the mark refers to; `null` when either is missing. */
  value: number | null;
  atMost: number;
  /** `null` when nothing can be said. */
  reached: boolean | null;
}

/** `null` for a figure without a mark. */
export function judge(id: FigureId, results: Results): Verdict | null {
  const { target }: Figure = figures[id];
  if (target === undefined) return null;
  const own = results.get('heapmark', id).summary?.median ?? null;
  const value = own === null ? null : compare(own);
  return { value, atMost: target.atMost, reached: value === null ? null : value <= target.atMost };

  function compare(figure: number): number | null {
    if (target === undefined) return null;
    if ('ofPeer' in target) return ratio(figure, results.get(target.ofPeer, id).summary?.median);
    if ('ofFigure' in target) return ratio(figure, results.get('heapmark', target.ofFigure).summary?.median);
    return figure;
  }
}

function ratio(figure: number, base: number | undefined): number | null {
  return base === undefined ? null : figure / base;
}
