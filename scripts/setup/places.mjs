/** Where things are. */
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The repository. */
export const ROOT = fileURLToPath(new URL('../..', import.meta.url)).replace(/[\\/]$/, '');

/** JupyterLab's own environment. */
export const VENV = join(ROOT, '.venv');

/** What may be thrown away at any time. */
export const CACHE = join(ROOT, '.cache');

/** Built command line of the kernel. */
export const KERNEL_MAIN = join(ROOT, 'kernel', 'dist', 'main.mjs');

/** Python of a virtual environment. @param {string} [venv] */
export function venvPython(venv = VENV) {
  return process.platform === 'win32' ? join(venv, 'Scripts', 'python.exe') : join(venv, 'bin', 'python');
}

/** A search path that finds the environment's programs first. @param {string} path */
export function venvProgramsFirst(path) {
  return [dirname(venvPython()), path].join(delimiter);
}

/** A script of an installed npm package. @param {...string} parts */
export function packageFile(...parts) {
  return join(ROOT, 'node_modules', ...parts);
}
