import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { SnapshotFile } from '../../../kernel/src/front/snapshot-file.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'heapmark-snapshot-file-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const path = (): string => join(folder, 'a.heapsnapshot');

describe('a snapshot file', () => {
  it('has its name only when it is whole', async () => {
    const file = await SnapshotFile.open(path(), false);
    file.write(Buffer.from('first '));
    file.write(Buffer.from('second'));
    expect(existsSync(path())).toBe(false);
    expect(await file.finish()).toEqual({ path: path(), bytes: 12 });
    expect(readFileSync(path(), 'utf8')).toBe('first second');
    expect(readdirSync(folder)).toEqual(['a.heapsnapshot']);
  });

  it('leaves nothing when it is given up', async () => {
    const file = await SnapshotFile.open(path(), false);
    file.write(Buffer.from('half'));
    await file.discard();
    expect(readdirSync(folder)).toEqual([]);
  });

  it('replaces a file only when told to, and keeps the old one until then', async () => {
    writeFileSync(path(), 'old');
    await expect(SnapshotFile.open(path(), false)).rejects.toThrow('is there already');
    const file = await SnapshotFile.open(path(), true);
    file.write(Buffer.from('new'));
    expect(readFileSync(path(), 'utf8')).toBe('old');
    await file.finish();
    expect(readFileSync(path(), 'utf8')).toBe('new');
  });

  it('says why it cannot be written', async () => {
    mkdirSync(join(folder, 'folder.heapsnapshot'));
    await expect(SnapshotFile.open(join(folder, 'folder.heapsnapshot'), true)).rejects.toThrow('is a folder');
    await expect(SnapshotFile.open(join(folder, 'no', 'a.heapsnapshot'), false)).rejects.toMatchObject({
      code: 'SNAPSHOT_FILE',
      message: expect.stringContaining('the folder does not exist'),
    });
    writeFileSync(path(), '');
    await expect(SnapshotFile.open(join(path(), 'b'), false)).rejects.toThrow('a part of the path is no folder');
  });

  it.runIf(existsSync('/dev/full'))('says that the disk is full, and leaves no part', async () => {
    symlinkSync('/dev/full', `${path()}.${process.pid}.part`);
    const file = await SnapshotFile.open(path(), false);
    file.write(Buffer.alloc(100_000, 'x'));
    await expect(file.finish()).rejects.toThrow('the disk is full. No part of it was left.');
    await file.discard();
    expect(readdirSync(folder)).toEqual([]);
  });
});
