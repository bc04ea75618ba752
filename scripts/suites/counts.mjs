/** Results of test runners, brought to one shape. */

/** @typedef {{ passed: number, failed: number, skipped: number }} Counts */

/** @type {Readonly<Counts>} */
export const NOTHING = Object.freeze({ passed: 0, failed: 0, skipped: 0 });

/** @param {Counts} a @param {Counts} b @returns {Counts} */
export function add(a, b) {
  return { passed: a.passed + b.passed, failed: a.failed + b.failed, skipped: a.skipped + b.skipped };
}

/** The line that a run ends with. @param {Counts} counts */
export function lastLine({ passed, failed }) {
  return `${passed} passed, ${failed} failed`;
}

/**
 * Counts of vitest's JSON report. A file that failed with no failed test of its own, because it could not be loaded or
 * prepared, counts as one.
 * @param {object} report
 * @param {number} report.numPassedTests
 * @param {number} report.numFailedTests
 * @param {number} [report.numPendingTests]
 * @param {number} [report.numTodoTests]
 * @param {{ status: string, assertionResults: { status?: string }[] }[]} [report.testResults]
 * @returns {Counts}
 */
export function vitestCounts({
  numPassedTests,
  numFailedTests,
  numPendingTests = 0,
  numTodoTests = 0,
  testResults = [],
}) {
  const broken = testResults.filter(
    ({ status, assertionResults }) =>
      status === 'failed' && !assertionResults.some((result) => result.status === 'failed'),
  );
  return { passed: numPassedTests, failed: numFailedTests + broken.length, skipped: numPendingTests + numTodoTests };
}

/**
 * Counts of what Python's unittest prints; null when it did not come to its end.
 * https://docs.python.org/3/library/unittest.html#command-line-interface
 * @param {string} output
 * @returns {Counts | null}
 */
export function unittestCounts(output) {
  const ran = [...output.matchAll(/^Ran (\d+) tests? in /gm)].at(-1);
  const verdict = [...output.matchAll(/^(?:OK|FAILED|NO TESTS RAN)(?: \((.*)\))?\r?$/gm)].at(-1);
  if (ran === undefined || verdict === undefined) return null;
  const parts = new Map(
    (verdict[1] ?? '').split(', ').map((part) => {
      const [name = '', count] = part.split('=');
      return [name, Number(count)];
    }),
  );
  const of = (/** @type {string} */ name) => parts.get(name) ?? 0;
  const skipped = of('skipped') + of('expected failures');
  const failed = of('failures') + of('errors') + of('unexpected successes');
  return { passed: Math.max(0, Number(ran[1]) - failed - skipped), failed, skipped };
}
