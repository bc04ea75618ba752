/** Runs the kernel's tests on every Node line it supports, on the oldest version of the oldest line. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { run } from '../process/children.mjs';
import { installKernelspec } from '../setup/jupyter-files.mjs';
import { npm } from '../setup/npm-packages.mjs';
import { CACHE } from '../setup/places.mjs';
import { prepare } from '../setup/prepare.mjs';
import { Problem, runMain } from '../setup/problem.mjs';
import { once } from '../setup/stamp.mjs';
import { runSuites } from '../suites/run-suites.mjs';
import { CONFORMANCE, KERNEL_TEST, vitest } from '../suites/suites.mjs';

/** Versions, and the packages that hold them: one for each system. */
export const VERSIONS = ['20.19.0', '22.23.3', '24.21.0'];
const PACKAGE = `node-${process.platform === 'win32' ? 'win' : process.platform}-${process.arch}`;

/** The panel and the scripts do not run in the kernel's Node. */
const KERNEL_UNIT = vitest('unit', {
  folder: 'unit',
  minutes: 8,
  paths: ['compiler', 'front', 'ipc', 'magics', 'memory', 'protocol', 'render', 'runtime', 'snapshot'].map(
    (folder) => `test/unit/${folder}/`,
  ),
});

export const main = () =>
  runMain(async () => {
    await prepare();
    const chosen = process.argv.slice(2);
    for (const version of chosen.length > 0 ? chosen : VERSIONS) {
      const node = await installNode(version);
      console.log(`\n==== Node ${version}`);
      const prefix = join(CACHE, 'nodes', version, 'prefix');
      await installKernelspec({ prefix, node });
      const status = await runSuites([KERNEL_UNIT, CONFORMANCE, KERNEL_TEST], {
        node,
        // Kernelspecs there come before those of the environment.
        env: { JUPYTER_PATH: join(prefix, 'share', 'jupyter') },
      });
      if (status !== 0) return status;
    }
    return 0;
  });

/** Installs a Node and gives its program. @param {string} version */
export async function installNode(version) {
  const folder = join(CACHE, 'nodes', version);
  const program = process.platform === 'win32' ? 'node.exe' : 'node';
  const node = join(folder, 'node_modules', PACKAGE, 'bin', program);
  await once({
    stamp: join(folder, 'installed'),
    fingerprint: `${PACKAGE}@${version}`,
    outputs: [node],
    async work() {
      console.log(`Installing Node ${version} in .cache`);
      mkdirSync(folder, { recursive: true });
      // A folder of its own for npm, which would take the repository's otherwise.
      writeFileSync(join(folder, 'package.json'), '{ "private": true }\n');
      const { command, args } = npm(['install', '--no-audit', '--no-fund', '--no-save', `${PACKAGE}@${version}`]);
      const { code, output } = await run(command, args, { cwd: folder });
      if (code !== 0) throw new Problem(`Node ${version} could not be installed: see above.`, { detail: output });
    },
  });
  return node;
}
