import { formatBytes } from '@heapmark/protocol';
import { line } from '../render/blocks.js';
import { count } from '../render/phrases.js';
import { tensorsBlocks } from '../render/tensors.js';
import { MagicError } from '../runtime/context.js';
import type { Magic } from './magic.js';
import { show, showJson } from './show.js';
import type { PeakKind } from './tensor-functions.js';

/** Rows when no number is asked for. */
const ROWS = 20;

/** `%tensors`: live tensors, their cells, and what their allocators hold. */
export const tensors: Magic = {
  name: 'tensors',
  async line(args, { runtime, tensorFunctions }) {
    const ids = args.text('--dispose');
    if (ids !== undefined) {
      const { disposed, bytes } = await tensorFunctions.disposeTensors(idsIn(ids));
      show(runtime, [line(`Disposed ${count(disposed.length, 'tensor')}: ${formatBytes(bytes)} back.`)]);
      return;
    }
    const peak = args.text('--reset');
    if (peak !== undefined) {
      await tensorFunctions.resetPeak(peak as PeakKind);
      show(runtime, [line('The peaks begin anew.')]);
      return;
    }
    const free = args.text('--autofree');
    if (free !== undefined) await tensorFunctions.freeCollectedTensors(free === 'on');
    const record = await tensorFunctions.tensors({ limit: args.number('--limit') ?? ROWS });
    if (args.has('--json')) showJson(runtime, record);
    else show(runtime, tensorsBlocks(record));
  },
};

function idsIn(text: string): number[] {
  const words = text.split(',').map((word) => word.trim());
  if (!words.every((word) => /^\d+$/.test(word)))
    throw new MagicError('--dispose takes ids of the list with commas between: %tensors --dispose 12,13');
  return words.map(Number);
}
