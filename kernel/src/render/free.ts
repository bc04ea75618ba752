import { formatBytes, type FreeRecord } from '@heapmark/protocol';
import { line, muted, strong, warning, type Block } from './blocks.js';
import { byKind, count, enumeration, returnedInAll, someOf } from './phrases.js';

/** The heap moves by so many bytes between two collections whatever is freed: compiled code, the kernel's own records. */
const NOISE = 256_000;

/** Survivors told one by one; more of them have the same reason as a rule. */
const SHOWN_SURVIVORS = 4;

/** `%free`: what went, what came back against what was expected, what is still held and by whom. */
export function freeBlocks(record: FreeRecord): Block[] {
  if (record.freed.length === 0) return [line('Nothing to free.')];
  const blocks = outcome(record);
  for (const held of record.stillHeld.slice(0, SHOWN_SURVIVORS)) blocks.push(line(warning(survivor(held))));
  const more = record.stillHeld.length - SHOWN_SURVIVORS;
  if (more > 0) blocks.push(line(muted(`… and ${more} more`)));
  blocks.push(...advice(record));
  const told = new Set(record.stillHeld.map(({ name }) => name));
  for (const { name, with: others, bytes } of record.sharedKept) {
    // The line above has said so.
    if (told.has(name)) continue;
    const stay = bytes === null ? `A part of ${name} stays` : `${formatBytes(bytes)} of ${name} stay`;
    blocks.push(line(muted(`${stay}: shared with ${enumeration(others)}`)));
  }
  blocks.push(...tensorBlocks(record));
  return blocks;
}

function outcome({ freed, bytesExpected, bytesReturned, precision, stillHeld, sharedKept }: FreeRecord): Block[] {
  const names = someOf(freed);
  const back = returnedInAll(bytesReturned);
  if (back === null) return [line(`Freed ${names}: `, strong('what came back is not known'), '.')];
  if (bytesExpected !== null && bytesExpected < NOISE && Math.abs(back) < NOISE) {
    if (stillHeld.length + sharedKept.length > 0)
      return [line(`Freed ${names}: `, strong('nothing came back'), ', the value is held elsewhere.')];
    return [line(`Freed ${names}: ${formatBytes(bytesExpected, precision)}, too little to measure what came back.`)];
  }
  const expected = bytesExpected === null ? '' : ` of ${formatBytes(bytesExpected, precision)} expected`;
  const kinds = byKind(bytesReturned);
  return [
    line(`Freed ${names}: `, strong(`${formatBytes(Math.max(0, back))} came back`), `${expected}.`),
    ...(kinds === '' ? [] : [line(muted(kinds))]),
  ];
}

/** What became of the tensors that the values held. */
function tensorBlocks({ tensors = null, bytesReturned }: FreeRecord): Block[] {
  if (tensors === null) return [];
  const { disposed, kept, keptBytes, sharedBytes, reason } = tensors;
  const back = bytesReturned.tensors ?? 0;
  const blocks: Block[] = [];
  if (disposed > 0 || back > 0) {
    const how = disposed > 0 ? `, ${count(disposed, 'tensor')} disposed` : '';
    blocks.push(line(`Tensors: `, strong(`${formatBytes(Math.max(0, back))} came back`), `${how}.`));
  }
  if (kept > 0) {
    const why = reason === null ? '' : `: ${reason}`;
    blocks.push(line(warning(`⚠ ${count(kept, 'tensor')} (${formatBytes(keptBytes)}) stay${why}`)));
  }
  if (sharedBytes > 0)
    blocks.push(line(muted(`${formatBytes(sharedBytes)} of tensors stay: other variables reach them`)));
  return blocks;
}

/** How to learn who holds what no variable leads to. */
function advice({ freed, stillHeld }: FreeRecord): Block[] {
  const unknown = stillHeld.find(({ holder }) => holder === null);
  const [name] = freed.filter((each) => unknown?.name.startsWith(each)).sort((a, b) => b.length - a.length);
  return name === undefined ? [] : [line(muted(`%why ${name} tells who holds it.`))];
}

function survivor({ name, holder, reason, bytes }: FreeRecord['stillHeld'][number]): string {
  const size = bytes === null || bytes === 0 ? '' : ` (${formatBytes(bytes, 'estimate')})`;
  return `⚠ ${name} is still there${size}: ${holder ?? reason}`;
}
