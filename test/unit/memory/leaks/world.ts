/** Memory that a test makes up: iterations take time and leave behind what the test says. */
import type { Footing, LeakProbes } from '../../../../kernel/src/memory/leaks/probes.js';
import type { Iterate } from '../../../../kernel/src/memory/leaks/run.js';

export interface Made {
  readonly probes: LeakProbes;
  readonly iterate: Iterate;
  /** Lengths of the stretches that were run. */
  readonly stretches: number[];
  readonly readings: { count: number };
  iterations(): number;
}

export interface MadeUp {
  /** Live bytes in the heap after so many iterations. */
  heap?: (iterations: number) => number;
  arrayBuffers?: (iterations: number) => number;
  otherExternal?: (iterations: number) => number;
  tensors?: (iterations: number) => number | null;
  native?: (iterations: number) => number;
  /** Time of one iteration and of one reading, ms. */
  eachMs?: number;
  readingMs?: number;
  room?: number;
  /** What V8 has more for a moment, at each reading. */
  spike?: (reading: number) => number;
  /** What code has started and is not over, after so many looks. */
  activity?: (looks: number) => number;
}

export function madeUp({
  heap = () => 10e6,
  arrayBuffers = () => 0,
  otherExternal = () => 0,
  tensors = () => null,
  native = () => 50e6,
  eachMs = 0.1,
  readingMs = 20,
  room = 1e9,
  activity = () => 0,
  spike = () => 0,
}: MadeUp): Made {
  let now = 0;
  let done = 0;
  let looks = 0;
  const stretches: number[] = [];
  const readings = { count: 0 };
  const inUse = (): number => heap(done) + arrayBuffers(done) + otherExternal(done);
  const read = (): Footing => {
    now += readingMs;
    readings.count++;
    return {
      heap: heap(done) + spike(readings.count),
      arrayBuffers: arrayBuffers(done),
      otherExternal: otherExternal(done),
      tensors: tensors(done),
      native: native(done),
    };
  };
  const probes: LeakProbes = {
    now: () => now,
    settle: async () => read(),
    again: read,
    inUse,
    room: () => room,
    macrotask: async () => undefined,
    async pause(ms) {
      now += ms;
    },
    activity: () => activity(looks++),
  };
  return {
    probes,
    stretches,
    readings,
    iterations: () => done,
    iterate(_from, count) {
      stretches.push(count);
      done += count;
      now += count * eachMs;
    },
  };
}
