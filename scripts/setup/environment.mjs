/** The virtual environment that holds JupyterLab, and nothing of the person's own. */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { run } from '../process/children.mjs';
import { ROOT, VENV, venvPython } from './places.mjs';
import { Problem } from './problem.mjs';
import { findPython } from './python.mjs';
import { fingerprint, once } from './stamp.mjs';

const REQUIREMENTS = ['requirements.txt', 'constraints.txt'];

/**
 * The Python to make the environment with, null when there is one that works. Cheap, so that a missing Python is said
 * before anything long begins.
 */
export function planEnvironment() {
  return works(venvPython()) ? null : findPython();
}

/**
 * Makes the environment, or brings it up to date.
 * @param {ReturnType<typeof planEnvironment>} python
 * @returns {Promise<boolean>} whether anything was done
 */
export async function installEnvironment(python) {
  return once({
    stamp: join(VENV, '.heapmark', 'packages'),
    // Scripts in an environment carry its path: one that was moved is filled again.
    fingerprint: fingerprint(REQUIREMENTS, [VENV]),
    outputs: [venvPython()],
    async work() {
      console.log('Installing JupyterLab in .venv (about half a minute)');
      if (python !== null) await createEnvironment(python);
      await pip(venvPython(), ['-r', 'requirements.txt', '-c', 'constraints.txt']);
      keepQuiet();
      keepScriptsPlain();
    },
  });
}

/** `pip install` into the environment of `python`. @param {string} python @param {readonly string[]} args */
export async function pip(python, args) {
  const { code, output } = await run(
    python,
    ['-m', 'pip', 'install', '--disable-pip-version-check', '--no-input', ...args],
    { cwd: ROOT },
  );
  if (code !== 0) {
    throw new Problem('pip could not install the packages: see above. With a working network, run this again.', {
      detail: output,
    });
  }
}

/** @param {{ command: string, args: string[], version: string }} python */
async function createEnvironment(python) {
  // What is there has no Python that runs: it was cut off, or the system's Python has gone.
  rmSync(VENV, { recursive: true, force: true });
  const { code, output } = await run(python.command, [...python.args, '-m', 'venv', VENV], { cwd: ROOT });
  if (code !== 0) {
    throw new Problem(`Python ${python.version} could not make the environment ${VENV}: see above.`, {
      detail: output,
    });
  }
}

/** No question about news on the first start; only in this environment. */
function keepQuiet() {
  const folder = join(VENV, 'etc', 'jupyter', 'labconfig');
  mkdirSync(folder, { recursive: true });
  const config = { disabledExtensions: { '@jupyterlab/apputils-extension:announcements': true } };
  writeFileSync(join(folder, 'page_config.json'), `${JSON.stringify(config, null, 2)}\n`);
}

/** JupyterLab brings scripts that are CommonJS: without a package of their own they would follow this repository's `type`. */
function keepScriptsPlain() {
  writeFileSync(join(VENV, 'package.json'), `${JSON.stringify({ private: true, type: 'commonjs' }, null, 2)}\n`);
}

/** Whether a Python runs and finds its pip: it does not after the system's Python went to another minor version. */
function works(/** @type {string} */ python) {
  return spawnSync(python, ['-c', 'import pip'], { timeout: 20_000 }).status === 0;
}
