import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { describe, expect, it } from 'vitest';
import { endMarked, MARK, markedProcesses } from '../../../scripts/suites/leftovers.mjs';

describe.runIf(process.platform === 'linux')('what a test left behind', () => {
  const leave = async (mark: string) => {
    const child = spawn(process.execPath, ['-e', 'console.log(); setInterval(() => {}, 1000)'], {
      env: { ...process.env, [MARK]: mark },
      detached: true,
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    await once(child.stdout, 'data');
    return child;
  };

  it('is found by its mark, and ended', async () => {
    const mark = randomUUID();
    const child = await leave(mark);
    const exited = once(child, 'exit');
    const ended = await endMarked(mark, 0);
    expect(ended.map(({ pid }) => pid)).toEqual([child.pid]);
    expect(ended[0]?.command).toContain('setInterval');
    expect(await exited).toEqual([null, 'SIGKILL']);
  });

  it('is no process with another mark', async () => {
    const child = await leave(randomUUID());
    try {
      expect(markedProcesses(randomUUID())).toEqual([]);
    } finally {
      child.kill('SIGKILL');
    }
  });
});
