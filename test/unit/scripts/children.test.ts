import { describe, expect, it } from 'vitest';
import { run } from '../../../scripts/process/children.mjs';

const node = (script: string, options = {}) => run(process.execPath, ['-e', script], options);

describe('a child process', () => {
  it('gives its status and both of its streams', async () => {
    const { code, output, timedOut } = await node('console.log("out"); console.error("err"); process.exitCode = 3');
    expect({ code, timedOut }).toEqual({ code: 3, timedOut: false });
    expect(output).toContain('out\n');
    expect(output).toContain('err\n');
  });

  it('is stopped with its group when it has run out of time', async () => {
    const { code, timedOut, output } = await node(
      `const { spawn } = require('node:child_process');
       const grandchild = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'inherit' });
       grandchild.on('spawn', () => console.log(grandchild.pid));`,
      { timeoutMs: 2_000 },
    );
    // The grandchild held the pipes: that the promise settled shows that it has gone too.
    expect({ code, timedOut }).toEqual({ code: 124, timedOut: true });
    expect(Number(output)).toBeGreaterThan(0);
  });

  it('takes what it left in its group along when it ends', async () => {
    const { code } = await node(
      `const { spawn } = require('node:child_process');
       spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'inherit' }).on('spawn', () => process.exit(0));`,
    );
    expect(code).toBe(0);
  });

  it('has the status that a shell gives to a signal', async () => {
    expect((await node('process.kill(process.pid, "SIGTERM")')).code).toBe(128 + 15);
  });

  it('leaves signals to others when they are asked to', async () => {
    const children = JSON.stringify(new URL('../../../scripts/process/children.mjs', import.meta.url).href);
    const { code, output } = await node(
      `import(${children}).then(async ({ run, disarm }) => {
         await run(process.execPath, ['--version']);
         disarm();
         process.on('SIGTERM', () => { console.log('asked'); process.exit(7); });
         setInterval(() => {}, 1000);
         process.kill(process.pid, 'SIGTERM');
       });`,
    );
    expect({ code, output }).toEqual({ code: 7, output: 'asked\n' });
  });

  it('rejects when there is no such program', async () => {
    await expect(run('heapmark-no-such-program', [])).rejects.toMatchObject({ code: 'ENOENT' });
  });
});
