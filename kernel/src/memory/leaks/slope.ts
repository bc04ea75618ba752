/**
 * Growth per iteration from readings: the median of the slopes between any two of them, with its confidence interval.
 *
 * Theil's estimator (H. Theil, "A rank-invariant method of linear and polynomial regression analysis", 1950) and the
 * interval of P. K. Sen ("Estimates of the regression coefficient based on Kendall's tau", 1968): up to 29 % of the readings
 * may be off by any amount, as those in which V8 has grown a table of its own. The interval is free of zero exactly when
 * Kendall's test finds a trend.
 */

/** Memory after so many iterations. */
export interface Point {
  /** Iterations so far. */
  readonly at: number;
  readonly bytes: number;
}

/** Bytes per iteration. */
export interface Slope {
  readonly rate: number;
  readonly low: number;
  readonly high: number;
}

/** That the true rate lies in the interval. */
export const CONFIDENCE = 0.95;
/** Of the normal distribution, for {@link CONFIDENCE} on two sides. */
const QUANTILE = 1.959964;
/** With fewer readings no interval at {@link CONFIDENCE} exists. */
export const LEAST_POINTS = 5;

/** `null` for fewer than {@link LEAST_POINTS} points, or when no iteration lies between them. */
export function slopeOf(points: readonly Point[]): Slope | null {
  const { length } = points;
  const slopes: number[] = [];
  for (let i = 0; i < length; i++)
    for (let j = i + 1; j < length; j++) {
      const from = points[i] as Point;
      const to = points[j] as Point;
      if (to.at !== from.at) slopes.push((to.bytes - from.bytes) / (to.at - from.at));
    }
  if (length < LEAST_POINTS || slopes.length === 0) return null;
  slopes.sort((a, b) => a - b);
  const spread = QUANTILE * Math.sqrt((length * (length - 1) * (2 * length + 5)) / 18);
  const low = Math.max(0, Math.floor((slopes.length - spread) / 2) - 1);
  const high = Math.min(slopes.length - 1, Math.ceil((slopes.length + spread) / 2));
  return { rate: medianOf(slopes), low: slopes[low] as number, high: slopes[high] as number };
}

/** Of numbers in order. */
function medianOf(sorted: readonly number[]): number {
  const middle = sorted.length >> 1;
  const upper = sorted[middle] as number;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] as number) + upper) / 2;
}
