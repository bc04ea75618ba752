import { describe, expect, it } from 'vitest';
import { heapReserve } from '../../../kernel/src/front/heap-reserve.js';

const MIB = 1_048_576;
const DEFAULT = 4_144 * MIB;

describe('the reserve of heap', () => {
  it('is half of the old generation that Node would have chosen', () => {
    expect(heapReserve([], '', DEFAULT)).toEqual({ flags: ['--max-old-space-size=6144'], bytes: 2_048 * MIB });
    expect(heapReserve([], '', 2_096 * MIB)).toEqual({ flags: ['--max-old-space-size=3072'], bytes: 1_024 * MIB });
  });

  it.each([
    ['in the environment', [], '--trace-warnings --max-old-space-size=512'],
    ['with underscores', [], '--max_old_space_size=512'],
    [
      'as a flag, which comes last',
      ['--max-semi-space-size=64', '--max-old-space-size=512'],
      '--max-old-space-size=99',
    ],
  ])('comes on top of a limit that was set %s', (_where, flags, options) => {
    expect(heapReserve(flags, options, DEFAULT)).toEqual({ flags: ['--max-old-space-size=768'], bytes: 256 * MIB });
  });

  it('is large enough for an error and a list with a small limit, and no larger than needed with a huge one', () => {
    expect(heapReserve(['--max-old-space-size=80'], '', DEFAULT).bytes).toBe(128 * MIB);
    expect(heapReserve(['--max-old-space-size=64000'], '', DEFAULT).bytes).toBe(2_048 * MIB);
  });

  it('takes 0 as no limit, as V8 does', () => {
    expect(heapReserve(['--max-old-space-size=0'], '', DEFAULT)).toEqual(heapReserve([], '', DEFAULT));
  });

  it('is none where both generations are limited together', () => {
    expect(heapReserve([], '--max-heap-size=512', DEFAULT)).toEqual({ flags: [], bytes: 0 });
  });
});
