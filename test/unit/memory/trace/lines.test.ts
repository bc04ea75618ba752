import { describe, expect, test } from 'vitest';
import type { Collected, CollectionWatch, HeapCounters } from '../../../../kernel/src/memory/peak/collections.js';
import { LineCounter } from '../../../../kernel/src/memory/trace/lines.js';

const NONE: Collected = { each: [], count: 0, heapFreed: 0, externalFreed: 0, highest: null, latest: null };
/** What each reading of this heap takes itself. */
const READING = 400;

/** A heap that grows as told, and whose clock stands still until a collection. */
function world() {
  let heap = 1_000_000;
  let external = 0;
  let time = 0;
  let readings = 0;
  let collected = NONE;
  const watch: CollectionWatch = {
    begin: () => undefined,
    end: () => undefined,
    take: () => {
      const taken = collected;
      collected = NONE;
      return taken;
    },
  };
  const read = (): HeapCounters => {
    const now = { heapUsed: heap, external };
    heap += READING;
    readings++;
    return now;
  };
  const counter = new LineCounter({ now: () => time, heap: read }, watch);
  counter.grow(10);
  return {
    counter,
    allocate: (bytes: number, outside = 0) => {
      heap += bytes;
      external += outside;
    },
    pass: (ms: number) => {
      time += ms;
    },
    readings: () => readings,
    collect(freed: number) {
      const before = { heapUsed: heap, external };
      heap -= freed;
      time += 1;
      collected = {
        ...NONE,
        count: 1,
        heapFreed: freed,
        highest: before,
        latest: { heapFreed: freed, externalFreed: 0 },
      };
    },
  };
}

test('a line gets what was allocated while it ran, without what reading takes', () => {
  const { counter, allocate } = world();
  for (let i = 0; i < 200; i++) {
    const outer = counter.enter(3);
    allocate(48, 1000);
    counter.leave(outer);
    allocate(500);
  }
  expect(counter.read(3)).toEqual({ runs: 200, heapBytes: 200 * 48, externalBytes: 200_000 });
  expect(counter.read(4)).toEqual({ runs: 0, heapBytes: 0, externalBytes: 0 });
});

test('a line inside another takes nothing away from it and gives nothing to it', () => {
  const { counter, allocate } = world();
  const none = counter.enter(1);
  allocate(100);
  counter.pause();
  allocate(64);
  const outer = counter.enter(2);
  allocate(1000);
  counter.leave(outer);
  allocate(10);
  counter.leave(none);
  expect(counter.read(1).heapBytes).toBe(110);
  expect(counter.read(2).heapBytes).toBe(1000);
});

test('what a collection took away is added back', () => {
  const { counter, allocate, collect } = world();
  const none = counter.enter(1);
  allocate(500_000);
  collect(300_000);
  allocate(1000);
  counter.leave(none);
  expect(counter.read(1).heapBytes).toBe(501_000);
});

test('a function with a loop keeps what its rounds take from the line that called it', () => {
  const { counter, allocate } = world();
  const none = counter.enter(1);
  const caller = counter.within();
  for (let i = 0; i < 5; i++) {
    allocate(40);
    counter.pause();
    const outer = counter.enter(2);
    allocate(8);
    counter.leave(outer);
  }
  counter.without(caller);
  allocate(3);
  counter.leave(none);
  expect(counter.read(1).heapBytes).toBe(3);
  expect(counter.read(2).heapBytes).toBe(40);
});

describe('lines that run very often', () => {
  /** What the tracing itself makes for a run. */
  const TRACING = 96;
  const runLine = ({ counter, allocate }: ReturnType<typeof world>, slot: number, bytes: number): void => {
    counter.pause();
    allocate(TRACING);
    const outer = counter.enter(slot);
    allocate(bytes);
    counter.leave(outer);
  };
  const bytesOf = ({ counter }: ReturnType<typeof world>, slot: number): number => counter.read(slot).heapBytes;

  test('are read now and then, and get what they took all the same', () => {
    const it = world();
    for (let i = 0; i < 100_000; i++) {
      runLine(it, 1, 48);
      runLine(it, 2, i % 2 === 0 ? 100 : 300);
    }
    expect(it.counter.read(1).runs).toBe(100_000);
    expect(bytesOf(it, 1) / (100_000 * 48)).toBeCloseTo(1, 1);
    expect(bytesOf(it, 2) / (100_000 * 200)).toBeCloseTo(1, 1);
    expect(it.readings()).toBeLessThan(200_000 * 0.25);
  });

  test('get a large allocation of a single run, as when a list grows', () => {
    const it = world();
    for (let i = 0; i < 100_000; i++) runLine(it, 1, i === 70_000 ? 8_000_000 : 40);
    expect(bytesOf(it, 1) / (8_000_000 + 100_000 * 40)).toBeCloseTo(1, 1);
  });

  test('follow a line whose runs take more and more', () => {
    const it = world();
    let truth = 0;
    for (let i = 0; i < 100_000; i++) {
      const bytes = 64 + Math.floor(i / 1_000);
      truth += bytes;
      runLine(it, 1, bytes);
    }
    expect(bytesOf(it, 1) / truth).toBeCloseTo(1, 1);
  });

  test('are read each time when reading costs little beside them, or when they make buffers', () => {
    const it = world();
    for (let i = 0; i < 3_000; i++) {
      it.counter.pause();
      const slow = it.counter.enter(1);
      it.allocate(i);
      it.pass(0.025);
      it.counter.leave(slow);
      const outer = it.counter.enter(2);
      it.allocate(100, 1_000);
      it.counter.leave(outer);
    }
    expect(bytesOf(it, 1)).toBe((3_000 * 2_999) / 2);
    expect(it.counter.read(2)).toEqual({ runs: 3_000, heapBytes: 300_000, externalBytes: 3_000_000 });
  });

  test('are known at any moment, also right within many runs', () => {
    const it = world();
    for (let i = 0; i < 400; i++) runLine(it, 1, 64);
    expect(bytesOf(it, 1) / (400 * 64)).toBeCloseTo(1, 1);
    it.counter.unwind();
    it.allocate(1_000_000);
    for (let i = 0; i < 400; i++) runLine(it, 1, 64);
    expect(bytesOf(it, 1) / (800 * 64)).toBeCloseTo(1, 1);
  });
});
