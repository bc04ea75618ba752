export { LeakFinder, type LeakOptions } from './find.js';
export type { ExplainTools } from './explain.js';
export { callsOf, loopAround } from './loop.js';
export { systemLeakProbes, type LeakProbes } from './probes.js';
export type { Iterate } from './run.js';
