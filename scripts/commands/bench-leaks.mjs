/** Sets up what is missing, then has a kernel judge the corpus of leaking and clean programs, beside memlab. */
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { run } from '../process/children.mjs';
import { ROOT } from '../setup/places.mjs';
import { prepare } from '../setup/prepare.mjs';
import { runMain } from '../setup/problem.mjs';

const FOLDER = join(ROOT, 'test', 'bench', 'leaks');

export const main = () =>
  runMain(async () => {
    await prepare();
    if (!existsSync(join(FOLDER, 'node_modules', '@memlab', 'core'))) {
      // memlab's browser is not needed, and nothing is to be run while it is installed.
      execFileSync('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund'], {
        cwd: FOLDER,
        stdio: ['ignore', 'ignore', 'inherit'],
        env: { ...process.env, PUPPETEER_SKIP_DOWNLOAD: '1' },
        shell: process.platform === 'win32',
      });
    }
    const { code } = await run(
      process.execPath,
      ['--import', 'tsx', join(FOLDER, 'run.ts'), ...process.argv.slice(2)],
      {
        cwd: ROOT,
        output: 'show',
      },
    );
    return code;
  });
