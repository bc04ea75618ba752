/** Texts that keep a much larger one alive: the note, and a remedy that really copies. */
import { formatBytes, type Note } from '@heapmark/protocol';
import type { PinnedTexts } from '../../ipc/heap.js';
import { eachPart } from '../parts.js';
import { SafeMap } from '../primordials.js';

/** A slice is told when it looks at less than this part of the text it keeps, whose characters take 1 or 2 bytes. */
const SMALL_SHARE = 1 / 8;
/** Objects looked at to find out how long the texts of a value are. */
const MOST_OBJECTS = 50_000;

/** The note on a variable whose value keeps large texts by slices; `null` when the slices are a good part of them. */
export function pinnedNote(name: string, value: unknown, pinned: PinnedTexts): Note | null {
  if (typeof value === 'string') {
    if (!pinned.own || value.length > pinned.bytes * SMALL_SHARE) return null;
    const length = value.length.toLocaleString('en-US');
    return {
      kind: 'pinsString',
      text: `keeps ${formatBytes(pinned.bytes)} alive: ${length} characters cut from a text of ${formatBytes(pinned.bytes)}`,
      bytes: pinned.bytes,
      remedy: `structuredClone(${name})`,
    };
  }
  const viewed = charactersOf(value, pinned.slices);
  if (viewed > pinned.bytes * SMALL_SHARE) return null;
  const slices = pinned.slices === 1 ? 'a slice' : `${pinned.slices.toLocaleString('en-US')} slices`;
  const texts = pinned.texts === 1 ? 'a text' : `${pinned.texts.toLocaleString('en-US')} texts`;
  return {
    kind: 'pinsString',
    text: `keeps ${formatBytes(pinned.bytes)} alive: ${slices} of ${texts} of ${formatBytes(pinned.bytes)}`,
    bytes: pinned.bytes,
    remedy: 'store copies: structuredClone(text) instead of the slice',
  };
}

/** Most characters that so many slices inside a value can look at: no more than its longest texts have. */
function charactersOf(value: unknown, slices: number): number {
  if (typeof value !== 'object' || value === null) return 0;
  const seen = new SafeMap<object, boolean>();
  const queue: object[] = [value];
  seen.set(value, true);
  let longest = 0;
  let all = 0;
  for (let head = 0; head < queue.length && head < MOST_OBJECTS; head++) {
    eachPart(
      queue[head] as object,
      (part) => {
        if (typeof part === 'string') {
          longest = Math.max(longest, part.length);
          all += part.length;
        } else if (typeof part === 'object' && part !== null && !seen.has(part)) {
          seen.set(part, true);
          queue[queue.length] = part;
        }
      },
      () => true,
      () => false,
    );
  }
  return queue.length > MOST_OBJECTS ? longest * slices : Math.min(all, longest * slices);
}
