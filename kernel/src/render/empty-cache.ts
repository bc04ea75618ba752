import { formatByteChange, formatBytes, type EmptyCacheRecord } from '@heapmark/protocol';
import { line, muted, strong, type Block } from './blocks.js';

/** `%empty_cache`: what came back by the pool's own count, and by a second one. */
export function emptyCacheBlocks({ backends, rssChange }: EmptyCacheRecord): Block[] {
  if (backends.length === 0) return [line('No tensor library is in use: there is no cache to empty.')];
  const blocks = backends.flatMap((backend) => {
    const { reservedBefore: before, reservedAfter: after, measuredBefore, measuredAfter, measuredBy, reason } = backend;
    const back = before === null || after === null ? null : before - after;
    const own = line(
      `${backend.provider} ${backend.backend}: `,
      strong(`${formatBytes(back)} back`),
      `, reserved ${formatBytes(before)} → ${formatBytes(after)}.`,
    );
    const second =
      measuredBy === null || measuredBefore === null || measuredAfter === null || back === 0
        ? []
        : [line(muted(`  ${formatBytes(measuredBefore)} → ${formatBytes(measuredAfter)} by ${measuredBy}`))];
    return [own, ...second, ...(reason === null ? [] : [line(muted(`  ${reason}`))])];
  });
  if (rssChange !== null) blocks.push(line(muted(`Process memory ${formatByteChange(rssChange)}.`)));
  return blocks;
}
