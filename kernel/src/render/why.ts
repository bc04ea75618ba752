import type { Holder, WhyRecord } from '@heapmark/protocol';
import { line, muted, strong, type Block, type Piece } from './blocks.js';
import { cellNumber, count } from './phrases.js';

/** `%why`: who holds a value, the name itself first; with `--all` every direct holder, counted. */
export function whyBlocks(record: WhyRecord): Block[] {
  const { name, alive, holders, holderCount, reason, remedy, source } = record;
  if (!alive) return [line(`${capitalised(reason ?? `nothing of ${name} is left`)}.`)];
  const blocks: Block[] = [line(strong(name), headline(record))];
  for (const holder of holders) blocks.push(line('  ', holder.text, where(holder)));
  const more = holderCount === null ? 0 : holderCount - holders.length;
  if (isList(record) && more > 0) blocks.push(line(muted(`  … and ${count(more, 'holder')} more`)));
  if (reason !== null) blocks.push(line(muted(`${capitalised(reason)}.`)));
  if (remedy !== null) blocks.push(line(muted(`Remedy: ${remedy}`)));
  if (source === 'walk' && holders.length > 1)
    blocks.push(line(muted(`The first other holder that was found; %why ${name} --all lists them all.`)));
  return blocks;
}

/** A count with a holder for each: the answer to `--all`. */
const isList = ({ holderCount, holders }: WhyRecord): boolean => holderCount !== null && holders.length > 2;

function headline({ holderCount }: WhyRecord): string {
  return holderCount === null ? ' is alive:' : ` is alive, with ${count(holderCount, 'direct holder')}:`;
}

const capitalised = (text: string): string => `${text[0]?.toUpperCase() ?? ''}${text.slice(1)}`;

function where({ cell }: Holder): Piece {
  return muted(cell === null ? '' : `  ${cellNumber(cell)}`);
}
