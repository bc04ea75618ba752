/** Sets up what is missing, then runs the long forms of the tests; arguments go to them. */
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { run } from '../process/children.mjs';
import { packageFile, ROOT } from '../setup/places.mjs';
import { prepare } from '../setup/prepare.mjs';
import { runMain } from '../setup/problem.mjs';
import { endMarked, MARK } from '../suites/leftovers.mjs';
import { testEnvironment } from '../suites/suites.mjs';

/** How long processes may take to end after the soak, ms. */
const GRACE_MS = 10_000;

export const main = () =>
  runMain(async () => {
    await prepare();
    const mark = randomUUID();
    const { code } = await run(
      process.execPath,
      [packageFile('tsx', 'dist', 'cli.mjs'), join(ROOT, 'test', 'soak', 'run.ts'), ...process.argv.slice(2)],
      { cwd: ROOT, env: testEnvironment({ [MARK]: mark }), output: 'show' },
    );
    const left = await endMarked(mark, GRACE_MS);
    for (const { pid, command } of left) console.error(`A process was left behind: ${pid} ${command}`);
    return left.length > 0 ? 1 : code;
  });
