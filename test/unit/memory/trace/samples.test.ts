import { expect, test } from 'vitest';
import { objectCounter, readProfile, type SamplingProfile } from '../../../../kernel/src/memory/trace/samples.js';

const node = (id: number, functionName: string, url: string, selfSize: number, children: object[] = []): never =>
  ({ id, callFrame: { functionName, url }, selfSize, children }) as never;

test('samples tell how many objects they stand for, also where one sample alone could be of two sizes', () => {
  const interval = 8192;
  const scaled = (size: number, samples: number): number => Math.round(samples / (1 - Math.exp(-size / interval)));
  const countOf = objectCounter(interval);
  for (const size of [16, 24, 32, 40, 48, 56, 64, 1000]) {
    const samples = Array.from({ length: 100 }, () => size * scaled(size, 1));
    expect([size, countOf(samples, size * scaled(size, 100))]).toEqual([size, scaled(size, 100)]);
  }
  expect(countOf([10_000_000], 10_000_000)).toBe(1);
  expect(objectCounter(1)([48, 48], 96)).toBe(2);
  expect(countOf([], 0)).toBe(0);
});

test('bytes count for the innermost line on the stack, and what the tracing keeps for none', () => {
  const profile: SamplingProfile = {
    head: node(1, '(root)', '', 0, [
      node(2, '$hm3', 'cell-2.ts', 100, [
        node(3, 'parse', 'file:///package.js', 50, [node(4, '$hm9', 'cell-2.ts', 7)]),
        node(5, 'noteBuffer', 'runtime.mjs', 1000),
      ]),
      node(6, 'timer', 'cell-1.ts', 30),
      node(7, 'kernel', 'runtime.mjs', 500),
    ]),
    samples: [{ size: 8200, nodeId: 3 }],
  };
  const slotOf = (file: string, line: number): number | null => (file === 'cell-2.ts' ? line : null);
  const read = readProfile(profile, 8192, slotOf, (file) => file.startsWith('cell-'));
  expect(read.bySlot.get(3)?.bytes).toBe(150);
  expect(read.bySlot.get(9)?.bytes).toBe(7);
  expect(read.elsewhere).toBe(30);
});
