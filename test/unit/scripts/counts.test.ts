import { describe, expect, it } from 'vitest';
import { add, lastLine, unittestCounts, vitestCounts } from '../../../scripts/suites/counts.mjs';

describe('counts of vitest', () => {
  it('come from its report', () => {
    const report = { numPassedTests: 7, numFailedTests: 2, numPendingTests: 1, numTodoTests: 1, testResults: [] };
    expect(vitestCounts(report)).toEqual({ passed: 7, failed: 2, skipped: 2 });
  });

  it('have one failure for a file that could not be loaded or prepared', () => {
    const testResults = [
      { status: 'failed', assertionResults: [] },
      { status: 'failed', assertionResults: [{ status: 'skipped' }] },
      { status: 'failed', assertionResults: [{ status: 'failed' }, { status: 'passed' }] },
      { status: 'passed', assertionResults: [{ status: 'passed' }] },
    ];
    expect(vitestCounts({ numPassedTests: 2, numFailedTests: 1, testResults }).failed).toBe(3);
  });
});

describe('counts of unittest', () => {
  const output = (ran: number, verdict: string): string =>
    `test_a (T.test_a) ... ok\n\n${'-'.repeat(70)}\nRan ${ran} test${ran === 1 ? '' : 's'} in 1.234s\n\n${verdict}\n`;

  it('are all passed when it says OK', () => {
    expect(unittestCounts(output(12, 'OK'))).toEqual({ passed: 12, failed: 0, skipped: 0 });
    expect(unittestCounts(output(1, 'OK'))?.passed).toBe(1);
  });

  it('tell failures, errors and skipped ones apart from passed ones', () => {
    expect(unittestCounts(output(20, 'FAILED (failures=2, errors=1, skipped=3)'))).toEqual({
      passed: 14,
      failed: 3,
      skipped: 3,
    });
  });

  it('take an unexpected success for a failure', () => {
    expect(unittestCounts(output(3, 'FAILED (unexpected successes=1)'))).toEqual({ passed: 2, failed: 1, skipped: 0 });
  });

  it('read the last summary when a test prints one of its own', () => {
    expect(unittestCounts(output(99, 'OK') + output(2, 'FAILED (failures=1)'))?.failed).toBe(1);
  });

  it('are unknown when it was cut off', () => {
    expect(unittestCounts('test_a (T.test_a) ... ')).toBeNull();
    expect(unittestCounts('')).toBeNull();
  });
});

it('the last line adds all suites up', () => {
  const sum = add({ passed: 1, failed: 0, skipped: 5 }, { passed: 41, failed: 2, skipped: 0 });
  expect(lastLine(sum)).toBe('42 passed, 2 failed');
});
