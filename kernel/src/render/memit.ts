import { formatByteChange, formatBytes, formatDuration, precisionMark, type MemitRecord } from '@heapmark/protocol';
import { line, muted, warning, type Block } from './blocks.js';
import { count } from './phrases.js';

/** Bytes in a MiB, the unit that memory_profiler prints. */
const MIB = 2 ** 20;

/** memory_profiler's own line: `peak memory: 120.45 MiB, increment: 0.10 MiB`. */
export function memitText(record: MemitRecord): string {
  if (record.peak === null || record.increment === null)
    return 'peak memory: —, increment: — (the system does not tell the resident memory)';
  const mark = precisionMark[record.precision];
  return `peak memory: ${mark}${(record.peak / MIB).toFixed(2)} MiB, increment: ${mark}${(record.increment / MIB).toFixed(2)} MiB`;
}

/** `%memit`: the process's peak as memory_profiler prints it, then JavaScript's own share and where the figures are from. */
export function memitBlocks(record: MemitRecord): Block[] {
  const { heapIncrement, externalIncrement } = record;
  const blocks: Block[] = [line(memitText(record))];
  if (record.peakHeap !== null && record.peakExternal !== null && heapIncrement !== null && externalIncrement !== null)
    blocks.push(
      line(
        muted(
          `JavaScript at its highest: ${formatBytes(record.peakHeap + record.peakExternal, 'atLeast')}, ${formatByteChange(heapIncrement + externalIncrement)} (heap ${formatByteChange(heapIncrement)}, buffers and other external ${formatByteChange(externalIncrement)})`,
        ),
      ),
    );
  if (record.tensorPeak !== null)
    blocks.push(line(muted(`Tensors at their highest: ${formatBytes(record.tensorPeak)}`)));
  blocks.push(line(muted(sourceText(record))));
  if (record.timedOut) blocks.push(line(warning('The time was over first: the figures are of what ran until then.')));
  return blocks;
}

function sourceText({ source, intervalMs, children, runs }: MemitRecord): string {
  const from =
    source === 'system'
      ? "the system's own high-water mark"
      : `the highest of looks every ${formatDuration(intervalMs)}${children ? ', child processes included' : ''}`;
  return runs.length === 1 ? `From ${from}.` : `From ${from}; the highest of ${count(runs.length, 'run')}.`;
}
