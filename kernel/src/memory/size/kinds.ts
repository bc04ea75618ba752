/** What sort of thing a value is, found without a trap or a getter. */
import {
  getOwnPropertyDescriptor,
  getPrototypeOf,
  isAnyArrayBuffer,
  isArgumentsObject,
  isArray,
  isBoxedPrimitive,
  isDataView,
  isDate,
  isExternal,
  isGeneratorObject,
  isMap,
  isMapIterator,
  isModuleNamespaceObject,
  isNativeError,
  isPromise,
  isProxy,
  isRegExp,
  isSet,
  isSetIterator,
  isTypedArray,
  isWeakMap,
  isWeakSet,
  wasmMemoryBuffer,
  wasmMemoryPrototype,
  weakRefPrototype,
  weakRefDeref,
} from '../primordials.js';

export type Kind =
  | 'plain'
  | 'array'
  | 'function'
  | 'map'
  | 'set'
  | 'date'
  | 'regexp'
  | 'error'
  | 'promise'
  | 'typedArray'
  | 'dataView'
  | 'buffer'
  | 'wasmMemory'
  | 'proxy'
  | 'namespace'
  | 'arguments'
  | 'boxed'
  | 'generator'
  | 'iterator'
  | 'weakCollection'
  | 'weakRef'
  | 'external';

/** The kind of an object or a function. A proxy is only a proxy: nothing is asked of it. */
export function kindOf(value: object): Kind {
  if (isProxy(value)) return 'proxy';
  if (typeof value === 'function') return 'function';
  if (isArray(value)) return 'array';
  if (isMap(value)) return 'map';
  if (isSet(value)) return 'set';
  if (isTypedArray(value)) return 'typedArray';
  if (isDate(value)) return 'date';
  if (isRegExp(value)) return 'regexp';
  if (isNativeError(value)) return 'error';
  if (isPromise(value)) return 'promise';
  if (isAnyArrayBuffer(value)) return 'buffer';
  if (isDataView(value)) return 'dataView';
  if (isModuleNamespaceObject(value)) return 'namespace';
  if (isArgumentsObject(value)) return 'arguments';
  if (isBoxedPrimitive(value)) return 'boxed';
  if (isGeneratorObject(value)) return 'generator';
  if (isMapIterator(value) || isSetIterator(value)) return 'iterator';
  if (isWeakMap(value) || isWeakSet(value)) return 'weakCollection';
  if (isExternal(value)) return 'external';
  const prototype: unknown = getPrototypeOf(value);
  if (prototype === wasmMemoryPrototype && wasmMemoryOf(value) !== null) return 'wasmMemory';
  if (prototype === weakRefPrototype && isWeakReference(value)) return 'weakRef';
  return 'plain';
}

/**
 * Whether asking for a property's descriptor may run code: V8 formats an error's `stack` when it is first looked at,
 * which reads `name` and `message` and calls `Error.prepareStackTrace`.
 */
export const isFormattedStack = (value: object, key: PropertyKey): boolean => key === 'stack' && isNativeError(value);

/** The buffer of a WebAssembly.Memory, `null` for anything else. */
export function wasmMemoryOf(value: object): ArrayBufferLike | null {
  if (wasmMemoryBuffer === null) return null;
  try {
    return wasmMemoryBuffer(value);
  } catch {
    return null;
  }
}

function isWeakReference(value: object): boolean {
  try {
    weakRefDeref(value as WeakRef<object>);
    return true;
  } catch {
    return false;
  }
}

/** The name of the function that a value's class is made by, `null` without one. Reads data properties only. */
export function constructorName(value: object): string | null {
  let holder: object | null = value;
  for (let depth = 0; depth < 8; depth++) {
    if (isProxy(holder)) return null;
    const descriptor: PropertyDescriptor | undefined =
      depth === 0 ? undefined : getOwnPropertyDescriptor(holder, 'constructor');
    const made: unknown = descriptor?.value;
    if (typeof made === 'function' && !isProxy(made)) {
      const name: unknown = getOwnPropertyDescriptor(made, 'name')?.value;
      if (typeof name === 'string' && name !== '') return name;
    }
    holder = getPrototypeOf(holder);
    if (holder === null) return null;
  }
  return null;
}
