import { describe, expect, it } from 'vitest';
import { describeEnd } from '../../../kernel/src/front/death.js';

const end = (over: object = {}) => ({
  code: null,
  signal: null,
  lastWords: '',
  brokenChannel: false,
  outOfMemoryKill: null,
  ...over,
});
const MB = 1_000_000;

describe('the end of a runtime', () => {
  it.each([
    ['Reached heap limit', 'FATAL ERROR: Reached heap limit Allocation failed - JavaScript heap out of memory'],
    [
      'Ineffective mark-compacts',
      'FATAL ERROR: Ineffective mark-compacts near heap limit Allocation failed - JavaScript heap out of memory',
    ],
    ['CALL_AND_RETRY_LAST', 'FATAL ERROR: CALL_AND_RETRY_LAST Allocation failed - JavaScript heap out of memory'],
  ])('by a full heap (%s) names the limit', (_name, lastWords) => {
    const report = describeEnd(
      end({ signal: 'SIGABRT', lastWords: `<--- Last few GCs --->\n${lastWords}\n` }),
      null,
      512 * MB,
    );
    expect(report).toMatchObject({ ename: 'OutOfMemoryError', evalue: expect.stringContaining('512 MB') });
  });

  it('by a signal or a code names it, and what was lost', () => {
    expect(describeEnd(end({ signal: 'SIGSEGV' }), null, MB).evalue).toMatch(/SIGSEGV.*variables are lost/);
    expect(describeEnd(end({ code: 3 }), null, MB).evalue).toMatch(/code 3/);
  });

  it.each([
    [true, /The system killed the runtime .*memory ran out/],
    [false, /no kill for want of memory.*kill -9/],
    [null, /by the system.*or by somebody/],
  ])('by SIGKILL names who may have sent it (out of memory: %s)', (outOfMemoryKill, words) => {
    expect(describeEnd(end({ signal: 'SIGKILL', outOfMemoryKill }), null, MB).evalue).toMatch(words);
  });

  it('before it had started says what it said', () => {
    expect(describeEnd(end({ code: 1, lastWords: 'Cannot find module' }), null, null).evalue).toMatch(
      /could not be started \(code 1\): Cannot find module/,
    );
  });

  it("by the front's own hand says why", () => {
    expect(describeEnd(end({ signal: 'SIGKILL' }), 'interrupt', MB)).toMatchObject({ ename: 'KeyboardInterrupt' });
    expect(describeEnd(end({ signal: 'SIGKILL' }), 'memory', MB)).toMatchObject({ ename: 'MemoryLimitError' });
    expect(describeEnd(end({ signal: 'SIGKILL' }), 'reset', MB)).toMatchObject({ ename: 'RuntimeReset' });
  });
});
