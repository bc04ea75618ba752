import type { MemorySample } from '@heapmark/protocol';
import { describe, expect, it } from 'vitest';
import { MemoryGuard } from '../../../kernel/src/front/guard.js';

const MB = 1_000_000;
const sample = (rss: number | null, heapUsed: number | null = null): MemorySample =>
  ({ rss, heapUsed, arrayBuffers: 0, otherExternal: 0 }) as MemorySample;

function setUp() {
  const stopped: number[] = [];
  const limits: (number | null)[] = [];
  const guard = new MemoryGuard(
    () => 4_000 * MB,
    (limit) => limits.push(limit),
    (used) => stopped.push(used),
  );
  return { guard, stopped, limits };
}

describe('the guard', () => {
  it('stops nothing while no limit is set', () => {
    const { guard, stopped } = setUp();
    guard.check(sample(100_000 * MB));
    expect(stopped).toEqual([]);
    expect(guard.record()).toMatchObject({ limit: null, heapLimit: 4_000 * MB });
  });

  it('stops a cell that passes the limit', () => {
    const { guard, stopped, limits } = setUp();
    guard.set(500 * MB);
    guard.cellBegins(100 * MB);
    guard.check(sample(499 * MB));
    guard.check(sample(501 * MB));
    expect(stopped).toEqual([501 * MB]);
    expect(limits).toEqual([500 * MB]);
  });

  it('lets a cell that begins above the limit run, to free something, as long as it does not grow', () => {
    const { guard, stopped } = setUp();
    guard.set(500 * MB);
    guard.cellBegins(600 * MB);
    guard.check(sample(610 * MB));
    expect(stopped).toEqual([]);
    guard.check(sample(700 * MB));
    expect(stopped).toEqual([700 * MB]);
  });

  it('goes by what the runtime counts where the system tells nothing', () => {
    const { guard, stopped } = setUp();
    guard.set(500 * MB);
    guard.check(sample(null, null));
    guard.check(sample(null, 501 * MB));
    expect(stopped).toEqual([501 * MB]);
  });

  it.each([[0], [-1], [Number.NaN], [Infinity]])('refuses %s as a limit', (bytes) => {
    expect(() => setUp().guard.set(bytes)).toThrow(RangeError);
  });
});
