/**
 * Layouts of V8's objects on 64-bit machines without pointer compression (Node's builds), in bytes.
 *
 * Taken from V8's sources (`src/objects/*.tq`, `ordered-hash-table.h`, `hash-table.h`) and checked by creating 10,000
 * of each on Node 20 (V8 11.3), 22 (12.4) and 24 (13.6): see `docs/measuring.md`.
 */
import { versions } from 'node:process';

const v8Major = Number.parseInt(versions.v8, 10);

export const POINTER = 8;
/** Map, properties, elements. */
export const OBJECT = 24;
/** An object and its length. */
export const ARRAY = 32;
/** Slots that `{}` gets for properties to come. */
export const EMPTY_LITERAL_SLOTS = 4;
/** Map and length. */
export const FIXED_ARRAY_HEADER = 16;
export const HEAP_NUMBER = 16;
/** Map, hash, length. */
export const STRING_HEADER = 16;
export const CONS_STRING = 32;
export const SLICED_STRING = 32;
export const EXTERNAL_STRING = 32;
/** Shorter results of concatenation and slicing are copied flat. */
export const MIN_CONS_LENGTH = 13;
export const SYMBOL = 24;
export const BIGINT_HEADER = 16;
/** A Map or Set without its table. */
export const COLLECTION = 32;
export const DATE = 96;
/** Until V8 13 the time stands in a number of its own, unless it is a small integer. */
export const DATE_BOXES_TIME = v8Major < 13;
export const REGEXP = 56;
/** An Error with the short list of frames V8 keeps until `stack` is read. */
export const ERROR = 192;
export const PROMISE = 48;
export const PROXY = 32;
export const BOXED = 32;
export const CLOSURE = 56;
export const FUNCTION_WITH_PROTOTYPE = 64;
export const BOUND_FUNCTION = 48;
/** A class: its function, its prototype and their maps. */
export const CLASS = 448;
/** What an accessor pair and the map of its own cost a literal with a getter. */
export const GENERATOR = 120;
export const WEAK_COLLECTION = 136;
export const WEAK_REF = 32;
export const ITERATOR = 48;
export const ARGUMENTS = 40;
export const ARRAY_BUFFER = v8Major >= 13 ? 96 : 88;
export const TYPED_ARRAY = v8Major >= 13 ? 104 : 96;
export const DATA_VIEW = v8Major >= 13 ? 88 : 80;
/** Typed arrays up to this size keep their data in the heap until somebody asks for `buffer`. */
export const ON_HEAP_LIMIT = 64;

const align = (bytes: number): number => Math.ceil(bytes / POINTER) * POINTER;
const powerOfTwo = (n: number): number => 2 ** Math.ceil(Math.log2(Math.max(1, n)));

/** A flat string. */
export const flatString = (length: number, bytesPerCharacter: 1 | 2): number =>
  STRING_HEADER + align(length * bytesPerCharacter);

/** A FixedArray or FixedDoubleArray; the empty one is shared by all. */
export const fixedArray = (capacity: number): number => (capacity === 0 ? 0 : FIXED_ARRAY_HEADER + capacity * POINTER);

/** Properties that did not fit in the object: the store grows by three. */
export const propertyStore = (extra: number): number => (extra <= 0 ? 0 : fixedArray(Math.ceil(extra / 3) * 3));

/** Capacity of a hash table with room for `entries` (`HashTable::ComputeCapacity`). */
const hashCapacity = (entries: number): number => Math.max(4, powerOfTwo(entries + (entries >> 1)));

/** A NameDictionary: three words an entry. */
export const nameDictionary = (entries: number): number =>
  FIXED_ARRAY_HEADER + 6 * POINTER + hashCapacity(entries) * 3 * POINTER;

/** A NumberDictionary (sparse elements). */
export const numberDictionary = (entries: number): number =>
  FIXED_ARRAY_HEADER + 4 * POINTER + hashCapacity(entries) * 3 * POINTER;

const orderedCapacity = (size: number): number => Math.max(4, powerOfTwo(size));
const orderedTable = (capacity: number, wordsAnEntry: number): number =>
  FIXED_ARRAY_HEADER + 3 * POINTER + (capacity / 2) * POINTER + capacity * wordsAnEntry * POINTER;

/** The table of a Map that never had more entries than now. */
export const mapTable = (size: number): number => orderedTable(orderedCapacity(size), 3);
/** The table of a Set that never had more members than now. */
export const setTable = (size: number): number => orderedTable(orderedCapacity(size), 2);

/**
 * Capacity of an array that was filled by `push` or by writing behind its end: each time it is full it grows to
 * 1.5 times what is needed, and 16 (`JSObject::NewElementsCapacity`).
 */
export function grownCapacity(length: number): number {
  let capacity = 0;
  while (capacity < length) {
    const needed = capacity + 1;
    capacity = needed + (needed >> 1) + 16;
  }
  return capacity;
}

/** A BigInt of so many bits. */
export const bigint = (bits: number): number => BIGINT_HEADER + Math.ceil(bits / 64) * POINTER;

/** Integers that live in a pointer: 32 bits. */
export const isSmi = (value: number): boolean => (value | 0) === value && (value !== 0 || 1 / value > 0);
