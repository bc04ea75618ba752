/** Files that can be made again, each kept for as long as what it was made from stays the same. */
import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { threadId } from 'node:worker_threads';
import { cacheDirectory } from './cache-directory.js';

/** Files of other versions go when nobody has made them anew for so long, ms. */
const KEPT_MS = 30 * 24 * 60 * 60 * 1000;

export class CacheFile {
  private readonly name: string;

  /**
   * @param kind begins the file's name.
   * @param madeFrom whatever its content depends on.
   */
  constructor(
    private readonly kind: string,
    madeFrom: readonly unknown[],
  ) {
    const key = createHash('sha256').update(JSON.stringify(madeFrom)).digest('hex').slice(0, 16);
    this.name = `${kind}-${key}`;
  }

  /** `undefined` when there is none yet. */
  read(): Buffer | undefined {
    try {
      return readFileSync(join(cacheDirectory(), this.name));
    } catch {
      return undefined;
    }
  }

  /** A folder that cannot be written is no error: the next start takes a little longer, nothing else depends on it. */
  write(content: Buffer | string): void {
    try {
      const folder = cacheDirectory();
      const partial = join(folder, `${this.name}.${process.pid}-${threadId}`);
      mkdirSync(folder, { recursive: true });
      writeFileSync(partial, content);
      renameSync(partial, join(folder, this.name));
      this.dropOld(folder);
    } catch {
      // See above.
    }
  }

  private dropOld(folder: string): void {
    const old = Date.now() - KEPT_MS;
    for (const name of readdirSync(folder)) {
      const other = join(folder, name);
      const isOfKind = name.startsWith(`${this.kind}-`) && name !== this.name;
      if (isOfKind && statSync(other).mtimeMs < old) rmSync(other, { force: true });
    }
  }
}
