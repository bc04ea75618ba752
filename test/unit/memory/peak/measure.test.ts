import { fits, MemitRecord } from '@heapmark/protocol';
import { describe, expect, test } from 'vitest';
import { heapCounters, watchCollections, type Collected } from '../../../../kernel/src/memory/peak/collections.js';
import { measurePeak, systemPeakProbes, type PeakProbes } from '../../../../kernel/src/memory/peak/measure.js';
import { residentMeter } from '../../../../kernel/src/memory/peak/resident.js';
import { residentTree } from '../../../../kernel/src/memory/peak/tree.js';

const never = new AbortController().signal;
const QUIET: Collected = { each: [], count: 0, heapFreed: 0, externalFreed: 0, highest: null, latest: null };

/** A process of which each run finds the next of these peaks. */
function scripted(peaks: readonly number[], { collected = QUIET, late = false } = {}) {
  let run = -1;
  let time = 0;
  const collections: string[] = [];
  const probes: PeakProbes = {
    now: () => (time += 10),
    heap: () => ({ heapUsed: 1000, external: 500 }),
    collections: () => ({
      begin: () => collections.push('begin'),
      take: () => collected,
      end: () => collections.push('end'),
    }),
    resident: async () => ({
      source: 'system',
      begin: () => {
        run += 1;
        return 100;
      },
      peak: () => peaks[run] ?? 0,
      close: async () => void collections.push('close'),
    }),
    collect: async () => undefined,
    later: (_ms, callback) => {
      if (late) callback();
      return () => undefined;
    },
  };
  return { probes, collections };
}

describe('measurePeak', () => {
  test('gives the highest of its runs and what the last one made', async () => {
    const { probes } = scripted([150, 400, 200]);
    let made = 0;
    const { record, result } = await measurePeak(() => (made += 1), { repeat: 3 }, probes, never);
    expect(fits(MemitRecord, record)).toBe(true);
    expect(record).toMatchObject({ peak: 400, increment: 300, precision: 'exact', timedOut: false });
    expect(record.runs.map(({ peak }) => peak)).toEqual([150, 400, 200]);
    expect(result).toBe(3);
  });

  test('takes the peak of JavaScript from before a collection when that was higher than the end', async () => {
    const collected = { ...QUIET, count: 1, highest: { heapUsed: 9000, external: 700 } };
    const { record } = await measurePeak(() => 0, {}, scripted([100], { collected }).probes, never);
    expect(record).toMatchObject({ peakHeap: 9000, heapIncrement: 8000, peakExternal: 700, externalIncrement: 200 });
  });

  test('says what the code throws, and stops watching', async () => {
    const { probes, collections } = scripted([100]);
    const failing = (): never => {
      throw new RangeError('no');
    };
    await expect(measurePeak(failing, {}, probes, never)).rejects.toThrow(RangeError);
    expect(collections).toEqual(['begin', 'end', 'close']);
  });

  test('does not wait for code that is late, and begins no further run', async () => {
    const { probes } = scripted([100], { late: true });
    const { record } = await measurePeak(() => new Promise(() => undefined), { timeout: 1, repeat: 5 }, probes, never);
    expect(record.timedOut).toBe(true);
    expect(record.runs).toHaveLength(1);
  });

  test('ends when the cell is interrupted', async () => {
    const { probes } = scripted([100]);
    const stopped = AbortSignal.abort(new Error('interrupted'));
    await expect(measurePeak(() => 0, {}, probes, stopped)).rejects.toThrow('interrupted');
  });
});

const real = systemPeakProbes({
  now: () => performance.now(),
  collect: async () => undefined,
  later: () => () => undefined,
});

describe('the process itself', () => {
  test('shows a transient of a synchronous function at its full height', async () => {
    const { record } = await measurePeak(() => Buffer.alloc(150_000_000, 1).length, {}, real, never);
    expect(record.increment).toBeGreaterThan(140_000_000);
    expect(record.increment).toBeLessThan(190_000_000);
    expect(record.externalIncrement).toBeGreaterThanOrEqual(150_000_000);
    expect(record.externalIncrement).toBeLessThan(151_000_000);
  });

  test('shows objects that were garbage before the function ended', async () => {
    const before = heapCounters().heapUsed;
    const make = (): number => {
      let kept: object[] = [];
      for (let i = 0; i < 500_000; i++) kept.push({ i });
      kept = [];
      for (let i = 0; i < 3_000_000; i++) kept = [{ i }];
      return kept.length;
    };
    const { record } = await measurePeak(make, {}, real, never);
    expect(record.peakHeap).toBeGreaterThan(before + 12_000_000);
  });

  test('counts what collections took away', () => {
    const watch = watchCollections();
    watch.begin();
    const before = heapCounters().heapUsed;
    let last: number[] = [];
    for (let i = 0; i < 400_000; i++) last = [i, i, i, i, i, i];
    const { heapFreed, count } = watch.take();
    const allocated = heapCounters().heapUsed - before + heapFreed;
    watch.end();
    expect(last).toHaveLength(6);
    expect(count).toBeGreaterThan(0);
    // An array of six small integers takes 32 + 64 bytes.
    expect(allocated / 400_000).toBeGreaterThan(95);
    expect(allocated / 400_000).toBeLessThan(130);
  });

  test.runIf(process.platform === 'linux')(
    'takes the system’s high-water mark, and looks only for children',
    async () => {
      const meter = await residentMeter({ intervalMs: 10, children: false });
      expect(meter.source).toBe('system');
      const begun = meter.begin() ?? 0;
      Buffer.alloc(60_000_000, 1);
      expect(meter.peak()).toBeGreaterThan(begun + 50_000_000);
      meter.begin();
      await meter.close();
      expect(residentTree(process.pid)).toBeGreaterThan(10_000_000);
      expect(residentTree(2 ** 22 + 1)).toBeNull();
    },
  );
});
