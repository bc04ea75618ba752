/** Sets up what is missing, then measures what accounting costs beside its marks. */
import { join } from 'node:path';
import { run } from '../process/children.mjs';
import { packageFile, ROOT } from '../setup/places.mjs';
import { prepare } from '../setup/prepare.mjs';
import { runMain } from '../setup/problem.mjs';
import { testEnvironment } from '../suites/suites.mjs';

export const main = () =>
  runMain(async () => {
    await prepare();
    const { code } = await run(
      process.execPath,
      [packageFile('tsx', 'dist', 'cli.mjs'), join(ROOT, 'test', 'bench', 'accounting', 'run.ts')],
      { cwd: ROOT, env: testEnvironment(), output: 'show' },
    );
    return code;
  });
