/** Where the memory of this process stands, by V8's and Node's own counters. */
import type { GcThresholdRecord, MemoryDelta, MemorySample } from '@heapmark/protocol';
import type { Probes } from './probes.js';

/** The counters now. `arrayBuffers` is part of Node's `external`, and counted once here. */
export function sampleNow(probes: Probes, busy: boolean): MemorySample {
  const { rss, heapUsed, heapTotal, arrayBuffers, external } = probes.memory();
  return {
    time: probes.wallTime(),
    rss,
    heapUsed,
    heapTotal,
    heapLimit: probes.heap().heap_size_limit,
    arrayBuffers,
    otherExternal: Math.max(0, external - arrayBuffers),
    workers: null,
    native: Math.max(0, rss - heapTotal - external),
    tensors: null,
    gpu: null,
    busy,
  };
}

/** Bytes that count for deltas. */
export function deltaOf({ heapUsed, arrayBuffers, otherExternal }: MemorySample): MemoryDelta {
  return { heapUsed, arrayBuffers, otherExternal };
}

/** V8 allocates young objects in two semi-spaces of which `new_space` reports one and a half more (heap.cc). */
export function thresholdsNow(probes: Probes): GcThresholdRecord {
  const spaces = new Map(probes.spaces().map((space) => [space.space_name, space]));
  const { heap_size_limit: heapLimit } = probes.heap();
  const young = spaces.get('new_space')?.space_size ?? null;
  return {
    semiSpace: young === null ? null : young / 2,
    newSpace: young,
    oldSpace: spaces.get('old_space')?.space_size ?? null,
    heapLimit,
    pending: null,
  };
}
