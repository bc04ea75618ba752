import { formatBytes, type FreeRecord } from '@heapmark/protocol';
import { line, muted, strong, warning, type Block } from './blocks.js';
import { byKind, enumeration, returnedInAll, someOf } from './phrases.js';

/** Survivors told one by one; more of them have the same reason as a rule. */
const SHOWN_SURVIVORS = 4;

/** `%free`: what went, what came back against what was expected, what is still held and by whom. */
export function freeBlocks(record: FreeRecord): Block[] {
  if (record.freed.length === 0) return [line('Nothing to free.')];
  const back = returnedInAll(record.bytesReturned);
  const expected =
    record.bytesExpected === null ? '' : ` of ${formatBytes(record.bytesExpected, record.precision)} expected`;
  const blocks: Block[] = [
    line(
      `Freed ${someOf(record.freed)}: `,
      strong(back === null ? 'what came back is not known' : `${formatBytes(Math.max(0, back))} came back`),
      `${back === null ? '' : expected}.`,
    ),
  ];
  const kinds = byKind(record.bytesReturned);
  if (kinds !== '') blocks.push(line(muted(kinds)));
  for (const held of record.stillHeld.slice(0, SHOWN_SURVIVORS)) blocks.push(line(warning(survivor(held))));
  const more = record.stillHeld.length - SHOWN_SURVIVORS;
  if (more > 0) blocks.push(line(muted(`… and ${more} more`)));
  const told = new Set(record.stillHeld.map(({ name }) => name));
  for (const { name, with: others, bytes } of record.sharedKept) {
    // The line above has said so.
    if (told.has(name)) continue;
    blocks.push(line(muted(`${formatBytes(bytes)} of ${name} stay: shared with ${enumeration(others)}`)));
  }
  return blocks;
}

function survivor({ name, holder, reason, bytes }: FreeRecord['stillHeld'][number]): string {
  const size = bytes === null || bytes === 0 ? '' : ` (${formatBytes(bytes, 'estimate')})`;
  return `⚠ ${name} is still there${size}: ${holder ?? reason}`;
}
