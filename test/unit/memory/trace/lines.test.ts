import { expect, test } from 'vitest';
import type { Collected, CollectionWatch, HeapCounters } from '../../../../kernel/src/memory/peak/collections.js';
import { LineCounter } from '../../../../kernel/src/memory/trace/lines.js';

const NONE: Collected = { count: 0, heapFreed: 0, externalFreed: 0, highest: null, latest: null };
/** What each reading of this heap takes itself. */
const READING = 400;

/** A heap that grows as told, and whose clock stands still until a collection. */
function world() {
  let heap = 1_000_000;
  let external = 0;
  let time = 0;
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
