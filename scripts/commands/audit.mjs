/**
 * Asks the registries for known weaknesses of what is installed. A registry that cannot be asked is no failure of the
 * project, and no proof of its health either: it is said, and with `--strict` it fails.
 */
import { run } from '../process/children.mjs';
import { npm } from '../setup/npm-packages.mjs';
import { ROOT, venvPython } from '../setup/places.mjs';
import { runMain } from '../setup/problem.mjs';

const TIMEOUT_MS = 120_000;

/** @typedef {{ name: string, verdict: 'clean' | 'weak' | 'not asked', text: string }} Finding */

export const main = () =>
  runMain(async () => {
    const strict = process.argv.includes('--strict');
    const findings = [await auditNpm(), await auditPython()];
    for (const { name, verdict, text } of findings) console.log(`${name}: ${verdict}. ${text}`);
    const failed = findings.some(({ verdict }) => verdict === 'weak' || (strict && verdict === 'not asked'));
    return failed ? 1 : 0;
  });

/** @returns {Promise<Finding>} */
async function auditNpm() {
  const { command, args } = npm(['audit', '--json', '--audit-level=high']);
  const { output } = await run(command, args, { cwd: ROOT, timeoutMs: TIMEOUT_MS });
  return readNpm(output);
}

/**
 * What `npm audit --json` said. https://docs.npmjs.com/cli/v11/commands/npm-audit
 * @param {string} output
 * @returns {Finding}
 */
export function readNpm(output) {
  const name = 'npm audit';
  try {
    const report = JSON.parse(output.slice(output.indexOf('{'), output.lastIndexOf('}') + 1));
    const counts = report.metadata?.vulnerabilities;
    if (counts === undefined) throw new Error(report.error?.summary || report.message || 'no report came');
    const serious = counts.high + counts.critical;
    const text = `${counts.critical} critical, ${counts.high} high, ${counts.moderate} moderate, ${counts.low} low.`;
    return { name, verdict: serious > 0 ? 'weak' : 'clean', text };
  } catch (error) {
    return { name, verdict: 'not asked', text: `The registry could not be asked: ${firstLine(error)}` };
  }
}

/** @returns {Promise<Finding>} */
async function auditPython() {
  const name = 'pip-audit';
  const { code, output } = await run(venvPython(), ['-m', 'pip_audit', '--local', '--progress-spinner', 'off'], {
    cwd: ROOT,
    timeoutMs: TIMEOUT_MS,
  });
  if (code === 0) return { name, verdict: 'clean', text: 'No known weaknesses.' };
  if (/No module named pip_audit/.test(output)) {
    return { name, verdict: 'not asked', text: 'It is not installed: .venv/bin/python -m pip install pip-audit.' };
  }
  const found = /Found \d+ known vulnerabilit(?:y|ies)[^\n]*/.exec(output)?.[0];
  return found === undefined
    ? {
        name,
        verdict: 'not asked',
        text: `The service could not be asked: ${firstLine(output.trim().split('\n').at(-1))}`,
      }
    : { name, verdict: 'weak', text: found };
}

/** @param {unknown} value */
const firstLine = (value) => String(value instanceof Error ? value.message : value).split('\n')[0] ?? '';
