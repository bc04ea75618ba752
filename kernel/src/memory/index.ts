/** Memory: sizes of values, what cells cost, what a free gives back. `createMemory` is the way in. */
export type {
  CollectOptions,
  Description,
  FreeOptions,
  Memory,
  MemoryContext,
  NameRule,
  VariablesOptions,
} from './memory.js';
export type { Leftovers } from './heap/freed.js';
export { callsOf, LeakFinder, loopAround, systemLeakProbes } from './leaks/index.js';
export type { ExplainTools, Iterate, LeakOptions, LeakProbes } from './leaks/index.js';
export { LiveSampling } from './trace/samples.js';
export { createMemory } from './create.js';
export { createHeapView, refuseWhileRunning, type HeapView, type WhyOptions } from './heap/view.js';
export { compareSnapshots, Tracer, type TraceOptions } from './trace/tracer.js';
export { measurePeak, systemPeakProbes, type PeakOptions } from './peak/measure.js';
