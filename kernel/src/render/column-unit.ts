import { BYTE_UNITS, byteUnit, type ByteUnit } from '@heapmark/protocol';

/**
 * The one unit in which a column of sizes reads best: that of the largest, when the smallest still shows two digits in
 * it. `undefined` where they lie too far apart, and each figure needs its own.
 */
export function columnUnit(sizes: readonly (number | null)[]): ByteUnit | undefined {
  const known = sizes.filter((size): size is number => size !== null && size !== 0).map(Math.abs);
  if (known.length === 0) return undefined;
  const unit = byteUnit(Math.max(...known));
  return Math.min(...known) >= 0.1 * 1000 ** BYTE_UNITS.indexOf(unit) ? unit : undefined;
}
