import { describe, expect, it } from 'vitest';
import { patterns, type Pattern } from '../soak/runaway/patterns.js';
import { runPattern } from '../soak/runaway/run-pattern.js';

const LIMITS = { heapMb: 192, processBytes: 500_000_000, patienceMs: 50_000 };
const named = (name: string): Pattern => patterns.find((pattern) => pattern.name === name) as Pattern;

describe('a runaway cell', () => {
  it('is one of at least twenty kinds in the long form', () => {
    expect(patterns.length).toBeGreaterThanOrEqual(20);
    expect(new Set(patterns.map(({ name }) => name)).size).toBe(patterns.length);
  });

  it('that fills memory with Buffers is stopped; front and globals stay', async () => {
    expect(await runPattern(named('Buffers'), LIMITS)).toMatchObject({
      ename: 'MemoryLimitError',
      front: true,
      globals: true,
      faults: [],
    });
  });

  it.each([['objects in an array'], ['a flood of microtasks']])(
    'that fills the heap with %s is stopped, or costs its runtime and says so; the front stays',
    async (name) => {
      const outcome = await runPattern(named(name), LIMITS);
      expect(outcome).toMatchObject({ front: true, faults: [] });
      expect(outcome.ename).toMatch(/^(MemoryLimitError|OutOfMemoryError)$/);
    },
  );

  it('that only prints can be interrupted; front and globals stay', async () => {
    const outcome = await runPattern(named('a flood of output'), LIMITS);
    expect(outcome).toMatchObject({ ename: 'KeyboardInterrupt', front: true, globals: true, faults: [] });
    expect(outcome.frontPeak ?? 0).toBeLessThan(700_000_000);
  });
});
