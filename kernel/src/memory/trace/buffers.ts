/** Buffers that traced lines made and that are still alive. */
import { types } from 'node:util';
import {
  arrayBufferByteLength,
  dataViewBuffer,
  isAnyArrayBuffer,
  isDataView,
  isTypedArray,
  sharedByteLength,
  typedArrayBuffer,
  typedArrayByteLength,
} from '../primordials.js';

/** A typed array up to this size, bytes, keeps its data in V8's heap, and asking for its buffer would move it. */
const ON_HEAP = 64;

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

  /** @param external V8's external memory now, bytes. */
  constructor(private readonly external: () => number) {
    this.lastExternal = external();
  }

  /** The buffer of a value, when it has one that was not looked at before. */
  unknown(value: unknown): ArrayBufferLike | null {
    if (typeof value !== 'object' || value === null || types.isProxy(value)) return null;
    const buffer = bufferOf(value);
    return buffer === null || this.known.has(buffer) ? null : buffer;
  }

  /** Notes a buffer for the line that first had it, if it was made just now: a view of an older one shows no growth. */
  note(buffer: ArrayBufferLike, slot: number): void {
    this.known.add(buffer);
    const bytes = types.isSharedArrayBuffer(buffer) ? sharedByteLength(buffer) : arrayBufferByteLength(buffer);
    const now = this.external();
    const growth = now - this.lastExternal;
    // External memory that fell says nothing: buffers went meanwhile.
    if (growth >= 0 && growth < bytes / 2) return;
    this.lastExternal = now;
    const id = this.nextId++;
    this.alive.set(id, { slot, bytes });
    this.gone.register(buffer, id);
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

function bufferOf(value: object): ArrayBufferLike | null {
  if (isTypedArray(value)) return typedArrayByteLength(value) <= ON_HEAP ? null : typedArrayBuffer(value);
  if (isDataView(value)) return dataViewBuffer(value);
  return isAnyArrayBuffer(value) ? value : null;
}
