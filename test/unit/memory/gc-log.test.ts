import { constants, type PerformanceEntry } from 'node:perf_hooks';
import { describe, expect, test } from 'vitest';
import { GcLog, type Collection } from '../../../kernel/src/memory/gc-log.js';
import { collectionLine, GcPrinter } from '../../../kernel/src/memory/gc-printer.js';
import type { CollectionFigures } from '../../../kernel/src/memory/peak/collections.js';

const MB = 1e6;

const entry = (startTime: number, duration: number, forced = false, kind = constants.NODE_PERFORMANCE_GC_MAJOR) =>
  ({
    startTime,
    duration,
    detail: { kind, flags: forced ? constants.NODE_PERFORMANCE_GC_FLAGS_FORCED : 0 },
  }) as unknown as PerformanceEntry;

const noted = (more: Partial<CollectionFigures> = {}): CollectionFigures => ({
  kind: 'minor',
  pauseMs: 2,
  heapBefore: 30 * MB,
  heapAfter: 18 * MB,
  looked: 16 * MB,
  ...more,
});

const of = (log: GcLog, kind: string) => log.records().find((record) => record.kind === kind);

describe('the log of collections', () => {
  test('tells bytes freed and what lived on of those in cells alone', () => {
    const log = new GcLog(() => 0);
    log.cellBegins(100);
    log.book([noted(), noted({ heapAfter: 26 * MB })]);
    log.cellEnds(200);
    log.observe(entry(150, 2, false, constants.NODE_PERFORMANCE_GC_MINOR));
    log.observe(entry(160, 2, false, constants.NODE_PERFORMANCE_GC_MINOR));
    log.observe(entry(900, 9, true));
    expect(of(log, 'minor')).toEqual({
      kind: 'minor',
      count: 2,
      forced: 0,
      totalMs: 4,
      maxMs: 2,
      measured: 2,
      freedBytes: 16 * MB,
      survival: 0.5,
    });
    expect(of(log, 'major')).toMatchObject({ count: 1, forced: 1, measured: 0, freedBytes: null, survival: null });
    expect(of(log, 'incremental')).toMatchObject({ count: 0, freedBytes: null });
  });

  test('tells each collection once, by V8 in a cell and by the observer outside of any', () => {
    const log = new GcLog(() => 0);
    const told: Collection[] = [];
    const stop = log.listen((collection) => told.push(collection));
    log.observe(entry(50, 1, true));
    log.cellBegins(100);
    log.book([noted({ kind: 'major', pauseMs: 7 })]);
    log.cellEnds(200);
    log.observe(entry(150, 7));
    log.observe(entry(250, 3));
    stop();
    log.observe(entry(300, 3));
    expect(told.map(({ pauseMs, forced, heapAfter }) => [pauseMs, forced, heapAfter])).toEqual([
      [1, true, null],
      [7, null, 18 * MB],
      [3, false, null],
    ]);
    expect(log.majors).toBe(4);
  });

  test('knows a cell that has not ended, and one that never did before the next began', () => {
    const log = new GcLog(() => 0);
    const told: Collection[] = [];
    log.listen((collection) => told.push(collection));
    log.cellBegins(100);
    log.observe(entry(150, 1));
    log.cellBegins(200);
    log.observe(entry(180, 1));
    log.observe(entry(250, 1));
    log.cellEnds(300);
    expect(told).toEqual([]);
    log.observe(entry(301, 1));
    expect(told).toHaveLength(1);
  });

  test('gathers marks by kind until they are fetched', () => {
    let now = 1_000;
    const log = new GcLog(() => now);
    log.book([noted(), noted({ pauseMs: 5, heapAfter: 29 * MB }), noted({ kind: 'major', pauseMs: 40 })]);
    now = 1_200;
    log.book([noted()]);
    expect(log.takeMarks()).toEqual([
      { time: 1_200, kind: 'minor', count: 3, pauseMs: 9, longestMs: 5, freed: 25 * MB, heapUsed: 18 * MB },
      { time: 1_000, kind: 'major', count: 1, pauseMs: 40, longestMs: 40, freed: 12 * MB, heapUsed: 18 * MB },
    ]);
    expect(log.takeMarks()).toEqual([]);
  });

  test('forgets marks that nobody fetched: an hour of them is no moment', () => {
    let now = 0;
    const log = new GcLog(() => now);
    for (; now <= 3_600_000; now += 500) log.book([noted()]);
    const [mark] = log.takeMarks();
    expect(mark?.count).toBeLessThanOrEqual(8);
    log.book([noted()]);
    now += 10_000;
    expect(log.takeMarks()).toEqual([]);
  });
});

describe('the lines of %gc --debug', () => {
  test('say what is known of a collection', () => {
    const inCell = { kind: 'minor', forced: null, pauseMs: 1.2, heapBefore: 34 * MB, heapAfter: 12 * MB } as const;
    expect(collectionLine(inCell)).toBe('gc: minor, 1.2 ms, 22.0 MB freed, heap now 12.0 MB\n');
    const outside = { kind: 'major', forced: true, pauseMs: 13, heapBefore: null, heapAfter: null } as const;
    expect(collectionLine(outside)).toBe('gc: full, forced, 13 ms\n');
  });

  test('wait while nothing can be written, and come in their order', () => {
    const log = new GcLog(() => 0);
    const written: string[] = [];
    let free = false;
    const printer = new GcPrinter(log, (text) => {
      if (free) written.push(text);
      return free;
    });
    log.book([noted()]);
    printer.on = true;
    log.book([noted({ pauseMs: 3 })]);
    free = true;
    log.book([noted({ pauseMs: 4 })]);
    printer.on = false;
    log.book([noted({ pauseMs: 5 })]);
    expect(written.join('').match(/[\d.]+ ms/g)).toEqual(['3.0 ms', '4.0 ms']);
  });
});
