/** Runs code and measures how high memory rose meanwhile: what `%memit` prints. */
import type { MemitRecord } from '@heapmark/protocol';
import { heapCounters, higher, watchCollections, type CollectionWatch, type HeapCounters } from './collections.js';
import { residentMeter, type ResidentMeter, type ResidentOptions } from './resident.js';

/** What measuring reads, passed in so that tests decide what they say. */
export interface PeakProbes {
  /** Milliseconds that never go back. */
  now(): number;
  heap(): HeapCounters;
  collections(): CollectionWatch;
  resident(options: ResidentOptions): Promise<ResidentMeter>;
  /** Collects fully, so that garbage from before is not in the figures. */
  collect(): Promise<unknown>;
  /** Resolves after so many ms; the function given back calls it off. */
  later(delayMs: number, callback: () => void): () => void;
}

/** The process's own counters, with the clock and the collector that are in use already. */
export const systemPeakProbes = (rest: Pick<PeakProbes, 'now' | 'collect' | 'later'>): PeakProbes => ({
  ...rest,
  heap: heapCounters,
  collections: watchCollections,
  resident: residentMeter,
});

export interface PeakOptions {
  /** How many runs; 1 when absent. */
  repeat?: number;
  /** No run begins, and none is waited for, after so many seconds. */
  timeout?: number;
  /** Seconds between two looks where the system keeps no high-water mark; 0.01 when absent. */
  interval?: number;
  /** Child processes count too. */
  children?: boolean;
}

const DEFAULT_INTERVAL_S = 0.01;

type Run = MemitRecord['runs'][number];

/**
 * Runs `code` as often as wanted, each time after a full collection.
 * @param signal of the cell: an interrupt ends the measuring.
 * @returns the record and what the last run gave. Rejects with what the code throws.
 */
export async function measurePeak<T>(
  code: () => T | Promise<T>,
  options: PeakOptions,
  probes: PeakProbes,
  signal: AbortSignal,
): Promise<{ record: MemitRecord; result: T | undefined }> {
  const { repeat = 1, timeout = null, interval = DEFAULT_INTERVAL_S, children = false } = options;
  const intervalMs = interval * 1000;
  const meter = await probes.resident({ intervalMs, children });
  const until = timeout === null ? Infinity : probes.now() + timeout * 1000;
  const runs: Run[] = [];
  let result: T | undefined;
  let timedOut = false;
  try {
    while (runs.length < repeat && !timedOut) {
      signal.throwIfAborted();
      await probes.collect();
      const ended = await oneRun(code, meter, probes, until, signal);
      timedOut = ended.timedOut || (probes.now() >= until && runs.length + 1 < repeat);
      runs.push(ended.run);
      result = ended.result;
    }
  } finally {
    await meter.close();
  }
  return { record: summary(runs, meter.source, intervalMs, children, timedOut), result };
}

async function oneRun<T>(
  code: () => T | Promise<T>,
  meter: ResidentMeter,
  probes: PeakProbes,
  until: number,
  signal: AbortSignal,
): Promise<{ run: Run; result: T | undefined; timedOut: boolean }> {
  const watch = probes.collections();
  const resident = meter.begin();
  const before = probes.heap();
  const began = probes.now();
  watch.begin();
  try {
    const { result, timedOut } = await inTime(code, probes, until, signal);
    const elapsedMs = Math.max(0, probes.now() - began);
    const peak = meter.peak();
    const { highest } = watch.take();
    const top = higher(highest, probes.heap());
    const run: Run = {
      peak,
      increment: peak === null || resident === null ? null : Math.max(0, peak - resident),
      peakHeap: top.heapUsed,
      peakExternal: top.external,
      heapIncrement: top.heapUsed - before.heapUsed,
      externalIncrement: top.external - before.external,
      elapsedMs,
    };
    return { run, result, timedOut };
  } finally {
    watch.end();
  }
}

/** Waits for the code, but not for longer than wanted, and not beyond an interrupt. */
async function inTime<T>(
  code: () => T | Promise<T>,
  probes: PeakProbes,
  until: number,
  signal: AbortSignal,
): Promise<{ result: T | undefined; timedOut: boolean }> {
  const running = (async () => ({ result: await code(), timedOut: false }))();
  if (until === Infinity) return running;
  let callOff = (): void => undefined;
  const late = new Promise<{ result: undefined; timedOut: boolean }>((resolve, reject) => {
    callOff = probes.later(Math.max(0, until - probes.now()), () => resolve({ result: undefined, timedOut: true }));
    signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
  });
  try {
    return await Promise.race([running, late]);
  } finally {
    callOff();
  }
}

function summary(
  runs: readonly Run[],
  source: ResidentMeter['source'],
  intervalMs: number,
  children: boolean,
  timedOut: boolean,
): MemitRecord {
  const highest = (figure: 'peak' | 'increment'): number | null =>
    runs.reduce<number | null>((most, run) => (run[figure] === null ? most : Math.max(most ?? 0, run[figure])), null);
  // The run whose JavaScript memory rose most: heap and external of one moment belong together.
  const top = runs.reduce((most, run) => (rise(run) > rise(most) ? run : most));
  const peak = highest('peak');
  return {
    peak,
    increment: highest('increment'),
    peakHeap: top.peakHeap,
    peakExternal: top.peakExternal,
    heapIncrement: top.heapIncrement,
    externalIncrement: top.externalIncrement,
    tensorPeak: null,
    runs: [...runs],
    source,
    intervalMs: source === 'samples' ? intervalMs : null,
    children,
    timedOut,
    precision: peak === null ? 'unavailable' : source === 'system' ? 'exact' : 'atLeast',
  };
}

const rise = ({ heapIncrement, externalIncrement }: Run): number => (heapIncrement ?? 0) + (externalIncrement ?? 0);
