/** Runs suites one after another. */
import { randomUUID } from 'node:crypto';
import { add, lastLine, NOTHING } from './counts.mjs';
import { endMarked, MARK } from './leftovers.mjs';
import { testEnvironment } from './suites.mjs';

/** How long processes may take to end after their suite, ms. */
const GRACE_MS = 10_000;

/**
 * Runs suites until one fails; prints `N passed, N failed` as the last line.
 * @param {readonly import('./suites.mjs').Suite[]} suites
 * @param {object} [options]
 * @param {string} [options.node] program that runs the tests and the kernel
 * @param {Record<string, string>} [options.env]
 * @returns {Promise<number>} exit status
 */
export async function runSuites(suites, { node, env = {} } = {}) {
  const mark = randomUUID();
  let total = NOTHING;
  for (const suite of suites) {
    console.log(`\n== ${suite.name}`);
    const started = performance.now();
    let counts = await suite.run({
      env: testEnvironment({ ...env, [MARK]: mark }),
      ...(node === undefined ? {} : { node }),
    });
    for (const { pid, command } of await endMarked(mark, GRACE_MS)) {
      console.error(`${suite.name} left a process behind: ${pid} ${command}`);
      counts = { ...counts, failed: counts.failed + 1 };
    }
    total = add(total, counts);
    const seconds = ((performance.now() - started) / 1000).toFixed(1);
    const skipped = counts.skipped > 0 ? `, ${counts.skipped} skipped` : '';
    console.log(`== ${suite.name}: ${lastLine(counts)}${skipped} (${seconds} s)`);
    if (counts.failed > 0) break;
  }
  console.log(`\n${lastLine(total)}`);
  return total.failed === 0 ? 0 : 1;
}
