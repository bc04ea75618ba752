/** Builds the panel as a prebuilt JupyterLab extension, without Python. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { run } from '../process/children.mjs';
import { packageFile, ROOT } from '../setup/places.mjs';
import { Problem } from '../setup/problem.mjs';

const FOLDER = join(ROOT, 'labextension');

/**
 * Throws a {@link Problem} with the tools' output when something does not compile.
 * @param {string} [folder] of the extension
 */
export async function buildPanel(folder = FOLDER) {
  await tool(folder, 'The panel does not compile: see above.', packageFile('typescript', 'bin', 'tsc'), ['-b']);
  const unbundled = 'The panel could not be bundled: see above.';
  const output = await tool(folder, unbundled, packageFile('@jupyter', 'builder', 'lib', 'build-labextension.js'), [
    '--core-package-file',
    packageFile('@jupyterlab', 'core-meta', 'core.package.json'),
    '.',
  ]);
  if (!isWhole(join(folder, 'dist'))) throw new Problem(unbundled, { detail: output });
}

/** Whether a built extension has the file that JupyterLab loads first. @param {string} dist */
export function isWhole(dist) {
  try {
    const { jupyterlab } = JSON.parse(readFileSync(join(dist, 'package.json'), 'utf8'));
    return existsSync(join(dist, jupyterlab._build.load));
  } catch {
    return false;
  }
}

/**
 * The builder's licence report finds the packages only from the extension's own folder.
 * @param {string} folder @param {string} message @param {string} script @param {string[]} args
 * @returns {Promise<string>} what it printed
 */
async function tool(folder, message, script, args) {
  const { code, output } = await run(process.execPath, [script, ...args], { cwd: folder });
  if (code !== 0) throw new Problem(message, { detail: output });
  return output;
}
