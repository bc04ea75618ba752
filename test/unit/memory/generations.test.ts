import { getHeapStatistics } from 'node:v8';
import { describe, expect, test } from 'vitest';
import { Generations, systemGenerationProbes } from '../../../kernel/src/memory/generations.js';

const MIB = 1_048_576;

function limitsOf(flags: string[], heapLimit: number, young: number | null = 48 * MIB) {
  let asked = 0;
  const generations = new Generations({
    heapLimit: () => heapLimit,
    flags,
    defaultYoung: async () => {
      asked += 1;
      return young;
    },
  });
  return { limits: () => generations.limits(), asked: () => asked };
}

describe('the limits of the generations', () => {
  test('are what Node chose, and the rest of the heap limit for the old one', async () => {
    const { limits, asked } = limitsOf([], 4_144 * MIB);
    const expected = { semiSpace: 16 * MIB, newSpace: 48 * MIB, oldSpace: 4_096 * MIB, heapLimit: 4_144 * MIB };
    expect(await limits()).toEqual(expected);
    expect(await limits()).toEqual(expected);
    expect(asked()).toBe(1);
  });

  test('follow the last flag, in the power of two that V8 takes, and ask nobody then', async () => {
    const { limits, asked } = limitsOf(['--max-semi-space-size=64', '--max_semi_space_size=5'], 4_120 * MIB);
    expect(await limits()).toEqual({
      semiSpace: 8 * MIB,
      newSpace: 24 * MIB,
      oldSpace: 4_096 * MIB,
      heapLimit: 4_120 * MIB,
    });
    expect(asked()).toBe(0);
  });

  test('are unknown with a reason where V8 shared them out by itself, or Node does not tell', async () => {
    const unknown = { semiSpace: null, newSpace: null, oldSpace: null, heapLimit: 700 * MIB };
    expect(await limitsOf(['--max-heap-size=700'], 700 * MIB).limits()).toEqual({
      ...unknown,
      reason: expect.stringContaining('--max-heap-size'),
    });
    expect(await limitsOf([], 700 * MIB, null).limits()).toEqual({ ...unknown, reason: expect.any(String) });
  });

  test("add up to this process's own heap limit", async () => {
    const { heap_size_limit: limit } = getHeapStatistics();
    const { semiSpace, newSpace, oldSpace, heapLimit } = await new Generations(
      systemGenerationProbes(() => limit),
    ).limits();
    expect(heapLimit).toBe(limit);
    expect((newSpace ?? 0) + (oldSpace ?? 0)).toBe(limit);
    expect(semiSpace).toBeGreaterThanOrEqual(MIB);
    expect(newSpace).toBe(3 * (semiSpace ?? 0));
  });
});
