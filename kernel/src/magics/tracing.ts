/** `memtrace` of the package `heapmark`, and the tracer behind it and behind `%%memtrace`. */
import type { MemtraceComparison, MemtraceRecord } from '@heapmark/protocol';
import { compareSnapshots, Tracer, type Memory, type TraceOptions } from '../memory/index.js';
import { comparisonBlocks, memtraceBlocks } from '../render/memtrace.js';
import { MagicError, type RuntimeContext } from '../runtime/context.js';
import { displayable } from './show.js';

/** `memtrace` of the package `heapmark`: traces the cells between its start and its stop. */
export interface MemtraceFunctions {
  start(options?: TraceOptions): Promise<void>;
  snapshot(options?: { top?: number }): Promise<MemtraceRecord>;
  compare(before: MemtraceRecord, after?: MemtraceRecord, options?: { top?: number }): Promise<MemtraceComparison>;
  stop(options?: { top?: number }): Promise<MemtraceRecord>;
}

/** The tracer of a runtime. */
export function createTracer(memory: Memory): Tracer {
  const { clock } = memory;
  return new Tracer({ ...clock, collect: () => memory.collect() });
}

export function memtraceFunctions(runtime: Pick<RuntimeContext, 'ask'>, tracer: Tracer): MemtraceFunctions {
  return {
    async start(options = {}) {
      tracer.start(options);
      await runtime.ask('traceLines', { on: true });
    },
    snapshot: async ({ top } = {}) => displayable(await tracer.snapshot(top), memtraceBlocks),
    async compare(before, after, { top } = {}) {
      if (!Array.isArray(before?.lines))
        throw new MagicError(
          'memtrace.compare() takes what memtrace.snapshot() gave: the earlier one, then the later.',
        );
      return displayable(compareSnapshots(before, after ?? (await tracer.snapshot()), top), comparisonBlocks);
    },
    async stop({ top } = {}) {
      const record = await tracer.stop(top);
      await runtime.ask('traceLines', { on: false });
      return displayable(record, memtraceBlocks);
    },
  };
}
