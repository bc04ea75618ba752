/**
 * Sets up what is missing, then compares every memory figure with its truth: on this Node, with `--node VERSION` on that
 * one (may be repeated), with `--all` on every line the kernel supports.
 */
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { run } from '../process/children.mjs';
import { packageFile, ROOT } from '../setup/places.mjs';
import { prepare } from '../setup/prepare.mjs';
import { Problem, runMain } from '../setup/problem.mjs';
import { testEnvironment } from '../suites/suites.mjs';
import { installNode, VERSIONS } from './test-nodes.mjs';

const USAGE = 'npm run bench:accuracy -- [--node VERSION]… [--all]';

export const main = () =>
  runMain(async () => {
    const versions = chosen();
    await prepare();
    const programs = versions === null ? [process.execPath] : [];
    for (const version of versions ?? []) programs.push(await installNode(version));
    let status = 0;
    for (const node of programs) {
      const { code } = await run(
        node,
        [packageFile('tsx', 'dist', 'cli.mjs'), join(ROOT, 'test', 'bench', 'accuracy', 'run.ts')],
        { cwd: ROOT, env: testEnvironment(), output: 'show' },
      );
      if (code !== 0) status = 1;
    }
    return status;
  });

/** Versions to run on; `null` for the Node that runs this. @returns {readonly string[] | null} */
function chosen() {
  try {
    const { values } = parseArgs({
      options: { node: { type: 'string', multiple: true }, all: { type: 'boolean', default: false } },
    });
    return values.all ? VERSIONS : (values.node ?? null);
  } catch (cause) {
    throw new Problem(`${cause instanceof Error ? cause.message : String(cause)}\n${USAGE}`);
  }
}
