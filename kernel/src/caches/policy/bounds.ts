/** How much a cache may hold. */
import { CacheUsageError } from '../mistake.js';

/** @returns whole entries, `Infinity` for no bound; negative counts are 0. */
export function readMaxSize(value: unknown, name = 'maxSize'): number {
  if (typeof value !== 'number' || Number.isNaN(value) || (Number.isFinite(value) && !Number.isInteger(value))) {
    throw new CacheUsageError(
      `${name} is a whole number of entries, or Infinity for no bound, not ${typeof value === 'string' ? `"${value}"` : String(value)}.`,
    );
  }
  return Math.max(0, value);
}

/** @returns bytes, `Infinity` for no bound. */
export function readMaxBytes(value: unknown): number {
  if (typeof value !== 'number' || !(value >= 0)) {
    throw new CacheUsageError(`maxBytes is a number of bytes, 0 or more, not ${String(value)}.`);
  }
  return value;
}

/** @throws CacheUsageError that names the option nearest to an unknown one. */
export function refuseUnknown(what: string, options: unknown, known: readonly string[]): void {
  if (typeof options !== 'object' || options === null || Array.isArray(options)) {
    throw new CacheUsageError(
      `${what} takes an object of options, not ${Array.isArray(options) ? 'an array' : String(options)}.`,
    );
  }
  for (const name of Object.keys(options)) {
    if (known.includes(name)) continue;
    const near = known.find((each) => each.toLowerCase() === name.toLowerCase().replaceAll('_', ''));
    throw new CacheUsageError(
      `${what} has no option ${name}. ${near === undefined ? `It takes ${known.join(', ')}.` : `Did you mean ${near}?`}`,
    );
  }
}
