/**
 * A Map that knows when V8 would make its table anew.
 *
 * V8 doubles a full table, and halves one of which less than a quarter is used; either copies all entries at once, which for a
 * million of them blocks for 20 ms and more. Whoever removes many entries in small steps asks first what a removal would do.
 */

/** What V8 gives a new Map (`OrderedHashTable::kInitialCapacity`). */
const FIRST_CAPACITY = 4;

export class SteadyMap<K, V> {
  private map = new Map<K, V>();
  /** Places of the table, and those of them that deleted entries still take. A wrong guess costs time, nothing else. */
  private capacity = FIRST_CAPACITY;
  private deleted = 0;

  get size(): number {
    return this.map.size;
  }

  get(key: K): V | undefined {
    return this.map.get(key);
  }

  has(key: K): boolean {
    return this.map.has(key);
  }

  set(key: K, value: V): void {
    const before = this.map.size;
    this.map.set(key, value);
    if (this.map.size === before || before + this.deleted < this.capacity) return;
    // A table that is full of deleted entries is made anew in its size.
    if (this.deleted < this.capacity / 2) this.capacity *= 2;
    this.deleted = 0;
  }

  delete(key: K): boolean {
    if (!this.map.delete(key)) return false;
    this.deleted += 1;
    if (this.map.size < this.capacity / 4 && this.capacity > FIRST_CAPACITY) {
      this.capacity /= 2;
      this.deleted = 0;
    }
    return true;
  }

  /** Whether an entry can be deleted in no time: V8 keeps the table as it is. */
  get deletesAtOnce(): boolean {
    return this.map.size - 1 >= this.capacity / 4;
  }

  [Symbol.iterator](): MapIterator<[K, V]> {
    return this.map[Symbol.iterator]();
  }
}
