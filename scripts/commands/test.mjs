/** Sets up what is missing, then runs everything. */
import { prepare } from '../setup/prepare.mjs';
import { runMain } from '../setup/problem.mjs';
import { runSuites } from '../suites/run-suites.mjs';
import { ALL } from '../suites/suites.mjs';

export const main = () =>
  runMain(async () => {
    await prepare();
    return runSuites(ALL);
  });
