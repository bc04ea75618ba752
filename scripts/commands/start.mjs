/** Sets up what is missing and opens JupyterLab on the notebooks. */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { disarm } from '../process/children.mjs';
import { prepare } from '../setup/prepare.mjs';
import { ROOT, VENV, venvProgramsFirst, venvPython } from '../setup/places.mjs';
import { runMain } from '../setup/problem.mjs';

export const main = () =>
  runMain(async () => {
    await prepare();
    disarm();
    return openJupyterLab(process.argv.slice(2));
  });

/**
 * Arguments of JupyterLab: ours first, so that the person's win.
 * @param {readonly string[]} own
 * @param {number | null} user id of the user, null where there are none
 */
export function jupyterArguments(own, user = process.getuid?.() ?? null) {
  const args = [`--ServerApp.root_dir=${join(ROOT, 'notebooks')}`, '--MultiKernelManager.default_kernel_name=heapmark'];
  if (user === 0 && !own.includes('--allow-root')) args.push('--allow-root');
  return [...args, ...own];
}

/** @param {readonly string[]} own @returns {Promise<number>} exit status of JupyterLab */
function openJupyterLab(own) {
  const child = spawn(venvPython(), ['-m', 'jupyterlab', ...jupyterArguments(own)], {
    stdio: 'inherit',
    env: { ...process.env, VIRTUAL_ENV: VENV, PATH: venvProgramsFirst(process.env['PATH'] ?? '') },
  });
  // Ctrl-C reaches JupyterLab too, and it is JupyterLab that asks whether to stop.
  process.on('SIGINT', () => {});
  for (const signal of /** @type {const} */ (['SIGTERM', 'SIGHUP'])) process.on(signal, () => child.kill(signal));
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('exit', (code) => resolve(code ?? 1));
  });
}
