import { describe, expect, test } from 'vitest';
import type { MemoryLimit, MemorySample } from '@heapmark/protocol';
import { growthWarning, GrowthWatch, type Growth } from '../../../kernel/src/front/growth.js';

const MB = 1e6;
const HEAP_LIMIT = 4_000 * MB;

/** What a cell holds at a time, and what it leaves to the collector. */
interface Program {
  /** Bytes of the heap that live on, by seconds. */
  live(seconds: number): number;
  /** Garbage between two full collections, bytes. */
  garbage: number;
  /** Seconds between two full collections. */
  every: number;
  buffers?(seconds: number): number;
}

const sampleAt = (seconds: number, heapUsed: number, arrayBuffers: number, major: number | null): MemorySample => ({
  time: seconds * 1_000,
  rss: heapUsed + arrayBuffers + 80 * MB,
  heapUsed,
  heapTotal: heapUsed + 20 * MB,
  heapLimit: HEAP_LIMIT,
  arrayBuffers,
  otherExternal: 0,
  workers: null,
  native: null,
  tensors: null,
  gpu: null,
  busy: true,
  collections:
    major === null
      ? []
      : [{ time: seconds * 1_000, kind: 'major', count: 1, pauseMs: 9, longestMs: 9, freed: 1, heapUsed: major }],
});

const heapLimit = (used: number, limit = HEAP_LIMIT): MemoryLimit => ({ kind: 'heap', used, limit, text: '' });

/** Runs it for so many seconds with four samples each; what was told, with the second in which it was. */
function watched(program: Program, seconds: number, watch = new GrowthWatch()): (Growth & { at: number })[] {
  const told: (Growth & { at: number })[] = [];
  let collected = 0;
  for (let tick = 1; tick <= seconds * 4; tick++) {
    const now = tick / 4;
    const major = now - collected >= program.every;
    if (major) collected = now;
    const live = program.live(now);
    const heap = live + (program.garbage * (now - collected)) / program.every;
    const growth = watch.look(sampleAt(now, heap, program.buffers?.(now) ?? 0, major ? live : null), [heapLimit(heap)]);
    if (growth !== null) told.push({ ...growth, at: now });
  }
  return told;
}

describe('a cell that grows steadily', () => {
  test('is told of with its pace and when it reaches the limit', () => {
    const told = watched({ live: (s) => 50 * MB + 20 * MB * s, garbage: 100 * MB, every: 2 }, 90);
    expect(told.length).toBeGreaterThan(0);
    const [first] = told;
    expect(first?.bytesPerSecond).toBeCloseTo(20 * MB, -5);
    const left = (HEAP_LIMIT - (50 * MB + 20 * MB * (first?.at ?? 0))) / (20 * MB);
    expect((first?.reachesInMs ?? 0) / 1_000).toBeGreaterThan(left * 0.9);
    expect((first?.reachesInMs ?? 0) / 1_000).toBeLessThan(left * 1.1);
  });

  test('is told of once, and again when a third of the time is left', () => {
    const told = watched({ live: (s) => 50 * MB + 20 * MB * s, garbage: 100 * MB, every: 2 }, 190);
    expect(told.length).toBeGreaterThanOrEqual(2);
    expect(told.length).toBeLessThanOrEqual(5);
    for (const [index, { reachesInMs }] of told.slice(1).entries())
      expect(reachesInMs).toBeLessThanOrEqual((told[index]?.reachesInMs ?? 0) / 3);
  });

  test('is told of when collections come ever more seldom, as V8 makes them of a heap that doubles', () => {
    const watch = new GrowthWatch();
    const told: Growth[] = [];
    for (const [seconds, live] of [
      [5, 50],
      [12, 120],
      [26, 260],
      [54, 540],
      [110, 1_100],
    ] as const) {
      const growth = watch.look(sampleAt(seconds, live * MB, 0, live * MB), [heapLimit(live * MB)]);
      if (growth !== null) told.push(growth);
    }
    expect(told).toHaveLength(1);
    expect(told[0]?.bytesPerSecond).toBeCloseTo(10 * MB, -5);
  });

  test('counts buffers against the limits of the whole process', () => {
    const watch = new GrowthWatch();
    const told: Growth[] = [];
    for (let second = 1; second <= 80; second++) {
      const buffers = second * 25 * MB;
      const sample = sampleAt(second, 60 * MB, buffers, 50 * MB);
      const limits: MemoryLimit[] = [
        heapLimit(60 * MB),
        { kind: 'cgroup', used: sample.rss, limit: 8_000 * MB, text: '' },
      ];
      const growth = watch.look(sample, limits);
      if (growth !== null) told.push(growth);
    }
    expect(told[0]?.limit.kind).toBe('cgroup');
    expect(told[0]?.bytesPerSecond).toBeCloseTo(25 * MB, -5);
  });
});

describe('no alarm', () => {
  const silent: readonly (readonly [string, Program])[] = [
    ['a high sawtooth over a level floor', { live: () => 300 * MB, garbage: 2_000 * MB, every: 8 }],
    ['a sawtooth that is still rising', { live: () => 300 * MB, garbage: 3_000 * MB, every: 200 }],
    [
      'a cache that fills and stops',
      { live: (s) => 100 * MB + Math.min(900 * MB, 60 * MB * s), garbage: 50 * MB, every: 3 },
    ],
    [
      'a cache that fills ever more slowly',
      { live: (s) => 100 * MB + 1_500 * MB * (1 - Math.exp(-s / 12)), garbage: 50 * MB, every: 3 },
    ],
    ['growth that would take hours', { live: (s) => 100 * MB + 0.3 * MB * s, garbage: 50 * MB, every: 3 }],
    [
      'work in rounds that each let everything go',
      { live: (s) => 100 * MB + 80 * MB * (s % 10), garbage: 50 * MB, every: 1.5 },
    ],
    ['a floor that wanders', { live: (s) => 500 * MB + 150 * MB * Math.sin(s / 3), garbage: 50 * MB, every: 2 }],
    [
      'a data set that is loaded in eight seconds',
      { live: (s) => Math.min(s, 8) * 70 * MB, garbage: 90 * MB, every: 1 },
    ],
  ];
  test.each(silent)('for %s', (_what, program) => {
    expect(watched(program, 150)).toEqual([]);
  });

  test('for what a cell before this one grew by', () => {
    const watch = new GrowthWatch();
    expect(watched({ live: (s) => 50 * MB + 15 * MB * s, garbage: 100 * MB, every: 2 }, 12, watch)).toEqual([]);
    watch.begin();
    expect(watched({ live: () => 900 * MB, garbage: 100 * MB, every: 2 }, 60, watch)).toEqual([]);
  });
});

test('the warning says who, how fast and when', () => {
  const growth: Growth = {
    limit: heapLimit(900 * MB, 4_345 * MB),
    bytesPerSecond: 9.6 * MB,
    seenMs: 41_000,
    reachesInMs: 361_000,
  };
  expect(growthWarning(growth, 5)).toEqual({
    kind: 'growth',
    text: "Cell [5] grows steadily: 9.60 MB a second over the last 41 seconds lived on after collections. At this pace it reaches V8's heap limit, 4.34 GB, in about 6 minutes.",
    used: 900 * MB,
    limit: 4_345 * MB,
    bytesPerSecond: 9.6 * MB,
    reachesInMs: 361_000,
  });
  expect(growthWarning(growth, null).text).toMatch(/^The running cell/);
});
