/** Whether memory grows with the iterations, has grown and stopped, or slows down. */
import { LEAST_POINTS, slopeOf, type Point, type Slope } from './slope.js';

/**
 * `grows`: as fast at the end as before. `slowing`: still, but less and less. `flat`: it does not, or no longer. `unclear`:
 * there is too little to tell.
 */
export type State = 'grows' | 'slowing' | 'flat' | 'unclear';

export interface Trend {
  readonly state: State;
  /** Growth per iteration in the long run; `null` where there are too few readings. */
  readonly slope: Slope | null;
  /** What came before the growth stopped or was steady, bytes: a cache that was filled, tables, compiled code. */
  readonly filled: number;
  /** A growth of fewer bytes per iteration would not have been seen; `null` where nothing would. */
  readonly resolution: number | null;
}

/** The growth of the last quarter is below this part of the one before: it slows down. */
const SLOWING = 0.6;
/** And where that of each quarter but the first is below this part of the one before. */
const SLOWING_STEADILY = 0.85;
/** Part of the rate by which half of the groups have grown. */
const SPREAD = 0.25;
/** Rates that differ by less are the same, as a part. */
const SAME = 0.15;

/**
 * Looks at the later half, so that what fills and stops is told from what goes on; where the first half grew alike, all
 * readings count.
 *
 * @param noise readings of one state differ by up to so many bytes.
 */
export function trendOf(points: readonly Point[], noise: number): Trend {
  const later = points.slice(-Math.max(LEAST_POINTS, Math.ceil(points.length / 2)));
  const late = slopeOf(later);
  const first = later[0];
  const last = later.at(-1);
  if (late === null || first === undefined || last === undefined)
    return { state: 'unclear', slope: null, filled: 0, resolution: null };
  const span = last.at - first.at;
  const resolution = noise / span;
  const whole = slopeOf(points);
  const filled = Math.max(
    0,
    first.bytes - (points[0] as Point).bytes - Math.max(0, late.rate) * (first.at - (points[0] as Point).at),
  );
  const found = (state: State, slope: Slope): Trend => ({ state, slope, filled, resolution });
  if (late.rate * span <= noise || late.low <= 0 || !isSpread(later, late.rate)) {
    const trending = late.rate * span > noise && whole !== null && whole.low > 0 && isSpread(later, late.rate);
    return found(trending ? 'unclear' : 'flat', late);
  }
  if (isSlowing(later, noise) || isSlowingSteadily(points, noise)) return found('slowing', late);
  const alike = whole !== null && Math.abs(whole.rate - late.rate) <= SAME * late.rate;
  return found('grows', alike ? whole : late);
}

/** What grew once is no leak, however much: half of the groups must have grown by a part of the rate. */
function isSpread(points: readonly Point[], rate: number): boolean {
  const rates = points.slice(1).map((point, index) => rateBetween(points[index] as Point, point));
  return (rates.sort((a, b) => a - b)[rates.length >> 1] as number) > SPREAD * rate;
}

const rateBetween = (from: Point, to: Point): number => (to.bytes - from.bytes) / (to.at - from.at);

function isSlowing(points: readonly Point[], noise: number): boolean {
  const half = points[points.length >> 1] as Point;
  const last = points.at(-1) as Point;
  const before = rateBetween(points[0] as Point, half);
  const after = rateBetween(half, last);
  return after < SLOWING * before && (before - after) * (last.at - half.at) > noise;
}

/** Of all readings: a cache that fills at random comes ever closer to its end. */
function isSlowingSteadily(points: readonly Point[], noise: number): boolean {
  const ends = [1, 2, 3, 4].map((quarter) => points[Math.round((quarter * (points.length - 1)) / 4)] as Point);
  const [second, third, fourth] = [0, 1, 2].map((at) => rateBetween(ends[at] as Point, ends[at + 1] as Point)) as [
    number,
    number,
    number,
  ];
  const span = (ends[3] as Point).at - (ends[2] as Point).at;
  return third < SLOWING_STEADILY * second && fourth < SLOWING_STEADILY * third && (second - fourth) * span > noise;
}
