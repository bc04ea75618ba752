import { describe, expect, it } from 'vitest';
import { readNpm } from '../../../scripts/commands/audit.mjs';

const report = (over: object): string =>
  `npm warn something\n${JSON.stringify({ metadata: { vulnerabilities: { low: 1, moderate: 2, high: 0, critical: 0, ...over } } })}\n`;

describe('the audit of npm packages', () => {
  it('is clean without high and critical weaknesses, and counts the others', () => {
    expect(readNpm(report({}))).toMatchObject({ verdict: 'clean', text: expect.stringContaining('2 moderate') });
  });

  it('fails by one that is high', () => {
    expect(readNpm(report({ high: 1 })).verdict).toBe('weak');
  });

  it.each([['{"error":{"summary":"request failed"}}'], ['npm error network'], ['']])(
    'says that nobody could be asked instead of calling it clean: %s',
    (output) => {
      expect(readNpm(output)).toMatchObject({
        verdict: 'not asked',
        text: expect.stringContaining('could not be asked'),
      });
    },
  );
});
