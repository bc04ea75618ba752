/** A value's type and shape in words, without running any of its code. */
import {
  arrayBufferByteLength,
  dataViewByteLength,
  functionToString,
  getOwnPropertyDescriptor,
  hasOwn,
  isArray,
  isProxy,
  isSharedArrayBuffer,
  mapSize,
  objectKeys,
  setSize,
  sharedByteLength,
  stringSlice,
  typedArrayLength,
  typedArrayName,
} from '../primordials.js';
import { constructorName, kindOf, type Kind } from '../size/kinds.js';
import { printable } from './text.js';

const LONGEST_TYPE = 60;
/** Rows that are compared before a list of lists is called a table. */
const COMPARED_ROWS = 64;

const kindNames: Partial<Record<Kind, string>> = {
  array: 'Array',
  map: 'Map',
  set: 'Set',
  date: 'Date',
  regexp: 'RegExp',
  error: 'Error',
  promise: 'Promise',
  dataView: 'DataView',
  buffer: 'ArrayBuffer',
  wasmMemory: 'WebAssembly.Memory',
  namespace: 'module',
  arguments: 'Arguments',
  generator: 'Generator',
  iterator: 'Iterator',
  weakRef: 'WeakRef',
  external: 'external',
};

/** Whether a function is a class: called without `new` it throws. */
export function isClass(value: unknown): boolean {
  if (typeof value !== 'function' || isProxy(value) || !hasOwn(value, 'prototype')) return false;
  return stringSlice(functionToString(value), 0, 5) === 'class';
}

/** The kind of an object or function; `undefined` for anything else. To be asked for once and passed on. */
export const kindIfObject = (value: unknown): Kind | undefined =>
  (typeof value === 'object' && value !== null) || typeof value === 'function' ? kindOf(value) : undefined;

/** `number`, `Float64Array`, `Map`, `function`, `class`, the name of a class. */
export function typeOf(value: unknown, known?: Kind): string {
  if (value === null) return 'null';
  if (typeof value === 'function') return isProxy(value) ? 'Proxy' : isClass(value) ? 'class' : 'function';
  if (typeof value !== 'object') return typeof value;
  const kind = known ?? kindOf(value);
  if (kind === 'proxy') return 'Proxy';
  if (kind === 'wasmMemory' || kind === 'namespace' || kind === 'arguments') return kindNames[kind] as string;
  const made = constructorName(value);
  if (made !== null) return printable(made, LONGEST_TYPE);
  if (kind === 'typedArray') return typedArrayName(value) ?? 'TypedArray';
  return kindNames[kind] ?? 'Object';
}

/** `1000000`, `10 × 3`, `3 keys`, `80 bytes`; `null` for what has none. */
export function shapeOf(value: unknown, known?: Kind): string | null {
  if (typeof value === 'string') return `${value.length}`;
  if (typeof value !== 'object' || value === null) return null;
  switch (known ?? kindOf(value)) {
    case 'array':
      return arrayShape(value as unknown[]);
    case 'typedArray':
      return `${typedArrayLength(value)}`;
    case 'map':
      return `${mapSize(value)}`;
    case 'set':
      return `${setSize(value)}`;
    case 'buffer':
      return `${isSharedArrayBuffer(value) ? sharedByteLength(value) : arrayBufferByteLength(value)} bytes`;
    case 'dataView':
      return `${dataViewByteLength(value)} bytes`;
    case 'plain': {
      const { length } = objectKeys(value);
      return `${length} ${length === 1 ? 'key' : 'keys'}`;
    }
    default:
      return null;
  }
}

/** Rows × columns for a list of equally long lists (a sample of the rows is compared). */
function arrayShape(value: unknown[]): string {
  const { length } = value;
  const columns = rowLength(value, 0);
  if (columns === null) return `${length}`;
  const step = Math.max(1, Math.floor(length / COMPARED_ROWS));
  for (let i = step; i < length; i += step) if (rowLength(value, i) !== columns) return `${length}`;
  return rowLength(value, length - 1) === columns ? `${length} × ${columns}` : `${length}`;
}

function rowLength(value: unknown[], index: number): number | null {
  const row: unknown = getOwnPropertyDescriptor(value, index)?.value;
  if (typeof row !== 'object' || row === null || isProxy(row)) return null;
  if (isArray(row)) return row.length;
  return kindOf(row) === 'typedArray' ? typedArrayLength(row) : null;
}
