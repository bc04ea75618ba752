import { describe, expect, it } from 'vitest';
import {
  CellHistory,
  arrangeRuns,
  barShare,
  costOf,
  largestCost,
  latestBatch,
  mostExpensive,
  runKey,
} from '../../../../labextension/src/model/cells.js';
import { cell } from '../records.js';

describe('the history of cells', () => {
  it('takes a later record of the same run in its place', () => {
    const history = new CellHistory();
    history.put(cell({ executionCount: 4, status: 'running', elapsedMs: null }));
    expect(history.running?.executionCount).toBe(4);
    history.put(cell({ executionCount: 4, startedAt: 1012 }));
    expect(history.runs).toHaveLength(1);
    expect(history.running).toBeNull();
  });

  it('keeps two runs of one cell apart, and shows the later one under it whichever was told last', () => {
    const history = new CellHistory();
    history.put(cell({ executionCount: 1, startedAt: 10 }));
    history.put(cell({ executionCount: 2, startedAt: 20 }));
    history.put(cell({ executionCount: 1, startedAt: 10, settled: true, delta: 7 }));
    expect(history.runs.map(({ executionCount }) => executionCount)).toEqual([1, 2]);
    expect(history.latestOf('c1')?.executionCount).toBe(2);
  });

  it('does not mix runs of two kernels that count alike', () => {
    const history = new CellHistory();
    history.put(cell({ executionCount: 1, startedAt: 10 }));
    history.put(cell({ executionCount: 1, startedAt: 500 }));
    expect(history.runs).toHaveLength(2);
  });

  it('holds runs of consoles, whose cells have no id', () => {
    const history = new CellHistory();
    history.put(cell({ cellId: null }));
    expect(history.runs).toHaveLength(1);
  });

  it('is bounded', () => {
    const history = new CellHistory();
    for (let count = 1; count <= 1500; count++) history.put(cell({ executionCount: count, startedAt: count }));
    expect(history.runs).toHaveLength(1000);
    expect(history.runs[0]?.executionCount).toBe(501);
  });
});

describe('the list of cells', () => {
  const runs = [
    cell({ executionCount: 1, startedAt: 1, delta: 5 }),
    cell({ executionCount: 2, startedAt: 2, delta: -90 }),
    cell({ executionCount: 3, startedAt: 3, delta: 4, tensorDelta: 60 }),
    cell({ executionCount: 4, startedAt: 4, delta: null, deltaPrecision: 'unavailable' }),
    cell({ executionCount: 5, startedAt: 5, delta: 0, status: 'running' }),
  ];
  const counts = (order: 'cost' | 'order'): number[] =>
    arrangeRuns(runs, order).map(({ executionCount }) => executionCount);

  it('is by what a cell keeps or gave back, tensors included, the running one first', () => {
    expect(counts('cost')).toEqual([5, 2, 3, 1, 4]);
  });

  it('is newest first on request', () => {
    expect(counts('order')).toEqual([5, 4, 3, 2, 1]);
  });

  it('has bars relative to the largest', () => {
    expect(largestCost(runs)).toBe(90);
    expect(barShare(runs[2]!, 90)).toBeCloseTo(64 / 90);
    expect(barShare(runs[3]!, 90)).toBe(0);
    expect(barShare(runs[0]!, 0)).toBe(0);
  });

  it('knows no cost where none was measured', () => {
    expect(costOf(runs[3]!)).toBeNull();
  });
});

describe('what stands out among the runs', () => {
  const run = (executionCount: number, delta: number | null, change: Parameters<typeof cell>[0] = {}) =>
    cell({ executionCount, delta, startedAt: executionCount * 100, ...change });

  it('is the three that keep most, if they keep anything to speak of', () => {
    const runs = [run(1, 5e8), run(2, 1e9), run(3, -2e9), run(4, 3e8), run(5, 4e8), run(6, null)];
    expect([...mostExpensive(runs)]).toEqual([runs[1], runs[0], runs[4]].map((top) => top && runKey(top)));
    expect(mostExpensive([run(1, 1e9), run(2, 1e6)]).size).toBe(1);
    expect(mostExpensive([run(1, 0), run(2, -5)]).size).toBe(0);
  });

  it('is nothing of what ended with its runtime', () => {
    expect(costOf(run(1, 1e9, { lost: true }))).toBe(0);
    expect(mostExpensive([run(1, 1e9, { lost: true })]).size).toBe(0);
  });

  it('is the sum of a batch until another cell runs', () => {
    const batch = { group: [1, 2], groupDelta: 7e6 };
    expect(latestBatch([run(2, 1e6, batch), run(1, 1e6, batch)])?.groupDelta).toBe(7e6);
    expect(latestBatch([run(2, 1e6, batch), run(3, 1e6)])).toBeNull();
    expect(latestBatch([run(2, 1e6, { ...batch, lost: true })])).toBeNull();
    expect(latestBatch([])).toBeNull();
  });
});
