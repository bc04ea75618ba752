import { describe, expect, it } from 'vitest';
import type { GcMark } from '@heapmark/protocol';
import { pauseBars, pausedWithin, PauseHistory } from '../../../../labextension/src/model/pauses.js';
import { sample } from '../records.js';

const mark = (time: number, pauseMs: number, kind: GcMark['kind'] = 'minor'): GcMark => ({
  time,
  kind,
  count: 1,
  pauseMs,
  longestMs: pauseMs,
  freed: null,
  heapUsed: null,
});

describe('the pauses of a kernel', () => {
  it('come with samples, and a kernel that tells none has none', () => {
    const pauses = new PauseHistory(3_600_000);
    pauses.add(sample({}));
    expect(pauses.all).toEqual([]);
    pauses.add(sample({ collections: [mark(10, 2), mark(11, 30, 'major')] }));
    expect(pauses.all.map(({ pauseMs }) => pauseMs)).toEqual([2, 30]);
  });

  it('keep the longest of each stretch when they grow many, and nothing that is too old', () => {
    const pauses = new PauseHistory(600_000);
    for (let second = 0; second < 5_000; second++)
      pauses.add(sample({ collections: [mark(second * 1_000, second % 100 === 50 ? 500 : 1)] }));
    expect(pauses.all.length).toBeLessThan(4_200);
    expect(pauses.all.at(-1)?.time).toBe(4_999_000);
    const longest = pauses.all.filter(({ pauseMs }) => pauseMs === 500);
    expect(longest.length).toBeGreaterThan(20);
    expect(pauses.all[0]?.time).toBeGreaterThan(1_000_000);
  });
});

describe('the bars of the timeline', () => {
  it('add up what falls into one column, and tell of full collections', () => {
    const bars = pauseBars([mark(5, 1), mark(8, 2), mark(55, 9, 'major'), mark(200, 1)], { from: 0, to: 100 }, 10);
    expect(bars).toEqual([
      { from: 0, to: 10, pauseMs: 3, full: false },
      { from: 50, to: 60, pauseMs: 9, full: true },
    ]);
  });

  it('have the last moment in the last column', () => {
    expect(pauseBars([mark(100, 4)], { from: 0, to: 100 }, 10)).toEqual([
      { from: 90, to: 100, pauseMs: 4, full: false },
    ]);
  });

  it('are none without room', () => {
    expect(pauseBars([], { from: 0, to: 0 }, 0)).toEqual([]);
  });
});

it('sums the pauses of a stretch of time, its beginning left out', () => {
  expect(pausedWithin([mark(10, 1), mark(20, 2), mark(30, 4)], { from: 10, to: 30 })).toBe(6);
});
