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

  it.each([['objects in an array'], ['a flood of microtasks'], ['Buffers']])(
    'that fills memory with %s is stopped; front and globals stay',
    async (name) => {
      expect(await runPattern(named(name), LIMITS)).toMatchObject({
        ename: 'MemoryLimitError',
        front: true,
        globals: true,
        faults: [],
      });
    },
  );

  it('that only prints can be interrupted; front and globals stay', async () => {
    const outcome = await runPattern(named('a flood of output'), LIMITS);
    expect(outcome).toMatchObject({ ename: 'KeyboardInterrupt', front: true, globals: true, faults: [] });
    expect(outcome.frontPeak ?? 0).toBeLessThan(700_000_000);
  });
});
