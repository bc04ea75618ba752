/**
 * What objects with the same hidden class have in common: their kind, their names, their slots. Found out once for each
 * hidden class of a walk; the next object of the class costs one comparison and no descriptor.
 */
import {
  arrayPrototype,
  charCodeAt,
  functionToString,
  getOwnPropertyDescriptor,
  getPrototypeOf,
  hasOwn,
  indexOf,
  isProxy,
  objectPrototype,
  ownKeys,
} from '../primordials.js';
import { kindOf, type Kind } from './kinds.js';
import { OBJECT } from './layout.js';
import type { Natives } from './natives.js';
import { outside } from './outside.js';
import type { PlainSizes, SizeRange } from './plain-size.js';

export interface Shape {
  readonly kind: Kind;
  /** An object of this hidden class. */
  readonly exemplar: object;
  /** Own names that are no array index, in order. */
  readonly names: readonly PropertyKey[];
  /** Of these, the ones that `Object.keys` gives. */
  readonly enumerable: number;
  /** Every named property is data: reading one by its key runs no code. */
  readonly readable: boolean;
  /** Properties in a table instead of slots. */
  readonly table: boolean;
  /** Bytes of the object and its slots; only for kind `plain`. */
  readonly size: SizeRange;
  /** Its prototype where that is data of the user, not a class. */
  readonly prototype: object | null;
  /** Its prototype is `Object.prototype`: a table of properties came of slots, with room to spare. */
  readonly prototypeIsObject: boolean;
  /** It may have `#private` fields, which nothing outside the class can read. */
  readonly hidesFields: boolean;
  /** By name: 0 nothing seen, 1 numbers with a fraction seen, 2 other values seen. */
  readonly fraction: Uint8Array;
}

const MOST_SHAPES = 64;
const NO_NAMES: readonly PropertyKey[] = [];
const NO_SIZE: SizeRange = { low: OBJECT, likely: OBJECT, high: OBJECT };
/** Kinds whose elements are listed by `ownKeys`: only short ones are asked. */
const MOST_LISTED_ELEMENTS = 1_000;

const isIndex = (key: PropertyKey): boolean => {
  if (typeof key !== 'string' || key === '') return false;
  const first = charCodeAt(key, 0);
  return first >= 48 && first <= 57 && `${+key >>> 0}` === key;
};

/** The hidden classes of one walk, the latest first. */
export class Shapes {
  private readonly known: Shape[] = [];
  private readonly plainArray: object = ['text'];

  constructor(
    private readonly engine: Natives | null,
    private readonly plainSizes: PlainSizes,
  ) {}

  of(value: object): Shape {
    const engine = this.engine;
    const known = this.known;
    if (engine !== null) {
      for (let i = 0; i < known.length; i++) {
        const shape = known[i] as Shape;
        if (!engine.sameHiddenClass(shape.exemplar, value)) continue;
        if (i > 0) {
          known[i] = known[i - 1] as Shape;
          known[i - 1] = shape;
        }
        return shape;
      }
    }
    const shape = this.describe(value);
    // Proxies of all targets have one hidden class, and tables are no class at all.
    if (engine !== null && shape.kind !== 'proxy' && !shape.table) {
      if (known.length < MOST_SHAPES) known[known.length] = shape;
      else known[MOST_SHAPES - 1] = shape;
    }
    return shape;
  }

  private describe(value: object): Shape {
    const kind = kindOf(value);
    if (kind === 'proxy' || kind === 'namespace') return this.bare(kind, value);
    if (kind === 'typedArray' || kind === 'boxed' || kind === 'arguments') return this.bare(kind, value);
    if (kind === 'array' && this.withoutNames(value as unknown[])) return this.bare(kind, value);
    const table = this.engine === null ? false : !this.engine.fastProperties(value);
    const names = kind === 'function' ? functionNames(value) : namesOf(value, kind);
    let readable = !table;
    let enumerable = 0;
    for (let i = 0; i < names.length && !table; i++) {
      const descriptor = getOwnPropertyDescriptor(value, names[i] as PropertyKey);
      if (descriptor === undefined || !hasOwn(descriptor, 'value')) readable = false;
      if (descriptor?.enumerable === true && typeof names[i] === 'string') enumerable++;
    }
    const prototype = getPrototypeOf(value);
    return {
      kind,
      exemplar: value,
      names,
      enumerable,
      readable: readable && this.engine !== null,
      table,
      size: kind === 'plain' && !table ? this.plainSizes.measure(value, prototype, names) : NO_SIZE,
      prototype: kind === 'plain' ? dataPrototype(prototype) : null,
      prototypeIsObject: prototype === objectPrototype,
      hidesFields:
        kind !== 'array' &&
        kind !== 'function' &&
        (mayHideFields(prototype) || (kind === 'plain' && isNative(prototype))),
      fraction: new Uint8Array(names.length),
    };
  }

  private bare(kind: Kind, exemplar: object): Shape {
    return {
      kind,
      exemplar,
      names: NO_NAMES,
      enumerable: 0,
      readable: true,
      table: false,
      size: NO_SIZE,
      prototype: null,
      prototypeIsObject: true,
      hidesFields: false,
      fraction: new Uint8Array(0),
    };
  }

  /** Whether an array has no names besides its elements (a match of a regular expression has). */
  private withoutNames(value: unknown[]): boolean {
    if (value.length > MOST_LISTED_ELEMENTS) return true;
    if (this.engine !== null && this.engine.sameHiddenClass(value, this.plainArray)) return true;
    return getPrototypeOf(value) === arrayPrototype && namesOf(value, 'array').length === 0;
  }
}

function namesOf(value: object, kind: Kind): readonly PropertyKey[] {
  const keys = ownKeys(value);
  const names: PropertyKey[] = [];
  // What V8 keeps in fields of its own.
  const builtIn = kind === 'array' ? 'length' : kind === 'regexp' ? 'lastIndex' : kind === 'error' ? 'stack' : null;
  for (let i = 0; i < keys.length; i++) {
    const key = keys[i] as PropertyKey;
    if (isIndex(key) || key === builtIn) continue;
    names[names.length] = key;
  }
  return names;
}

/** Own names of a function that hold data. Asking for `prototype` would make one. */
function functionNames(value: object): readonly PropertyKey[] {
  const keys = ownKeys(value);
  const names: PropertyKey[] = [];
  for (let i = 0; i < keys.length; i++) {
    const key = keys[i] as PropertyKey;
    if (key === 'length' || key === 'name' || key === 'prototype' || key === 'arguments' || key === 'caller') continue;
    names[names.length] = key;
  }
  return names;
}

/** A prototype that is data (`Object.create(defaults)`) is held by the object; a class is code. */
function dataPrototype(prototype: object | null): object | null {
  if (prototype === null || prototype === objectPrototype || isProxy(prototype)) return null;
  return hasOwn(prototype, 'constructor') ? null : prototype;
}

/** Whether a class in the chain is Node's or V8's own: its objects (a Blob's handle, a key) hold memory out of sight. */
function isNative(prototype: object | null): boolean {
  let holder = prototype;
  for (let depth = 0; depth < 6 && holder !== null && holder !== objectPrototype && !isProxy(holder); depth++) {
    const made: unknown = getOwnPropertyDescriptor(holder, 'constructor')?.value;
    if (typeof made === 'function' && !isProxy(made) && !outside(made)) {
      // `Object` of another realm makes plain objects too.
      const name: unknown = getOwnPropertyDescriptor(made, 'name')?.value;
      if (name !== 'Object' && indexOf(functionToString(made), '[native code]') >= 0) return true;
    }
    holder = getPrototypeOf(holder);
  }
  return false;
}

/** Whether a class in the chain uses a `#private` field in its source. */
function mayHideFields(prototype: object | null): boolean {
  let holder = prototype;
  for (let depth = 0; depth < 6 && holder !== null && holder !== objectPrototype; depth++) {
    if (isProxy(holder)) return true;
    const made: unknown = getOwnPropertyDescriptor(holder, 'constructor')?.value;
    if (typeof made === 'function' && !isProxy(made)) {
      const source = functionToString(made);
      if (indexOf(source, '.#') >= 0) return true;
    }
    holder = getPrototypeOf(holder);
  }
  return false;
}
