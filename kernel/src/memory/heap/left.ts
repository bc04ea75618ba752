/** The answer about a name that was freed: who holds what lives on of it. */
import type { Holder, WhyRecord } from '@heapmark/protocol';
import type { HeapWhy } from '../../ipc/heap.js';
import { holderOf, type Places } from './holder-words.js';

/** A record about a freed name, before anything is known of holders. */
export const leftRecord = (name: string, alive: boolean, reason: string | null): WhyRecord => ({
  name,
  alive,
  holders: [],
  holderCount: null,
  source: 'snapshot',
  reason,
  remedy: null,
  elapsedMs: 0,
});

export const nothingLeft = (name: string): WhyRecord => leftRecord(name, false, `nothing of ${name} is left`);

/**
 * What a snapshot found of the survivors, each known by its own name (`report.rows`). One that lives on is told by its
 * name; of several, each with the part that it is.
 */
export function leftByAnswers(asked: string, answers: Readonly<Record<string, HeapWhy>>, places: Places): WhyRecord {
  const alive = Object.entries(answers).filter(([, { found }]) => found);
  const [first] = alive;
  if (first === undefined) return nothingLeft(asked);
  const only = alive.length === 1;
  const holders = alive.flatMap(([name, { holders: found }]) =>
    found.map((each): Holder => {
      const holder = holderOf(each, places);
      return only ? holder : { ...holder, text: `${name} is ${holder.text}` };
    }),
  );
  const root = holders.length > 0 ? holders[0]?.path[0] : undefined;
  return {
    ...leftRecord(only ? first[0] : asked, true, holders.length === 0 ? 'no holder was found' : null),
    holders,
    holderCount: only ? first[1].holderCount : null,
    remedy: root?.kind === 'global' ? `%free ${root.name}` : null,
  };
}
