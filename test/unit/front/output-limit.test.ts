import { describe, expect, it } from 'vitest';
import { MOST_BYTES, MOST_DISPLAYS, OutputLimit } from '../../../kernel/src/front/output-limit.js';
import type { Output } from '../../../kernel/src/front/runtime.js';

const tagOf = (parentId: string) => ({ parentId, cellId: null, executionCount: 1 });
const stream = (text: string, parentId = 'a'): Output => ({
  type: 'stream',
  tag: tagOf(parentId),
  name: 'stdout',
  text,
});
const display = (data: Record<string, unknown>, update = false): Output => ({
  type: 'display',
  tag: tagOf('a'),
  data,
  metadata: {},
  transient: {},
  update,
});

describe('the output of a cell', () => {
  it('passes as it is up to the limit; the rest is left out with one notice', () => {
    const limit = new OutputLimit();
    const half = stream('x'.repeat(MOST_BYTES / 2));
    expect(limit.admit(half)).toBe(half);
    expect(limit.admit(half)).toBe(half);
    expect(limit.admit(half)).toMatchObject({
      type: 'stream',
      name: 'stderr',
      text: expect.stringContaining('100 MB'),
    });
    expect(limit.admit(half)).toBeNull();
    expect(limit.admitText('a', 'stdout', 'native')).toBeNull();
    expect(limit.admit(stream('another cell', 'b'))).toMatchObject({ text: 'another cell' });
  });

  it('may hold so many displays, and updates without end', () => {
    const limit = new OutputLimit();
    for (let n = 0; n < MOST_DISPLAYS; n += 1) limit.admit(display({ 'text/plain': '1' }));
    expect(limit.admit(display({ 'text/plain': '1' }, true))).toMatchObject({ type: 'display' });
    expect(limit.admit(display({ 'text/plain': '1' }))).toMatchObject({ type: 'stream', name: 'stderr' });
    expect(limit.admit(display({ 'text/plain': '1' }))).toBeNull();
  });

  it('is no display that alone is over the limit', () => {
    expect(new OutputLimit().admit(display({ 'text/html': 'x'.repeat(MOST_BYTES + 1) }))).toMatchObject({
      name: 'stderr',
    });
  });

  it('counts anew once it was cleared', () => {
    const limit = new OutputLimit();
    limit.admit(stream('x'.repeat(MOST_BYTES)));
    const clear: Output = { type: 'clearOutput', tag: tagOf('a'), wait: true };
    expect(limit.admit(clear)).toBe(clear);
    expect(limit.admit(stream('more'))).toMatchObject({ text: 'more' });
  });
});
