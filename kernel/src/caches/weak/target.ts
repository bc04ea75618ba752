/** What can be held weakly. */
import { CacheUsageError } from '../mistake.js';

/** @throws CacheUsageError (a TypeError) for a primitive value, which no garbage collector ever takes back. */
export function requireObject(value: unknown, what: string): asserts value is object {
  if ((typeof value === 'object' && value !== null) || typeof value === 'function') return;
  throw new CacheUsageError(
    `${what} holds objects weakly, and ${value === null ? 'null' : `a ${typeof value}`} is no object: a primitive value has no identity, ` +
      'so it cannot be collected. Keep it in a Map or a BoundedCache, or put it into an object.',
  );
}
