/** All that is quick: format, lint, types and unit tests. */
import { preparePackages } from '../setup/prepare.mjs';
import { runMain } from '../setup/problem.mjs';
import { runSuites } from '../suites/run-suites.mjs';
import { QUICK } from '../suites/suites.mjs';

export const main = () =>
  runMain(async () => {
    await preparePackages();
    return runSuites(QUICK);
  });
