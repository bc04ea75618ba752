import type { MemtraceRecord } from '@heapmark/protocol';
import type { TraceOptions } from '../memory/index.js';
import { memtraceBlocks, sourceBlocks } from '../render/memtrace.js';
import type { RunnableCode } from '../runtime/context.js';
import type { Arguments } from './args.js';
import type { Magic } from './magic.js';
import { bundleOf } from './show.js';

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
