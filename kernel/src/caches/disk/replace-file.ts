/** Writes a file so that a reader, at any time and after any death, sees all of the old one or all of the new one. */
import { randomBytes } from 'node:crypto';
import { open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';

export async function replaceFile(file: string, data: Uint8Array): Promise<void> {
  const beside = `${file}.${process.pid}-${randomBytes(4).toString('hex')}.new`;
  try {
    const handle = await open(beside, 'wx');
    try {
      await handle.writeFile(data);
      // Before the rename: a machine that dies must not find the new name on missing contents.
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(beside, file);
  } catch (error) {
    await rm(beside, { force: true });
    throw error;
  }
  await syncFolder(dirname(file));
}

/** Makes the rename last. Some systems (Windows) do not sync folders: there it lasts without. */
async function syncFolder(folder: string): Promise<void> {
  try {
    const handle = await open(folder, 'r');
    try {
      await handle.sync();
    } finally {
      await handle.close();
    }
  } catch {
    return;
  }
}
