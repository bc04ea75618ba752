import type { CellRecord } from '@heapmark/protocol';
import { describe, expect, it } from 'vitest';
import { CellStore } from '../../../kernel/src/front/cells.js';

const tag = (executionCount: number) => ({
  parentId: `p${executionCount}`,
  cellId: `c${executionCount}`,
  executionCount,
});
const state = (heapUsed: number, arrayBuffers = 0, otherExternal = 0) => ({ heapUsed, arrayBuffers, otherExternal });
const usage = (heapUsed: number, arrayBuffers: number) => ({
  time: 1,
  rss: 1,
  heapUsed,
  heapTotal: 0,
  arrayBuffers,
  external: arrayBuffers,
});

function setUp() {
  const told: CellRecord[] = [];
  let resident = 100;
  const store = new CellStore(
    (record) => told.push(record),
    () => (resident += 10),
  );
  return { store, told };
}

describe('the record of a cell', () => {
  it('has the change of memory, by kind and in sum, as an estimate until confirmed', () => {
    const { store, told } = setUp();
    store.begin(tag(1), '\n  let x = 1\nx', 1_000);
    store.end('ok', 5, { startedAt: 1_000, elapsedMs: 4, before: state(100, 10, 1), after: state(150, 30, 1) });
    expect(told.map(({ status }) => status)).toEqual(['running', 'ok']);
    expect(store.list()[0]).toMatchObject({
      cellId: 'c1',
      source: 'let x = 1',
      delta: 70,
      deltaByKind: { heapUsed: 50, arrayBuffers: 20, otherExternal: 0 },
      deltaPrecision: 'estimate',
      settled: false,
      rssDelta: 10,
      elapsedMs: 4,
    });
  });

  it('has the highest sample as its peak, a floor of the truth', () => {
    const { store } = setUp();
    store.begin(tag(1), 'x', 0);
    store.observe(usage(300, 500));
    store.observe(usage(200, 100));
    store.end('ok', 5, { startedAt: 0, elapsedMs: 4, before: state(100), after: state(150) });
    expect(store.list()[0]).toMatchObject({ peak: 800, peakKind: 'arrayBuffers', peakPrecision: 'atLeast' });
  });

  it('has what stood before a collection as its peak when that was higher than all samples', () => {
    const { store } = setUp();
    const measured = (highest: { heapUsed: number; external: number }, after = state(150)) => {
      store.begin(tag(1), 'x', 0);
      store.observe(usage(300, 0));
      store.end('ok', 5, { startedAt: 0, elapsedMs: 4, before: state(100, 10, 5), after, highest });
      return store.list(1)[0] as CellRecord;
    };
    expect(measured({ heapUsed: 900, external: 15 })).toMatchObject({ peak: 915, peakKind: 'heapUsed' });
    expect(measured({ heapUsed: 100, external: 815 })).toMatchObject({ peak: 915, peakKind: 'external' });
    expect(measured({ heapUsed: 100, external: 815 }, state(100, 700, 5)).peakKind).toBe('arrayBuffers');
    expect(measured({ heapUsed: 100, external: 815 }, state(100, 10, 700)).peakKind).toBe('otherExternal');
    expect(measured({ heapUsed: 10, external: 5 }).peak).toBe(300);
  });

  it('of a cell that was not measured has no figures, and says why', () => {
    const { store } = setUp();
    store.begin(tag(1), 'x', 0);
    store.end('error', 5, null);
    expect(store.list()[0]).toMatchObject({
      status: 'error',
      delta: null,
      deltaPrecision: 'unavailable',
      peak: null,
      unsettledReason: expect.any(String),
    });
  });

  it('takes the confirmed figures, and keeps what the front knows better', () => {
    const { store } = setUp();
    store.begin(tag(1), 'x', 7);
    store.observe(usage(900, 0));
    store.end('ok', 5, { startedAt: 7, elapsedMs: 4, before: state(100), after: state(150) });
    const confirmed = {
      ...(store.list()[0] as CellRecord),
      delta: 42,
      settled: true,
      peak: null,
      deltaPrecision: 'exact' as const,
      unsettledReason: null,
    };
    store.settle(confirmed);
    expect(store.list()[0]).toMatchObject({ delta: 42, settled: true, deltaPrecision: 'exact', peak: 900 });
  });

  it('of a cell nobody knows is ignored', () => {
    const { store, told } = setUp();
    store.settle({ executionCount: 9, startedAt: 9 } as CellRecord);
    expect(told).toEqual([]);
  });

  it('is kept for the last 10,000 cells', () => {
    const { store } = setUp();
    for (let n = 1; n <= 10_050; n += 1) {
      store.begin(tag(n), 'x', n);
      store.end('ok', 1, null);
    }
    expect(store.list()).toHaveLength(10_000);
    expect(store.list(2).map(({ executionCount }) => executionCount)).toEqual([10_049, 10_050]);
  });

  it('begins at one time, running and ended', () => {
    const { store, told } = setUp();
    store.begin(tag(1), 'x', 1_000);
    store.end('ok', 5, { startedAt: 1_000, elapsedMs: 4, before: state(100), after: state(150) });
    expect(told.map(({ startedAt }) => startedAt)).toEqual([1_000, 1_000]);
  });
});

describe('the end of a runtime', () => {
  const measure = { startedAt: 0, elapsedMs: 4, before: state(100), after: state(150) };

  it('loses what its cells kept: they are listed as lost, and not among the living', () => {
    const { store } = setUp();
    store.begin(tag(1), 'x', 0);
    store.end('ok', 5, measure);
    store.runtimeEnded();
    store.begin(tag(2), 'y', 0);
    store.end('ok', 5, measure);
    expect(store.list().map(({ lost }) => lost)).toEqual([true, false]);
    expect(store.living().map(({ executionCount }) => executionCount)).toEqual([2]);
  });

  it('loses the cell that ran in it, but not one that runs in the next', () => {
    const { store } = setUp();
    store.begin(tag(1), 'process.abort()', 0);
    store.runtimeEnded();
    store.end('error', 5, null);
    store.begin(tag(2), 'compiling meanwhile', 0);
    store.runtimeEnded();
    store.end('ok', 5, measure);
    expect(store.list().map(({ lost }) => lost)).toEqual([true, false]);
  });
});
