/** The whole set-up: each part is done only when it is missing or out of date. */
import { join } from 'node:path';
import { planEnvironment, installEnvironment } from './environment.mjs';
import { installKernelspec, installPanel } from './jupyter-files.mjs';
import { withLock } from './lock.mjs';
import { installNpmPackages } from './npm-packages.mjs';
import { CACHE } from './places.mjs';

/** Throws a Problem that says in one line what is missing. */
export async function prepare() {
  await exclusively(async () => {
    const python = planEnvironment();
    await Promise.all([installNpmPackages(), installEnvironment(python)]);
    // Only now are the build's own packages there.
    const { buildAll } = await import('../build/build.mjs');
    await buildAll();
    await installKernelspec();
    await installPanel();
  });
}

/** Only the npm packages: all that the quick check and the build need. */
export async function preparePackages() {
  await exclusively(installNpmPackages);
}

/** @template T @param {() => Promise<T>} work */
function exclusively(work) {
  return withLock(join(CACHE, 'setup.lock'), work, (pid) =>
    console.log(`Waiting for another set-up of this folder to end (process ${pid})`),
  );
}
