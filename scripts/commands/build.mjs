/** Builds the kernel and the panel anew. */
import { preparePackages } from '../setup/prepare.mjs';
import { runMain } from '../setup/problem.mjs';

export const main = () =>
  runMain(async () => {
    await preparePackages();
    const { buildAll } = await import('../build/build.mjs');
    await buildAll({ force: true });
  });
