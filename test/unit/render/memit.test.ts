import type { MemitRecord } from '@heapmark/protocol';
import { expect, test } from 'vitest';
import { memitBlocks } from '../../../kernel/src/render/memit.js';
import { toText } from '../../../kernel/src/render/text.js';

const record: MemitRecord = {
  peak: 2 ** 20 * 120.5,
  increment: 2 ** 20 * 20.25,
  peakHeap: 30e6,
  heapIncrement: 20e6,
  peakExternal: 2e6,
  externalIncrement: 1e6,
  tensorPeak: null,
  runs: [],
  source: 'system',
  intervalMs: null,
  children: false,
  timedOut: false,
  precision: 'exact',
};

test('memit prints the line that memory_profiler prints, then where it is from', () => {
  expect(toText(memitBlocks({ ...record, runs: [0, 1].map(() => ({ ...record, elapsedMs: 1 })) }))).toBe(
    [
      'peak memory: 120.50 MiB, increment: 20.25 MiB',
      'JavaScript at its highest: ≥32.0 MB, +21.0 MB (heap +20.0 MB, buffers and other external +1.00 MB)',
      "From the system's own high-water mark; the highest of 2 runs.",
    ].join('\n'),
  );
});

test('memit marks figures that are the highest of many looks, and says that the time was over', () => {
  const text = toText(
    memitBlocks({ ...record, source: 'samples', intervalMs: 10, precision: 'atLeast', children: true, timedOut: true }),
  );
  expect(text).toContain('peak memory: ≥120.50 MiB, increment: ≥20.25 MiB');
  expect(text).toContain('looks every 10 ms, child processes included');
  expect(text).toContain('The time was over first');
});

test('memit shows a dash where the system does not tell', () => {
  expect(toText(memitBlocks({ ...record, peak: null, increment: null, precision: 'unavailable' }))).toContain(
    'peak memory: —',
  );
});
