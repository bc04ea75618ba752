/**
 * The size of an object that keeps its properties in slots. How many slots stand in the object itself depends on how it
 * was made: `{ a, b }` gets two, `{}` four, and what comes later goes to a store of its own. V8 does not tell, but
 * objects made the same way have the same hidden class, so likely ways are tried and compared.
 */
import { compileFunction } from 'node:vm';
import { objectPrototype, SafeMap } from '../primordials.js';
import { EMPTY_LITERAL_SLOTS, OBJECT, POINTER, propertyStore } from './layout.js';
import type { Natives } from './natives.js';

/** Beyond this, literals are rare and comparing costs more than it tells. */
const MOST_COMPARED = 40;
/** Room V8 leaves in the first seven objects of a class (`kGenerousAllocationCount`, `kMaxNumberOfSlack`). */
const CONSTRUCTOR_SLACK = 8 * POINTER;
const MOST_REMEMBERED = 2_000;
const { stringify } = JSON;

export interface SizeRange {
  low: number;
  likely: number;
  high: number;
}

const objectBytes = (slots: number, properties: number): number =>
  OBJECT + slots * POINTER + propertyStore(properties - slots);

/** Compares objects with ones made in known ways; remembers what it made, for all walks of a process. */
export class PlainSizes {
  private made = new SafeMap<string, object>();
  private allowance = 0;

  constructor(private readonly engine: Natives | null) {}

  /** How many new comparisons the coming walk may make (about 30 us each). */
  allow(comparisons: number): void {
    this.allowance = comparisons;
    if (this.made.size > MOST_REMEMBERED) this.made = new SafeMap();
  }

  /** Bytes of the object and its property store; keys are its own named ones, in order. */
  measure(value: object, prototype: object | null, keys: readonly PropertyKey[]): SizeRange {
    const count = keys.length;
    if (prototype !== objectPrototype) {
      const likely = OBJECT + count * POINTER;
      return { low: likely, likely, high: likely + CONSTRUCTOR_SLACK };
    }
    const slots = this.slotsByLikeness(value, keys);
    if (slots !== null) {
      const bytes = objectBytes(slots, count);
      return { low: bytes, likely: bytes, high: bytes };
    }
    const literal = objectBytes(count, count);
    const empty = objectBytes(EMPTY_LITERAL_SLOTS, count);
    return { low: Math.min(literal, empty), likely: count === 0 ? empty : literal, high: Math.max(literal, empty) };
  }

  private slotsByLikeness(value: object, keys: readonly PropertyKey[]): number | null {
    const count = keys.length;
    if (this.engine === null || count > MOST_COMPARED) return null;
    let signature = '';
    for (let i = 0; i < count; i++) {
      const key = keys[i];
      if (typeof key === 'symbol') return this.likeEmpty(value, keys) ? EMPTY_LITERAL_SLOTS : null;
      if (typeof key !== 'string' || key === '__proto__') return null;
      signature += `${stringify(key)}:0,`;
    }
    const names = keys as readonly string[];
    for (let tried = 0; tried <= count; tried++) {
      // The whole literal first, then none, one, two … of its names.
      const written = tried === 0 ? count : tried - 1;
      const like = this.madeLike(names, written, signature);
      if (like === null) return null;
      if (this.engine.sameHiddenClass(value, like)) return written === 0 ? EMPTY_LITERAL_SLOTS : written;
    }
    return null;
  }

  /** Whether the object began as `{}` and got all its properties, symbols among them, later. */
  private likeEmpty(value: object, keys: readonly PropertyKey[]): boolean {
    const made: Record<PropertyKey, number> = {};
    for (let i = 0; i < keys.length; i++) made[keys[i] as PropertyKey] = 0;
    return this.engine?.sameHiddenClass(value, made) ?? false;
  }

  /** `{ first: 0, second: 0 }` with the first `written` names, the others added one by one. */
  private madeLike(names: readonly string[], written: number, signature: string): object | null {
    const key = `${written}|${signature}`;
    const known = this.made.get(key);
    if (known !== undefined) return known;
    if (this.allowance-- <= 0) return null;
    let literal = '';
    for (let i = 0; i < written; i++) literal += `${stringify(names[i])}:0,`;
    const made = (compileFunction(`return {${literal}}`) as () => Record<string, number>)();
    for (let i = written; i < names.length; i++) made[names[i] as string] = 0;
    this.made.set(key, made);
    return made;
  }
}
