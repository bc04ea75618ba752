import { formatBytes, type MemlimitRecord } from '@heapmark/protocol';
import { line, muted, strong, type Block } from './blocks.js';

/** `%memlimit`: the limit, and what else stops a cell. */
export function memlimitBlocks({ limit, source, heapLimit }: MemlimitRecord): Block[] {
  const blocks = [
    limit === null
      ? line('Memory limit: ', source)
      : line('Memory limit: ', strong(formatBytes(limit)), ` of resident memory, ${source}`),
  ];
  if (heapLimit !== null) blocks.push(line(muted(`V8's heap limit is ${formatBytes(heapLimit)}.`)));
  return blocks;
}
