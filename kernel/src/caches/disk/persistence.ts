/** Saving a cache to disk and restoring it. */
import { readFile } from 'node:fs/promises';
import { types } from 'node:util';
import { isPortable } from '../memo/keys.js';
import { storeOfMemoized, type CacheInfo } from '../memo/memoize.js';
import { CacheUsageError } from '../mistake.js';
import { storeOfCache, type BoundedCacheInfo } from '../policy/bounded-cache.js';
import type { Store } from '../policy/store.js';
import { CacheFileError, decodeFile, encodeFile, packEntry, type SavedEntry } from './file-format.js';
import { replaceFile } from './replace-file.js';

/** A `BoundedCache`, or a memoized function. */
export type Saveable = { info(): BoundedCacheInfo } | { cacheInfo(): CacheInfo };

export interface SaveResult {
  /** Entries written. */
  saved: number;
  /** Entries left out: values or keys that exist in this process only (functions, identities of objects), or whose time is over. */
  skipped: number;
  /** Size of the file. */
  bytes: number;
}

export interface RestoreResult {
  restored: number;
  /** Entries whose time was over meanwhile, or that the bounds did not take. */
  dropped: number;
}

/**
 * Writes the entries of a cache to a file. Whatever happens on the way, the file holds the former state or the new one.
 *
 * Values are serialised as `structuredClone` sees them: objects of classes become plain ones. Of a memoized function the
 * results of plain calls are saved whose arguments are primitives.
 *
 * @throws CacheUsageError for anything that is no such cache; the system's errors as they are.
 */
export async function saveCache(cache: Saveable, file: string): Promise<SaveResult> {
  const { store, memoized } = storeOf(cache);
  const { clock } = store.rules;
  const now = clock.now();
  const entries: Buffer[] = [];
  let skipped = 0;
  for (const { key, value, ends } of [...store.inOrder()]) {
    const promised = types.isPromise(value);
    const leftMs = ends === Infinity ? null : ends - now;
    const kept = ends > now && !(memoized && !isPortable(key));
    const packed = kept ? packEntry({ key, value: promised ? await value : value, promised, leftMs }) : null;
    if (packed === null) skipped += 1;
    else entries.push(packed);
  }
  const data = encodeFile(entries, Date.now());
  await replaceFile(file, data);
  return { saved: entries.length, skipped, bytes: data.length };
}

/**
 * Fills a cache from a file. Times to live went on while the file lay there. Read only files that you or your programs wrote:
 * they are trusted as your own data is.
 *
 * @param options `onDamage: "empty"` leaves the cache as it is where the file is missing or damaged.
 * @throws CacheFileError (`code` `ERR_CACHE_FILE`) for a damaged file, the system's error for a missing one.
 */
export async function restoreCache(
  cache: Saveable,
  file: string,
  { onDamage = 'throw' }: { onDamage?: 'throw' | 'empty' } = {},
): Promise<RestoreResult> {
  const { store } = storeOf(cache);
  let found: { savedAt: number; entries: SavedEntry[] };
  try {
    found = decodeFile(file, await readFile(file));
  } catch (error) {
    const missing = (error as NodeJS.ErrnoException).code === 'ENOENT';
    if (onDamage === 'empty' && (missing || error instanceof CacheFileError)) return { restored: 0, dropped: 0 };
    throw error;
  }
  const passed = Math.max(0, Date.now() - found.savedAt);
  let restored = 0;
  for (const { key, value, promised, leftMs } of found.entries) {
    const left = leftMs === null ? Infinity : leftMs - passed;
    if (left > 0 && store.restore(key, promised ? Promise.resolve(value) : value, value, left)) restored += 1;
  }
  return { restored, dropped: found.entries.length - restored };
}

function storeOf(cache: Saveable): { store: Store<unknown>; memoized: boolean } {
  const memoized = storeOfMemoized(cache);
  const store = memoized ?? storeOfCache(cache);
  if (store === undefined) {
    throw new CacheUsageError('Only a BoundedCache or a memoized function can be saved and restored.');
  }
  return { store, memoized: memoized !== undefined };
}
