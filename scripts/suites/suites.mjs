/** The suites of `npm test`, in their order. Each runs once everything is set up. */
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { run } from '../process/children.mjs';
import { packageFile, ROOT, venvProgramsFirst, venvPython } from '../setup/places.mjs';
import { NOTHING, unittestCounts, vitestCounts } from './counts.mjs';

/**
 * @typedef {import('./counts.mjs').Counts} Counts
 * @typedef {{ env: NodeJS.ProcessEnv, node?: string }} SuiteOptions
 * @typedef {{ name: string, run: (options: SuiteOptions) => Promise<Counts> }} Suite
 */

const MINUTE_MS = 60_000;

/** Folder of reports and screenshots of the last run. */
export const RESULTS = join(ROOT, 'test-results');

const PASSED = Object.freeze({ ...NOTHING, passed: 1 });
const FAILED = Object.freeze({ ...NOTHING, failed: 1 });

/** A tool that is right or wrong as a whole: one test. @param {string} name @param {string} script @param {string[]} args @returns {Suite} */
function tool(name, script, args) {
  return {
    name,
    async run({ env }) {
      const { code } = await run(process.execPath, [script, ...args], {
        cwd: ROOT,
        env,
        output: 'show',
        timeoutMs: 5 * MINUTE_MS,
      });
      return code === 0 ? PASSED : FAILED;
    },
  };
}

export const FORMAT = tool('format', packageFile('prettier', 'bin', 'prettier.cjs'), [
  '--check',
  '.',
  '--log-level',
  'warn',
]);
export const LINT = tool('lint', packageFile('eslint', 'bin', 'eslint.js'), ['.', '--max-warnings=0']);
export const TYPES = tool('types', packageFile('typescript', 'bin', 'tsc'), ['-b']);

/**
 * Test files below a folder, run by vitest.
 * @param {string} name of the vitest project
 * @param {object} options
 * @param {string} options.folder below test/
 * @param {number} options.minutes after which the suite has failed
 * @param {string[]} [options.paths] only those
 * @returns {Suite}
 */
export function vitest(name, { folder, minutes, paths = [] }) {
  return {
    name,
    async run({ env, node = process.execPath }) {
      if (!existsSync(join(ROOT, 'test', folder))) return absent(name, `test/${folder}`);
      mkdirSync(RESULTS, { recursive: true });
      const report = join(RESULTS, `${name}.json`);
      rmSync(report, { force: true });
      const { code, timedOut } = await run(
        node,
        [
          packageFile('vitest', 'vitest.mjs'),
          'run',
          '--project',
          name,
          '--reporter=default',
          '--reporter=json',
          `--outputFile.json=${report}`,
          '--allowOnly=false',
          ...paths,
        ],
        { cwd: ROOT, env, output: 'show', timeoutMs: minutes * MINUTE_MS },
      );
      if (timedOut) console.error(`${name} took more than ${minutes} minutes and was stopped.`);
      if (!existsSync(report)) return FAILED;
      const counts = vitestCounts(JSON.parse(readFileSync(report, 'utf8')));
      // An error outside of any test, or no test at all, fails the run all the same.
      return code !== 0 && counts.failed === 0 ? { ...counts, failed: 1 } : counts;
    },
  };
}

/** `jupyter_kernel_test`, in the environment's Python. @type {Suite} */
export const KERNEL_TEST = {
  name: 'jupyter_kernel_test',
  async run({ env }) {
    const folder = join('test', 'conformance', 'python');
    if (!existsSync(join(ROOT, folder))) return absent(this.name, folder);
    const { code, output } = await run(venvPython(), ['-m', 'unittest', 'discover', '-v', '-s', folder], {
      cwd: ROOT,
      env,
      output: 'show',
      timeoutMs: 5 * MINUTE_MS,
    });
    const counts = unittestCounts(output);
    if (counts === null) return FAILED;
    return code !== 0 && counts.failed === 0 ? { ...counts, failed: 1 } : counts;
  },
};

export const UNIT = vitest('unit', { folder: 'unit', minutes: 8 });
export const CONFORMANCE = vitest('conformance', { folder: 'conformance', minutes: 10 });
export const NOTEBOOKS = vitest('notebooks', { folder: 'notebooks', minutes: 10 });
export const BROWSER = vitest('browser', { folder: 'browser', minutes: 12 });

/** What `npm run check` runs. @type {readonly Suite[]} */
export const QUICK = [FORMAT, LINT, TYPES, UNIT];

/** What `npm test` runs. @type {readonly Suite[]} */
export const ALL = [...QUICK, CONFORMANCE, KERNEL_TEST, NOTEBOOKS, BROWSER];

/** Environment of tests: the environment's Jupyter first, and no settings of the person's own. @param {Record<string, string>} [more] */
export function testEnvironment(more = {}) {
  return { ...process.env, PATH: venvProgramsFirst(process.env['PATH'] ?? ''), ...more };
}

/** @param {string} name @param {string} folder @returns {Counts} */
function absent(name, folder) {
  console.error(`There are no ${name} tests: ${folder} is missing.`);
  return FAILED;
}
