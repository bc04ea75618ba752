/** Sets up what is missing, then measures the kernel beside its peers; arguments go to the benchmarks. */
import { join } from 'node:path';
import { run } from '../process/children.mjs';
import { packageFile, ROOT } from '../setup/places.mjs';
import { prepare } from '../setup/prepare.mjs';
import { runMain } from '../setup/problem.mjs';
import { testEnvironment } from '../suites/suites.mjs';

export const main = () =>
  runMain(async () => {
    await prepare();
    const script = join(ROOT, 'test', 'bench', 'run.ts');
    const { code } = await run(
      process.execPath,
      [packageFile('tsx', 'dist', 'cli.mjs'), script, ...process.argv.slice(2)],
      { cwd: ROOT, env: testEnvironment(), output: 'show' },
    );
    return code;
  });
