import { describe, expect, test } from 'vitest';
import { NextLimits } from '../../../kernel/src/front/heap-limits.js';

describe('limits for the next runtime', () => {
  test('are nothing until somebody asks for some', () => {
    const limits = new NextLimits();
    expect(limits.begin()).toEqual([]);
    expect(limits.pending()).toBeNull();
  });

  test('become flags at the next start, and are told until then', () => {
    const limits = new NextLimits();
    limits.begin();
    limits.set({ semiSpace: 40e6 });
    expect(limits.pending()).toMatch(/^semi-space 67\.1 MB: from the next start of the runtime on\. %reset --runtime/);
    limits.set({ oldSpace: 2 ** 31 });
    expect(limits.pending()).toContain('semi-space 67.1 MB, old generation 2.15 GB');
    expect(limits.begin()).toEqual(['--max-semi-space-size=64', '--max-old-space-size=2048']);
    expect(limits.pending()).toBeNull();
    limits.set({ semiSpace: null });
    expect(limits.pending()).toContain("semi-space of V8's own choice");
    expect(limits.begin()).toEqual(['--max-old-space-size=2048']);
  });

  test('refuse what no runtime can start with', () => {
    const limits = new NextLimits();
    for (const bad of [0, -1, NaN, Infinity, 1_000])
      expect(() => limits.set({ semiSpace: bad })).toThrow('The limit of the semi-space is a number of bytes from');
    expect(() => limits.set({ oldSpace: 1e6 })).toThrow(RangeError);
    expect(limits.pending()).toBeNull();
  });

  test('are dropped when a runtime does not come up with them', () => {
    const limits = new NextLimits();
    limits.set({ oldSpace: 2 ** 31 });
    limits.begin();
    limits.drop();
    expect(limits.begin()).toEqual([]);
  });
});
