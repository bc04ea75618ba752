import { describe, expect, it } from 'vitest';
import { cellSpans, columnsOf, highest, shownSpan, spanAt, thin } from '../../../../labextension/src/model/timeline.js';
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

  it('lays the areas on each other, with a hole where nothing is known', () => {
    const runs = [[at(0, 1)], [sample({ time: 10, heapUsed: 2, arrayBuffers: 30, rss: 400 })]];
    const columns = columnsOf(runs, ['heap', 'buffers']);
    expect(columns.times).toEqual([0, 5, 10]);
    expect(columns.edges).toEqual([
      [1, null, 2],
      [1, null, 32],
    ]);
    expect(columns.process).toEqual([200e6, null, 400]);
    expect(columns.samples.map((known) => known?.time ?? null)).toEqual([0, null, 10]);
    expect(columnsOf([], ['heap'])).toEqual({ times: [], samples: [], edges: [[]], process: [] });
  });

  it('finds the cell of a moment, or the nearest within reach', () => {
    const spans = cellSpans(
      [
        cell({ executionCount: 1, startedAt: 0, elapsedMs: 10 }),
        cell({ executionCount: 2, startedAt: 20, elapsedMs: 5 }),
      ],
      { from: 0, to: 100 },
    );
    expect(spanAt(spans, 5, 0)?.run.executionCount).toBe(1);
    expect(spanAt(spans, 17, 4)?.run.executionCount).toBe(2);
    expect(spanAt(spans, 60, 4)).toBeNull();
  });
});
