/**
 * The file that a cache is saved in: a line of text that says what it is, the SHA-256 of the rest, and the entries as
 * `node:v8` serialises them.
 */
import { createHash } from 'node:crypto';
import { deserialize, serialize } from 'node:v8';

/** Changes with the format. */
const HEAD = Buffer.from('heapmark cache 1\n', 'latin1');
const DIGEST_BYTES = 32;

export interface SavedEntry {
  readonly key: unknown;
  readonly value: unknown;
  /** Whether it was a promise of the value. */
  readonly promised: boolean;
  /** Time to live that was left, ms; `null` for no end. */
  readonly leftMs: number | null;
}

interface Body {
  /** When it was saved, ms since 1970. */
  readonly savedAt: number;
  /** Each entry by itself, from the least recently used to the most. */
  readonly entries: readonly Buffer[];
}

/** The file is no cache, or is damaged. */
export class CacheFileError extends Error {
  readonly code = 'ERR_CACHE_FILE';
  constructor(
    readonly file: string,
    problem: string,
    options?: { cause?: unknown },
  ) {
    super(`${file} ${problem}`, options);
    this.name = 'CacheFileError';
  }
}

const digestOf = (data: Buffer): Buffer => createHash('sha256').update(data).digest();

/** An entry as bytes; `null` for what cannot be stored (functions, objects of native code). */
export function packEntry(entry: SavedEntry): Buffer | null {
  try {
    return serialize(entry);
  } catch {
    return null;
  }
}

export function encodeFile(entries: readonly Buffer[], savedAt: number): Buffer {
  const body = serialize({ savedAt, entries } satisfies Body);
  return Buffer.concat([HEAD, digestOf(body), body]);
}

/** @throws CacheFileError */
export function decodeFile(file: string, data: Buffer): { savedAt: number; entries: SavedEntry[] } {
  if (!data.subarray(0, HEAD.length).equals(HEAD)) {
    throw new CacheFileError(file, 'is not a cache that this version can read: delete it to begin anew.');
  }
  const digest = data.subarray(HEAD.length, HEAD.length + DIGEST_BYTES);
  const body = data.subarray(HEAD.length + DIGEST_BYTES);
  if (!digestOf(body).equals(digest)) {
    throw new CacheFileError(file, 'is damaged: its contents do not match their checksum. Delete it to begin anew.');
  }
  try {
    const { savedAt, entries } = deserialize(body) as Body;
    return { savedAt, entries: entries.map((entry) => deserialize(entry) as SavedEntry) };
  } catch (cause) {
    throw new CacheFileError(file, `was written by a newer Node than ${process.version}: delete it to begin anew.`, {
      cause,
    });
  }
}
