/**
 * The entries of a store in the order of their use, as columns: an entry is a number, its slot. Numbers in typed arrays cost
 * no garbage and, unlike pointers between objects, no write barrier at each hit.
 *
 * Slot 0 is no entry: it stands for both ends of the order.
 */
const ENDS = 0;
const FIRST_CAPACITY = 16;
/** Of the columns of numbers. */
const BYTES_A_SLOT = 2 * 4 + 3 * 8;
/** Of the columns of keys and of values. */
const BYTES_A_PLACE = 2 * 8;

export class Slots<V> {
  /** The next entry towards the least recently used one; of slot 0: the most recently used. */
  older = new Uint32Array(FIRST_CAPACITY);
  /** The next entry towards the most recently used one; of slot 0: the least recently used. */
  newer = new Uint32Array(FIRST_CAPACITY);
  readonly keys: unknown[] = [undefined];
  readonly values: V[] = [undefined as V];
  /** What each entry counts for, bytes. */
  bytes = new Float64Array(FIRST_CAPACITY);
  /** When its time is over, by the store's clock; `Infinity` for never. */
  ends = new Float64Array(FIRST_CAPACITY);
  /** When it was made, by the store's clock. */
  madeAt = new Float64Array(FIRST_CAPACITY);
  /** A slot that is free, linked to the next one by `newer`; 0 when there is none. */
  private free = 0;
  /** Places that the arrays of keys and values have, by the rule by which V8 lets arrays grow. */
  private places = 0;

  /** Bytes of the columns with one more entry. They do not shrink until all entries are gone. */
  get bytesWithOneMore(): number {
    const next = this.free === 0 ? this.keys.length : this.free;
    const slots = next < this.newer.length ? this.newer.length : this.newer.length * 2;
    return slots * BYTES_A_SLOT + Math.max(this.places, placesFor(next)) * BYTES_A_PLACE;
  }

  /** Bytes of the columns. */
  get tableBytes(): number {
    return this.newer.length * BYTES_A_SLOT + this.places * BYTES_A_PLACE;
  }

  /** The least recently used entry; 0 when there is none. */
  get oldest(): number {
    return this.newer[ENDS] as number;
  }

  /** A new entry, the most recently used. */
  add(key: unknown, value: V, bytes: number): number {
    let slot = this.free;
    if (slot === 0) slot = this.keys.length;
    else this.free = this.newer[slot] as number;
    if (slot === this.newer.length) this.grow();
    if (slot >= this.places) this.places = placesFor(slot);
    this.keys[slot] = key;
    this.values[slot] = value;
    this.bytes[slot] = bytes;
    this.link(slot);
    return slot;
  }

  /** Makes an entry the most recently used. */
  touch(slot: number): void {
    if (this.newer[slot] === ENDS) return;
    this.unlink(slot);
    this.link(slot);
  }

  remove(slot: number): void {
    this.unlink(slot);
    this.keys[slot] = undefined;
    this.values[slot] = undefined as V;
    this.newer[slot] = this.free;
    this.free = slot;
  }

  clear(): void {
    this.keys.length = 1;
    this.values.length = 1;
    this.free = 0;
    this.places = 0;
    this.older = new Uint32Array(FIRST_CAPACITY);
    this.newer = new Uint32Array(FIRST_CAPACITY);
    this.bytes = new Float64Array(FIRST_CAPACITY);
    this.ends = new Float64Array(FIRST_CAPACITY);
    this.madeAt = new Float64Array(FIRST_CAPACITY);
  }

  private unlink(slot: number): void {
    const { older, newer } = this;
    const before = older[slot] as number;
    const after = newer[slot] as number;
    newer[before] = after;
    older[after] = before;
  }

  private link(slot: number): void {
    const { older, newer } = this;
    const newest = older[ENDS] as number;
    older[slot] = newest;
    newer[slot] = ENDS;
    newer[newest] = slot;
    older[ENDS] = slot;
  }

  private grow(): void {
    const capacity = this.newer.length * 2;
    const larger = <A extends Uint32Array | Float64Array>(array: A, made: A): A => {
      made.set(array);
      return made;
    };
    this.older = larger(this.older, new Uint32Array(capacity));
    this.newer = larger(this.newer, new Uint32Array(capacity));
    this.bytes = larger(this.bytes, new Float64Array(capacity));
    this.ends = larger(this.ends, new Float64Array(capacity));
    this.madeAt = larger(this.madeAt, new Float64Array(capacity));
  }
}

/** V8's rule for an array that is filled one by one (JSObject::NewElementsCapacity), for the element at an index. */
const placesFor = (index: number): number => {
  const least = index + 1;
  return least + (least >> 1) + 16;
};
