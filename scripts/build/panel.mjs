/** Builds the panel as a prebuilt JupyterLab extension, without Python. */
import { join } from 'node:path';
import { run } from '../process/children.mjs';
import { packageFile, ROOT } from '../setup/places.mjs';
import { Problem } from '../setup/problem.mjs';

const FOLDER = join(ROOT, 'labextension');

/** Throws a {@link Problem} with the tools' output when something does not compile. */
export async function buildPanel() {
  await tool('The panel does not compile: see above.', packageFile('typescript', 'bin', 'tsc'), ['-b']);
  await tool(
    'The panel could not be bundled: see above.',
    packageFile('@jupyter', 'builder', 'lib', 'build-labextension.js'),
    ['--core-package-file', packageFile('@jupyterlab', 'core-meta', 'core.package.json'), '.'],
  );
}

/** The builder's licence report finds the packages only from the extension's own folder. */
async function tool(/** @type {string} */ message, /** @type {string} */ script, /** @type {string[]} */ args) {
  const { code, output } = await run(process.execPath, [script, ...args], { cwd: FOLDER });
  if (code !== 0) throw new Problem(message, { detail: output });
}
