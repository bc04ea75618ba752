import { formatBytes, formatDuration, type SnapshotFileRecord } from '@heapmark/protocol';
import { line, muted, strong, type Block } from './blocks.js';

/** `%mem --snapshot`: where the file is, and what opens it. */
export function snapshotFileBlocks({ path, bytes, elapsedMs }: SnapshotFileRecord): Block[] {
  return [
    line('Heap snapshot written to ', strong(path), `: ${formatBytes(bytes)} in ${formatDuration(elapsedMs)}.`),
    line(muted('Chrome DevTools opens it: Memory, then Load profile.')),
  ];
}
