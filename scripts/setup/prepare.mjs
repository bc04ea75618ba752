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
    await build();
    await installKernelspec();
    await installPanel();
  });
}

/** Only the npm packages: all that the quick check needs. */
export async function preparePackages() {
  await exclusively(installNpmPackages);
}

/** Builds the kernel and the panel anew, and not while a set-up builds them too. */
export async function rebuild() {
  await exclusively(async () => {
    await installNpmPackages();
    await build({ force: true });
  });
}

/** @param {{ force?: boolean }} [options] */
async function build(options) {
  // Only now are the build's own packages there.
  const { buildAll } = await import('../build/build.mjs');
  await buildAll(options);
}

/** @template T @param {() => Promise<T>} work */
function exclusively(work) {
  return withLock(join(CACHE, 'setup.lock'), work, (pid) =>
    console.log(`Waiting for another set-up of this folder to end (process ${pid})`),
  );
}
