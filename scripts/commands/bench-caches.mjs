/** Sets up what is missing, then measures `heapmark/caches` beside other caches. */
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { run } from '../process/children.mjs';
import { ROOT } from '../setup/places.mjs';
import { prepare } from '../setup/prepare.mjs';
import { runMain } from '../setup/problem.mjs';

const FOLDER = join(ROOT, 'test', 'bench', 'caches');

export const main = () =>
  runMain(async () => {
    await prepare();
    if (!existsSync(join(FOLDER, 'node_modules', 'p-memoize'))) {
      execFileSync('npm', ['ci', '--no-audit', '--no-fund'], {
        cwd: FOLDER,
        stdio: ['ignore', 'ignore', 'inherit'],
        shell: process.platform === 'win32',
      });
    }
    const { code } = await run(process.execPath, ['--expose-gc', join(FOLDER, 'run.mjs')], {
      cwd: ROOT,
      output: 'show',
    });
    return code;
  });
