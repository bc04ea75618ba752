import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { buildPanel, isWhole } from '../../../scripts/build/panel.mjs';

describe('a build that fails', () => {
  let folder: string;
  beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), 'heapmark-build-'))));
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it('says so with the output of the tool that failed', async () => {
    mkdirSync(join(folder, 'src'));
    writeFileSync(join(folder, 'src', 'index.ts'), 'export const size: number = "many";\n');
    writeFileSync(
      join(folder, 'tsconfig.json'),
      '{ "compilerOptions": { "outDir": "lib", "rootDir": "src", "types": [] } }',
    );
    await expect(buildPanel(folder)).rejects.toMatchObject({
      name: 'Problem',
      message: 'The panel does not compile: see above.',
      detail: expect.stringContaining('TS2322') as unknown,
    });
  });

  it('leaves nothing that counts as a panel', () => {
    expect(isWhole(folder)).toBe(false);
    const description = { jupyterlab: { _build: { load: 'static/remoteEntry.1.js' } } };
    writeFileSync(join(folder, 'package.json'), JSON.stringify(description));
    expect(isWhole(folder)).toBe(false);
    mkdirSync(join(folder, 'static'));
    writeFileSync(join(folder, 'static', 'remoteEntry.1.js'), '');
    expect(isWhole(folder)).toBe(true);
  });

  it('ends the set-up with one line below that output, and nothing after it', () => {
    const problem = pathToFileURL(join(import.meta.dirname, '../../../scripts/setup/problem.mjs')).href;
    const script = `
      import { Problem, runMain } from ${JSON.stringify(problem)};
      await runMain(async () => {
        await Promise.reject(new Problem('The panel does not compile: see above.', { detail: 'error TS1\\n' }));
        console.log('Ready');
      });
      console.log('Ready');`;
    const { status, stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', script], {
      encoding: 'utf8',
    });
    expect({ status, stdout, stderr }).toEqual({
      status: 1,
      stdout: '',
      stderr: 'error TS1\nThe panel does not compile: see above.\n',
    });
  });
});
