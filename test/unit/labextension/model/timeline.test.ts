import { describe, expect, it } from 'vitest';
import { cellSpans, highest, nearest, shownSpan, thin } from '../../../../labextension/src/model/timeline.js';
import { cell, sample } from '../records.js';

const at = (time: number, heapUsed: number) => sample({ time, heapUsed, arrayBuffers: 0, otherExternal: 0 });

describe('the timeline', () => {
  it('begins where its figures do, at most as far back as was asked for', () => {
    expect(shownSpan([at(1e6, 1), at(1e6 + 60_000, 1)], 120_000)).toEqual({ from: 1e6, to: 1e6 + 60_000 });
    expect(shownSpan([at(1e6, 1), at(1e6 + 600_000, 1)], 120_000)).toEqual({ from: 1e6 + 480_000, to: 1e6 + 600_000 });
  });

  it('is never so short that a moment fills it', () => {
    expect(shownSpan([at(1e6, 1)], 120_000)).toEqual({ from: 1e6 - 30_000, to: 1e6 });
  });

  it('keeps the highest sample of each column', () => {
    const samples = Array.from({ length: 1000 }, (_, index) => at(index * 10, index === 500 ? 9999 : index));
    const runs = thin(samples, { from: 0, to: 10_000 }, 50);
    expect(runs).toHaveLength(1);
    expect(runs[0]?.length).toBeLessThanOrEqual(51);
    expect(runs[0]?.some(({ heapUsed }) => heapUsed === 9999)).toBe(true);
  });

  it('is broken where nothing is known', () => {
    const runs = thin([at(0, 1), at(1000, 1), at(90_000, 1), at(91_000, 1)], { from: 0, to: 100_000 }, 100);
    expect(runs.map((run) => run.map(({ time }) => time))).toEqual([
      [0, 1000],
      [90_000, 91_000],
    ]);
  });

  it('has the height of what is shown', () => {
    const run = [sample({ heapUsed: 1, arrayBuffers: 20, otherExternal: 300, tensors: 4000 })];
    expect(highest([run], ['heap', 'buffers', 'other', 'tensors'])).toBe(4321);
    expect(highest([run], ['heap', 'tensors'])).toBe(4001);
    expect(highest([], ['heap'])).toBe(0);
  });

  it('marks the cells that ran within it, up to now for one that runs', () => {
    const runs = [
      cell({ executionCount: 1, startedAt: 0, elapsedMs: 10 }),
      cell({ executionCount: 2, startedAt: 90, elapsedMs: 20 }),
      cell({ executionCount: 3, startedAt: 150, elapsedMs: null, status: 'running' }),
      cell({ executionCount: 4, startedAt: 500, elapsedMs: 10 }),
    ];
    expect(cellSpans(runs, { from: 100, to: 200 }).map(({ run, from, to }) => [run.executionCount, from, to])).toEqual([
      [2, 100, 110],
      [3, 150, 200],
    ]);
  });

  it('reads the nearest sample', () => {
    const samples = [at(0, 1), at(10, 2), at(30, 3)];
    expect(nearest(samples, 14)?.heapUsed).toBe(2);
    expect(nearest(samples, 1e9)?.heapUsed).toBe(3);
    expect(nearest([], 1)).toBeNull();
  });
});
