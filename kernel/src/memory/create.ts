import type { Memory, MemoryContext } from './memory.js';
import type { Probes } from './probes.js';

/**
 * The memory part of a runtime, one instance each.
 * @param probes clock, collector and counters; the process's own by default.
 */
export declare function createMemory(context: MemoryContext, probes?: Probes): Memory;
