/** Buffers that traced lines made and that are still alive. */
import {
  arrayBufferByteLength,
  dataViewBuffer,
  getOwnPropertyDescriptor,
  isAnyArrayBuffer,
  isDataView,
  isProxy,
  isSharedArrayBuffer,
  isTypedArray,
  ownKeys,
  sharedByteLength,
  typedArrayBuffer,
  typedArrayByteLength,
} from '../primordials.js';

/** A typed array up to this size, bytes, keeps its data in V8's heap, and asking for its buffer would move it. */
const ON_HEAP = 64;

/** Growth outside the heap, bytes, for which the inside of a value is looked at; and how much of it. */
const WORTH_A_SEARCH = 16_384;
const MOST_OBJECTS = 500;
const MOST_MEMBERS = 200;

interface Entry {
  slot: number;
  bytes: number;
}

export class LiveBuffers {
  private readonly known = new WeakSet();
  private readonly alive = new Map<number, Entry>();
  private readonly gone = new FinalizationRegistry<number>((id) => this.alive.delete(id));
  private nextId = 0;
  private lastExternal: number;
  private lastSearch: number;

  /** @param external V8's external memory now, bytes. */
  constructor(private readonly external: () => number) {
    this.lastExternal = external();
    this.lastSearch = this.lastExternal;
  }

  /**
   * Buffers of a value that were not looked at before: its own, or those inside of a plain object or list when memory
   * outside the heap has grown since the last look.
   */
  unknown(value: object): ArrayBufferLike[] {
    if (isProxy(value)) return [];
    const own = bufferOf(value);
    if (own !== null) return this.known.has(own) ? [] : [own];
    const external = this.external();
    const grown = external - this.lastSearch >= WORTH_A_SEARCH;
    if (!grown) return [];
    this.lastSearch = external;
    return this.inside(value);
  }

  private inside(value: object): ArrayBufferLike[] {
    const found: ArrayBufferLike[] = [];
    const seen = new Set<object>([value]);
    for (const object of seen) {
      const keys = ownKeys(object);
      for (let i = 0; i < keys.length && i < MOST_MEMBERS; i++) {
        const member: unknown = getOwnPropertyDescriptor(object, keys[i] as PropertyKey)?.value;
        if (typeof member !== 'object' || member === null || isProxy(member)) continue;
        const buffer = bufferOf(member);
        if (buffer === null) {
          if (seen.size < MOST_OBJECTS) seen.add(member);
        } else if (!this.known.has(buffer) && !found.includes(buffer)) found.push(buffer);
      }
    }
    return found;
  }

  /** Notes buffers for the line that first had them, if they were made just now: a view of an older one shows no growth. */
  note(buffers: readonly ArrayBufferLike[], slot: number): void {
    const now = this.external();
    let unexplained = now - this.lastExternal;
    // External memory that fell says nothing: buffers went meanwhile.
    const fell = unexplained < 0;
    for (const buffer of buffers) {
      this.known.add(buffer);
      const bytes = isSharedArrayBuffer(buffer) ? sharedByteLength(buffer) : arrayBufferByteLength(buffer);
      if (!fell && unexplained < bytes / 2) continue;
      unexplained -= bytes;
      const id = this.nextId++;
      this.alive.set(id, { slot, bytes });
      this.gone.register(buffer, id);
      this.lastExternal = now;
    }
  }

  /** Bytes and number of living buffers by slot: right after a collection and the task that follows it. */
  bySlot(): Map<number, { bytes: number; count: number }> {
    const sums = new Map<number, { bytes: number; count: number }>();
    for (const { slot, bytes } of this.alive.values()) {
      const sum = sums.get(slot) ?? { bytes: 0, count: 0 };
      sums.set(slot, { bytes: sum.bytes + bytes, count: sum.count + 1 });
    }
    return sums;
  }
}

/** Whether a value is a buffer or looks at one. */
export const isBuffer = (value: object): boolean => !isProxy(value) && bufferOf(value) !== null;

function bufferOf(value: object): ArrayBufferLike | null {
  if (isTypedArray(value)) return typedArrayByteLength(value) <= ON_HEAP ? null : typedArrayBuffer(value);
  if (isDataView(value)) return dataViewBuffer(value);
  return isAnyArrayBuffer(value) ? value : null;
}
