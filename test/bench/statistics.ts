/** What is said about a series of measurements. All in the unit of the values. */
export interface Summary {
  median: number;
  min: number;
  max: number;
  count: number;
}

/** The middle value; of an even number of values the mean of the two in the middle. Throws on an empty series. */
export function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}

/** The value below which `fraction` (0 to 1) of the series lies, interpolated linearly. Throws on an empty series. */
export function quantile(values: readonly number[], fraction: number): number {
  if (values.length === 0) throw new RangeError('There is no quantile of an empty series.');
  const sorted = [...values].sort((a, b) => a - b);
  const at = (sorted.length - 1) * fraction;
  const low = sorted[Math.floor(at)] ?? NaN;
  const high = sorted[Math.ceil(at)] ?? NaN;
  return low + (high - low) * (at - Math.floor(at));
}

/** Throws on an empty series. */
export function summarize(values: readonly number[]): Summary {
  return { median: median(values), min: Math.min(...values), max: Math.max(...values), count: values.length };
}
