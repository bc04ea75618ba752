/**
 * The language's own functions, captured when this module loads, before any cell runs: user code may replace
 * `Map.prototype.get` or `Reflect.ownKeys`, and what measures it must neither call the replacement nor be misled by it.
 *
 * Code that touches values of the user uses these, indexed loops instead of `for … of`, and no array methods.
 */
import { types } from 'node:util';

const { bind, call } = Function.prototype;

/** Turns a method into a function that takes `this` first; what it calls is fixed now. */
export const uncurryThis = bind.bind(call) as <T, A extends unknown[], R>(
  method: (this: T, ...args: A) => R,
) => (self: T, ...args: A) => R;

export const { ownKeys, getOwnPropertyDescriptor, getPrototypeOf, has: reflectHas } = Reflect;
export const { keys: objectKeys, is: objectIs, hasOwn, create: createObject, defineProperty } = Object;
export const isArray = Array.isArray;
export const stringOf = String as (value: string | number | bigint | boolean | symbol | null | undefined) => string;

const getterOf = <T, R>(prototype: object, key: PropertyKey): ((self: T) => R) | null => {
  const getter = getOwnPropertyDescriptor(prototype, key)?.get as ((this: T) => R) | undefined;
  return getter === undefined ? null : uncurryThis(getter);
};
const needed = <T>(found: T | null, name: string): T => {
  if (found === null) throw new TypeError(`This Node has no ${name}: use Node 20.19 or later.`);
  return found;
};

const typedArrayPrototype = getPrototypeOf(Uint8Array.prototype) as object;
export const typedArrayName = needed(
  getterOf<unknown, string | undefined>(typedArrayPrototype, Symbol.toStringTag),
  'typed array tag',
);
export const typedArrayLength = needed(getterOf<object, number>(typedArrayPrototype, 'length'), 'typed array length');
export const typedArrayByteLength = needed(
  getterOf<object, number>(typedArrayPrototype, 'byteLength'),
  'typed array byteLength',
);
export const typedArrayByteOffset = needed(
  getterOf<object, number>(typedArrayPrototype, 'byteOffset'),
  'typed array byteOffset',
);
export const typedArrayBuffer = needed(
  getterOf<object, ArrayBufferLike>(typedArrayPrototype, 'buffer'),
  'typed array buffer',
);
export const dataViewByteLength = needed(
  getterOf<object, number>(DataView.prototype, 'byteLength'),
  'DataView byteLength',
);
export const dataViewBuffer = needed(
  getterOf<object, ArrayBufferLike>(DataView.prototype, 'buffer'),
  'DataView buffer',
);
export const arrayBufferByteLength = needed(
  getterOf<object, number>(ArrayBuffer.prototype, 'byteLength'),
  'ArrayBuffer byteLength',
);
export const sharedByteLength = needed(
  getterOf<object, number>(SharedArrayBuffer.prototype, 'byteLength'),
  'SharedArrayBuffer byteLength',
);
export const arrayBufferResizable = getterOf<object, boolean>(ArrayBuffer.prototype, 'resizable');
export const arrayBufferMaxByteLength = getterOf<object, number>(ArrayBuffer.prototype, 'maxByteLength');
/** Absent before Node 21. */
export const arrayBufferDetached = getterOf<object, boolean>(ArrayBuffer.prototype, 'detached');
export const mapSize = needed(getterOf<object, number>(Map.prototype, 'size'), 'Map size');
export const setSize = needed(getterOf<object, number>(Set.prototype, 'size'), 'Set size');
export const symbolDescription = needed(
  getterOf<symbol, string | undefined>(Symbol.prototype, 'description'),
  'Symbol description',
);
export const regExpSource = needed(getterOf<object, string>(RegExp.prototype, 'source'), 'RegExp source');
export const regExpFlags = uncurryThis(function flags(this: RegExp): string {
  return (
    hasIndices(this) + global(this) + ignoreCase(this) + multiline(this) + dotAll(this) + unicode(this) + sticky(this)
  );
});
const flagOf = (name: string, letter: string): ((self: object) => string) => {
  const getter = getterOf<object, boolean>(RegExp.prototype, name);
  return (self) => (getter !== null && getter(self) ? letter : '');
};
const hasIndices = flagOf('hasIndices', 'd');
const global = flagOf('global', 'g');
const ignoreCase = flagOf('ignoreCase', 'i');
const multiline = flagOf('multiline', 'm');
const dotAll = flagOf('dotAll', 's');
const unicode = flagOf('unicode', 'u');
const sticky = flagOf('sticky', 'y');

export const mapGet = uncurryThis(Map.prototype.get as (this: unknown, key: unknown) => unknown);
export const mapKeys = uncurryThis(Map.prototype.keys as (this: unknown) => object);
export const setValues = uncurryThis(Set.prototype.values as (this: unknown) => object);
type IteratorNext<T> = (iterator: object) => { value: T; done: boolean };
const nextOf = <T>(iterator: object): IteratorNext<T> =>
  uncurryThis((getPrototypeOf(iterator) as { next: () => never }).next);
export const mapKeysNext = nextOf<unknown>(new Map().keys());
export const setValuesNext = nextOf<unknown>(new Set().values());
/** Walks a Map's entries without an object for each; stops only by throwing. */
export const mapForEach = uncurryThis(
  Map.prototype.forEach as (this: unknown, visit: (value: unknown, key: unknown) => void) => void,
);
export const setForEach = uncurryThis(
  Set.prototype.forEach as (this: unknown, visit: (value: unknown) => void) => void,
);

export const charCodeAt = uncurryThis(String.prototype.charCodeAt);
export const indexOf = uncurryThis(String.prototype.indexOf);
export const stringSlice = uncurryThis(String.prototype.slice);
export const stringReplace = uncurryThis(
  String.prototype.replace as (this: string, from: RegExp, to: string) => string,
);
export const numberToString = uncurryThis(Number.prototype.toString);
export const bigintToString = uncurryThis(BigInt.prototype.toString);
export const functionToString = uncurryThis(Function.prototype.toString);
export const dateValue = uncurryThis(Date.prototype.getTime);
export const dateToISO = uncurryThis(Date.prototype.toISOString);
export const numberValue = uncurryThis(Number.prototype.valueOf);
export const stringValue = uncurryThis(String.prototype.valueOf);
export const booleanValue = uncurryThis(Boolean.prototype.valueOf);
export const symbolValue = uncurryThis(Symbol.prototype.valueOf);
export const bigintValue = uncurryThis(BigInt.prototype.valueOf);
export const regExpExec = uncurryThis(RegExp.prototype.exec);
export const arraySort = uncurryThis(Array.prototype.sort as <T>(this: T[], compare: (a: T, b: T) => number) => T[]);
export const weakRefDeref = uncurryThis(WeakRef.prototype.deref as (this: WeakRef<object>) => object | undefined);

const wasm = (globalThis as { WebAssembly?: { Memory: { prototype: object } } }).WebAssembly;
export const wasmMemoryPrototype: object | null = wasm?.Memory.prototype ?? null;
export const wasmMemoryBuffer =
  wasmMemoryPrototype === null ? null : getterOf<object, ArrayBufferLike>(wasmMemoryPrototype, 'buffer');

export const arrayPrototype: object = Array.prototype;
export const objectPrototype: object = Object.prototype;
export const weakRefPrototype: object = WeakRef.prototype;

export const {
  isProxy,
  isMap,
  isSet,
  isDate,
  isRegExp,
  isNativeError,
  isPromise,
  isArrayBuffer,
  isSharedArrayBuffer,
  isAnyArrayBuffer,
  isTypedArray,
  isDataView,
  isBoxedPrimitive,
  isNumberObject,
  isStringObject,
  isBooleanObject,
  isSymbolObject,
  isGeneratorObject,
  isModuleNamespaceObject,
  isArgumentsObject,
  isWeakMap,
  isWeakSet,
  isMapIterator,
  isSetIterator,
  isExternal,
  isAsyncFunction,
  isGeneratorFunction,
} = types;

/** A Map whose methods cannot be replaced by the user. */
export class SafeMap<K, V> extends Map<K, V> {
  // An explicit constructor: the implied one may go through the array iterator.

  constructor() {
    super();
  }
}
/** A Set whose methods cannot be replaced by the user. */
export class SafeSet<T> extends Set<T> {
  constructor() {
    super();
  }
}

function seal(own: object, original: object): void {
  const names = ownKeys(original);
  for (let i = 0; i < names.length; i++) {
    const name = names[i] as PropertyKey;
    const descriptor = getOwnPropertyDescriptor(original, name);
    if (descriptor !== undefined && !hasOwn(own, name)) defineProperty(own, name, descriptor);
  }
  Object.setPrototypeOf(own, null);
  Object.freeze(own);
}
seal(SafeMap.prototype, Map.prototype);
seal(SafeSet.prototype, Set.prototype);
