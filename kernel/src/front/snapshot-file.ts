/**
 * A `.heapsnapshot` on disk: written beside its final place and moved there when it is whole, so that no half of one is
 * ever found under its name.
 */
import { open, rename, stat, unlink, type FileHandle } from 'node:fs/promises';
import process from 'node:process';

/** The file could not be written; the message says why and what to do. */
export class SnapshotFileError extends Error {
  readonly code = 'SNAPSHOT_FILE';
  constructor(message: string, cause: unknown) {
    super(message, { cause });
    this.name = 'SnapshotFileError';
  }
}

export class SnapshotFile {
  private written: Promise<void> = Promise.resolve();
  private failure: Error | null = null;
  private bytes = 0;

  private constructor(
    private readonly path: string,
    private readonly partPath: string,
    private readonly handle: FileHandle,
  ) {}

  /** Opens it; rejects with {@link SnapshotFileError} when the place is taken or cannot be written. */
  static async open(path: string, overwrite: boolean): Promise<SnapshotFile> {
    const found = await stat(path).catch(() => null);
    if (found?.isDirectory() === true)
      throw new SnapshotFileError(`${path} is a folder: give the name of a file.`, null);
    if (found !== null && !overwrite) throw existing(path);
    const partPath = `${path}.${process.pid}.part`;
    try {
      return new SnapshotFile(path, partPath, await open(partPath, 'w'));
    } catch (error) {
      throw describe(path, error);
    }
  }

  /** Appends; a failure is told by {@link finish}. */
  write(bytes: Uint8Array): void {
    const copy = Uint8Array.from(bytes);
    this.bytes += copy.byteLength;
    this.written = this.written
      .then(async () => {
        if (this.failure === null) await this.handle.appendFile(copy);
      })
      .catch((error: unknown) => void (this.failure ??= describe(this.path, error)));
  }

  /** Moves it to its place. */
  async finish(): Promise<{ path: string; bytes: number }> {
    await this.written;
    if (this.failure !== null) throw this.failure;
    try {
      await this.handle.sync();
      await this.handle.close();
      await rename(this.partPath, this.path);
    } catch (error) {
      throw describe(this.path, error);
    }
    return { path: this.path, bytes: this.bytes };
  }

  /** Leaves nothing of it. */
  async discard(): Promise<void> {
    await this.written;
    await this.handle.close().catch(() => undefined);
    await unlink(this.partPath).catch(() => undefined);
  }
}

const existing = (path: string): SnapshotFileError =>
  new SnapshotFileError(`${path} is there already: give another name, or --overwrite to replace it.`, null);

const REASONS: Readonly<Record<string, string>> = {
  ENOSPC: 'the disk is full',
  EDQUOT: 'the disk quota is used up',
  EACCES: 'writing there is not permitted',
  EPERM: 'writing there is not permitted',
  EROFS: 'the disk is read-only',
  ENOENT: 'the folder does not exist',
  ENOTDIR: 'a part of the path is no folder',
  EFBIG: 'the file would be too large for the disk',
};

function describe(path: string, error: unknown): SnapshotFileError {
  const code = (error as { code?: string }).code ?? '';
  const reason = REASONS[code] ?? (error instanceof Error ? error.message : String(error));
  return new SnapshotFileError(
    `The heap snapshot was not written to ${path}: ${reason}. No part of it was left.`,
    error,
  );
}
