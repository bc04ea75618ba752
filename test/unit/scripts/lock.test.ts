import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { spawnSync } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { withLock } from '../../../scripts/setup/lock.mjs';

describe('the lock of the set-up', () => {
  let folder: string;
  let file: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'heapmark-lock-'));
    file = join(folder, 'deep', 'lock');
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it('lets the second wait until the first has done', async () => {
    const order: string[] = [];
    let release = (): void => {};
    const held = new Promise<void>((resolve) => (release = resolve));
    const first = withLock(file, async () => {
      await held;
      order.push('first');
    });
    const second = withLock(
      file,
      async () => void order.push('second'),
      (pid) => {
        order.push(pid === process.pid ? 'waits' : 'waits for a stranger');
        release();
      },
    );
    await Promise.all([first, second]);
    expect(order).toEqual(['waits', 'first', 'second']);
    expect(existsSync(file)).toBe(false);
  });

  it('is free again after a failure', async () => {
    const failing = withLock(file, async () => {
      throw new Error('no network');
    });
    await expect(failing).rejects.toThrow('no network');
    expect(await withLock(file, async () => 'done')).toBe('done');
  });

  it.each([
    ['a process that has gone', () => String(spawnSync(process.execPath, ['-e', '']).pid)],
    ['nobody', () => 'not a number'],
  ])('is taken over from %s', async (_, content) => {
    await withLock(file, async () => {});
    writeFileSync(file, content());
    expect(await withLock(file, async () => 'done')).toBe('done');
  });
});
