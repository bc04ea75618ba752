/** What is worth saying about a variable besides its size. */
import { formatBytes, type Note } from '@heapmark/protocol';
import {
  arrayBufferDetached,
  arrayBufferMaxByteLength,
  arrayBufferResizable,
  isArrayBuffer,
  isProxy,
  isTypedArray,
} from '../primordials.js';
import { UNREAD } from '../size/graph.js';
import type { Reach } from '../size/account.js';
import type { Kind } from '../size/kinds.js';
import type { Pin, Walker } from '../size/walker.js';

/** Sharing of less is not worth a line. */
const SHARED_WORTH_NOTING = 1_024;
const MOST_NAMES = 3;

export interface NoteSubject {
  readonly name: string;
  readonly value: unknown;
  /** Its kind where it is an object. */
  readonly kind: Kind | undefined;
  readonly reach: Reach;
  /** Names it shares parts with. */
  readonly partners: readonly string[];
  /** Why it is listed although its kind is hidden. */
  readonly why: Note | null;
}

const NONE: Note[] = [];

/** What there is to say, the most important first. */
export function notesOf(subject: NoteSubject, walker: Walker): Note[] {
  const { kind, reach, why } = subject;
  if (
    why === null &&
    reach.views.length === 0 &&
    reach.shared === 0 &&
    kind !== 'buffer' &&
    (reach.flags & UNREAD) === 0
  )
    return NONE;
  const notes: Note[] = [];
  const add = (note: Note | null): void => {
    if (note !== null) notes[notes.length] = note;
  };
  add(why);
  add(ownView(subject, walker));
  add(innerViews(subject, walker));
  add(sharing(subject));
  add(bufferState(subject.value));
  if ((reach.flags & UNREAD) !== 0) {
    add({ kind: 'budget', text: 'too much to read in the time a listing may take: it holds at least this' });
  }
  return notes;
}

function ownView({ name, value }: NoteSubject, walker: Walker): Note | null {
  if (typeof value !== 'object' || value === null) return null;
  const pin = walker.pins.get(walker.nodeOf(value));
  if (pin === undefined) return null;
  return {
    kind: 'pinsBuffer',
    text: `keeps ${formatBytes(pin.whole)} alive: a view of ${formatBytes(pin.bytes)} on a buffer of ${formatBytes(pin.whole)}`,
    bytes: pin.whole,
    remedy:
      isTypedArray(value) && !Buffer.isBuffer(value)
        ? `${name}.slice()`
        : isTypedArray(value)
          ? `Buffer.from(${name})`
          : `${name}.buffer.slice(${name}.byteOffset, ${name}.byteOffset + ${name}.byteLength)`,
  };
}

/** Views somewhere inside of the value, where nothing that was met looks at a good part of their buffer. */
function innerViews({ value, reach }: NoteSubject, walker: Walker): Note | null {
  const own = typeof value === 'object' && value !== null ? walker.nodeOf(value) : -1;
  const buffers: number[] = [];
  let views = 0;
  let viewed = 0;
  let kept = 0;
  for (let i = 0; i < reach.views.length; i++) {
    const node = reach.views[i] as number;
    const pin = walker.pins.get(node) as Pin;
    if (node === own || (walker.widestViews.get(pin.buffer) ?? 0) * 4 >= pin.whole) continue;
    views++;
    viewed += pin.bytes;
    let known = false;
    for (let j = 0; j < buffers.length && !known; j++) known = buffers[j] === pin.buffer;
    if (known) continue;
    buffers[buffers.length] = pin.buffer;
    kept += pin.whole;
  }
  if (views === 0) return null;
  return {
    kind: 'pinsBuffer',
    text: `holds ${views} ${views === 1 ? 'view' : 'views'} of ${formatBytes(viewed)} in all that keep ${formatBytes(kept)} of buffers alive`,
    bytes: kept,
    remedy: 'store copies: view.slice() instead of view',
  };
}

function sharing({ reach, partners }: NoteSubject): Note | null {
  if (reach.shared < SHARED_WORTH_NOTING || partners.length === 0) return null;
  let names = '';
  for (let i = 0; i < partners.length && i < MOST_NAMES; i++) names += `${i > 0 ? ', ' : ''}${partners[i] as string}`;
  if (partners.length > MOST_NAMES) names += ' and others';
  const bytes = Math.round(reach.shared);
  return { kind: 'shared', text: `shares ${formatBytes(bytes)} with ${names}`, bytes };
}

function bufferState(value: unknown): Note | null {
  if (typeof value !== 'object' || value === null || isProxy(value) || !isArrayBuffer(value)) return null;
  if (arrayBufferDetached?.(value) === true)
    return { kind: 'detached', text: 'detached: its bytes were transferred, it holds none' };
  if (arrayBufferResizable?.(value) !== true) return null;
  const most = arrayBufferMaxByteLength?.(value) ?? 0;
  return { kind: 'resizable', text: `resizable up to ${formatBytes(most)}`, bytes: most };
}
