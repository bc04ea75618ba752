/**
 * Guesses the slot of a number that is a key, so that most hits need no look into a Map: a Map of V8 finds a number that is no
 * small integer by a call out of compiled code.
 *
 * A guess may be wrong in every way (another key's slot, a slot that is free, none): who asks compares the key that is there.
 */

/** Places; a power of two, 4 bytes each. With the 128 entries that a cache has by default few share one. */
const PLACES_LOG2 = 10;
const SHIFT = 32 - PLACES_LOG2;
/** 2^32 divided by the golden ratio: multiplied by it, the high bits depend on all (Knuth, TAOCP 3, 6.4). */
const SPREAD = 0x9e3779b1;

const number = new Float64Array(1);
const words = new Uint32Array(number.buffer);

/** What all begin with: no guesses. A function that is called with no numbers needs no places of its own. */
const NONE = new Uint32Array(1 << PLACES_LOG2);

export class NumberHints {
  /** Slots by place; 0 is none. */
  private slots = NONE;

  /** The slot that may hold the entry of a key. */
  guess(key: number): number {
    return this.slots[placeOf(key)] as number;
  }

  note(key: number, slot: number): void {
    if (this.slots === NONE) this.slots = new Uint32Array(NONE.length);
    this.slots[placeOf(key)] = slot;
  }
}

function placeOf(key: number): number {
  number[0] = key;
  return Math.imul((words[0] as number) ^ (words[1] as number), SPREAD) >>> SHIFT;
}
