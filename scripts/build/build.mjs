/** Builds parts and remembers for which sources. Runs once the npm packages are there. */
import { fingerprint, once } from '../setup/stamp.mjs';
import { rmSync } from 'node:fs';
import { Problem } from '../setup/problem.mjs';
import { buildKernel } from './kernel.mjs';
import { buildPanel } from './panel.mjs';
import { KERNEL, PANEL } from './parts.mjs';

/**
 * @param {object} [options]
 * @param {boolean} [options.force] build also what was built for these very sources
 */
export async function buildAll({ force = false } = {}) {
  await buildPart(KERNEL, force, async () => {
    try {
      await buildKernel();
    } catch (cause) {
      throw new Problem('The kernel does not compile: see above.', { cause });
    }
  });
  await buildPart(PANEL, force, () => buildPanel());
}

/** @param {import('./parts.mjs').Part} part @param {boolean} force @param {() => Promise<void>} work */
async function buildPart({ name, inputs, outputs, stamp }, force, work) {
  if (force) rmSync(stamp, { force: true });
  await once({
    stamp,
    fingerprint: fingerprint(inputs),
    after: () => fingerprint(inputs),
    outputs,
    async work() {
      console.log(`Building the ${name}`);
      await work();
    },
  });
}
