/** Makes the kernel and the panel known to the JupyterLab in `.venv`, and to no other. */
import { cpSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { run } from '../process/children.mjs';
import { isWhole } from '../build/panel.mjs';
import { KERNEL_MAIN, ROOT, VENV } from './places.mjs';
import { Problem } from './problem.mjs';
import { fingerprint, once } from './stamp.mjs';

/**
 * Installs the kernelspec for the Node that runs this.
 * @param {object} [target] another prefix or Node, for tests on other versions
 * @param {string} [target.prefix]
 * @param {string} [target.node]
 */
export async function installKernelspec({ prefix = VENV, node = process.execPath } = {}) {
  const { code, output } = await run(node, [KERNEL_MAIN, 'install', '--prefix', prefix], { cwd: ROOT });
  if (code !== 0) throw new Problem('The kernel could not be made known to Jupyter: see above.', { detail: output });
}

/** Copies the built panel into the environment. Returns whether it was another one. */
export async function installPanel() {
  const built = join('labextension', 'dist');
  if (!isWhole(join(ROOT, built))) throw new Problem('The built panel is damaged: run npm run build.');
  const target = join(VENV, 'share', 'jupyter', 'labextensions', '@heapmark', 'labextension');
  return once({
    stamp: join(VENV, '.heapmark', 'panel'),
    fingerprint: fingerprint([built]),
    outputs: [join(target, 'package.json')],
    async work() {
      const fresh = `${target}.new`;
      mkdirSync(dirname(target), { recursive: true });
      rmSync(fresh, { recursive: true, force: true });
      cpSync(join(ROOT, built), fresh, { recursive: true });
      rmSync(target, { recursive: true, force: true });
      renameSync(fresh, target);
    },
  });
}
