/** Holders of what survived a free, looked up where the walk found none. */
import type { FreeRecord } from '@heapmark/protocol';
import { TEXT_START, type FreedText } from '../../ipc/heap.js';
import type { Explain } from '../memory.js';

/** A freed value that is watched. */
export interface Watched {
  /** The name, with the part of its value where it is one. */
  name: string;
  target: WeakRef<object>;
}

/** How a text begins, in characters of its own: a slice would keep the whole text alive. */
export function freedText(name: string, text: string): FreedText {
  const start = Buffer.from(text.slice(0, TEXT_START), 'utf16le').toString('utf16le');
  return { name, start, length: text.length };
}

/** The record with the holders that were found. */
export async function withHolders(
  record: FreeRecord,
  watched: readonly Watched[],
  texts: readonly FreedText[],
  explain: Explain,
): Promise<FreeRecord> {
  const unknown = new Set(record.stillHeld.filter(({ holder }) => holder === null).map(({ name }) => name));
  if (unknown.size === 0) return record;
  const answers = await explain(
    watched.filter(({ name }) => unknown.has(name)),
    texts.filter(({ name }) => unknown.has(name)),
  );
  return {
    ...record,
    stillHeld: record.stillHeld.map((held) => {
      const answer = answers.get(held.name);
      if (answer === undefined) return held;
      return { ...held, holder: answer.holder?.text ?? held.holder, reason: answer.reason ?? held.reason };
    }),
  };
}
