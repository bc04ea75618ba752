import { compareSnapshots, Tracer, type Memory, type TraceOptions } from '../memory/index.js';
import type { MemtraceComparison, MemtraceRecord } from '@heapmark/protocol';
import { comparisonBlocks, memtraceBlocks, sourceBlocks } from '../render/memtrace.js';
import { MagicError, type RunnableCode, type RuntimeContext } from '../runtime/context.js';
import type { Arguments } from './args.js';
import type { MagicContext } from './context.js';
import type { Magic } from './magic.js';
import { bundleOf, displayable } from './show.js';

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

/** `%%memtrace`: bytes by line of one cell. What it found is shown also when the code throws. */
export const memtrace: Magic = {
  name: 'memtrace',
  async cell(args, body, { runtime, tracer }) {
    tracer.start(optionsOf(args), true);
    try {
      return await body.run();
    } finally {
      // An interrupt has ended it already.
      if (tracer.running) runtime.display(traced(await tracer.stop(args.number('--top')), body));
    }
  },
};

function traced(record: MemtraceRecord, body: RunnableCode): ReturnType<typeof bundleOf> {
  const blocks = memtraceBlocks(record);
  const withSource = bundleOf([...blocks, ...sourceBlocks(record, body.source)]);
  return { ...bundleOf(blocks), 'text/html': withSource['text/html'] };
}

function optionsOf(args: Arguments): TraceOptions {
  const interval = args.bytes('--interval');
  return typeof interval === 'number' ? { interval } : {};
}
