/** Reads one object: the bytes of its own, and what it refers to. Runs no code of the user. */
import {
  arrayBufferByteLength,
  dataViewBuffer,
  dataViewByteLength,
  dateValue,
  functionToString,
  getOwnPropertyDescriptor,
  hasOwn,
  isSharedArrayBuffer,
  isNumberObject,
  isStringObject,
  mapSize,
  numberValue,
  objectKeys,
  ownKeys,
  setSize,
  sharedByteLength,
  stringSlice,
  stringValue,
  typedArrayBuffer,
  typedArrayByteLength,
  typedArrayByteOffset,
} from '../primordials.js';
import { wasmMemoryOf } from './kinds.js';
import {
  ARGUMENTS,
  ARRAY,
  ARRAY_BUFFER,
  BOXED,
  CLASS,
  CLOSURE,
  COLLECTION,
  DATA_VIEW,
  DATE,
  DATE_BOXES_TIME,
  ERROR,
  fixedArray,
  FIXED_ARRAY_HEADER,
  FUNCTION_WITH_PROTOTYPE,
  GENERATOR,
  grownCapacity,
  HEAP_NUMBER,
  isSmi,
  ITERATOR,
  mapTable,
  nameDictionary,
  numberDictionary,
  OBJECT,
  ON_HEAP_LIMIT,
  POINTER,
  PROMISE,
  propertyStore,
  PROXY,
  REGEXP,
  setTable,
  TYPED_ARRAY,
  WEAK_COLLECTION,
  WEAK_REF,
} from './layout.js';
import { ArrayMembers, MapMembers, PropertyMembers, reachDescriptor, reachElement, SetMembers } from './members.js';
import type { Shape } from './shapes.js';
import type { Walker } from './walker.js';

/** Elements that `new Array()` sets aside. */
const PREALLOCATED = 4;
/** Containers up to this length are read at once. */
const SMALL = 64;

/** Reads `value` into `node`. */
export function readObject(walker: Walker, node: number, value: object): void {
  const shape = walker.shapes.of(value);
  if (shape.kind === 'plain') {
    readPlain(walker, node, value, shape);
    return;
  }
  if (shape.hidesFields) walker.unwalkable(node);
  readByKind(walker, node, value, shape);
  readNamed(walker, node, value, shape);
}

function readByKind(walker: Walker, node: number, value: object, shape: Shape): void {
  const { graph } = walker;
  const own = (bytes: number): void => graph.grow(node, bytes, bytes, bytes);
  switch (shape.kind) {
    case 'array':
      readArray(walker, node, value as unknown[]);
      return;
    case 'map': {
      const table = mapTable(mapSize(value));
      graph.grow(node, COLLECTION + table, COLLECTION + table, COLLECTION + table * 2);
      if (mapSize(value) > SMALL) walker.openContainer(node, new MapMembers(value));
      else drawAll(walker, node, new MapMembers(value));
      return;
    }
    case 'set': {
      const table = setTable(setSize(value));
      graph.grow(node, COLLECTION + table, COLLECTION + table, COLLECTION + table * 2);
      if (setSize(value) > SMALL) walker.openContainer(node, new SetMembers(value));
      else drawAll(walker, node, new SetMembers(value));
      return;
    }
    case 'typedArray':
      readTypedArray(walker, node, value);
      return;
    case 'dataView':
      own(DATA_VIEW);
      walker.view(node, dataViewByteLength(value), dataViewBuffer(value));
      return;
    case 'buffer':
      own(ARRAY_BUFFER + bufferBytes(value as ArrayBufferLike));
      return;
    case 'wasmMemory': {
      own(OBJECT + 2 * POINTER);
      const buffer = wasmMemoryOf(value);
      if (buffer !== null) walker.reachObject(node, buffer);
      return;
    }
    case 'function':
      own(functionBytes(value));
      walker.unwalkable(node);
      return;
    case 'date':
      own(DATE + (DATE_BOXES_TIME && !isSmi(dateValue(value)) ? HEAP_NUMBER : 0));
      return;
    case 'regexp':
      graph.grow(node, REGEXP, REGEXP, REGEXP + ERROR);
      return;
    case 'error':
      graph.grow(node, OBJECT + 2 * POINTER, ERROR, Infinity);
      return;
    case 'boxed':
      own(BOXED);
      if (isNumberObject(value) && !isSmi(numberValue(value))) own(HEAP_NUMBER);
      if (isStringObject(value)) walker.reach(node, stringValue(value));
      return;
    case 'arguments':
      readArguments(walker, node, value);
      return;
    case 'namespace':
      readNamespace(walker, node, value);
      return;
    default:
      own(UNWALKABLE_BYTES[shape.kind] ?? OBJECT);
      walker.unwalkable(node);
  }
}

/** What is certain of kinds that hide what they hold. */
const UNWALKABLE_BYTES: Partial<Record<Shape['kind'], number>> = {
  promise: PROMISE,
  proxy: PROXY,
  generator: GENERATOR,
  iterator: ITERATOR,
  weakCollection: WEAK_COLLECTION,
  weakRef: WEAK_REF,
  external: OBJECT,
};

function drawAll(walker: Walker, node: number, members: MapMembers | SetMembers): void {
  for (let i = 0; i < members.size; i++) if (!members.draw(walker, node)) return;
}

function readPlain(walker: Walker, node: number, value: object, shape: Shape): void {
  const { graph } = walker;
  if (shape.hidesFields) walker.unwalkable(node);
  if (!shape.readable || objectKeys(value).length !== shape.enumerable) {
    readIrregular(walker, node, value, shape);
    return;
  }
  const { size, names, fraction } = shape;
  graph.grow(node, size.low, size.likely, size.high);
  for (let i = 0; i < names.length; i++) {
    const part = (value as Record<PropertyKey, unknown>)[names[i] as PropertyKey];
    walker.place(i);
    reachField(walker, node, part, fraction, i);
  }
  if (shape.prototype !== null) walker.reachObject(node, shape.prototype);
}

/** A slot that held a fraction once is a box in every object of the class (V8's double representation). */
function reachField(walker: Walker, node: number, part: unknown, fraction: Uint8Array, index: number): void {
  if (typeof part !== 'number') {
    if (part !== undefined && part !== null) fraction[index] = 2;
    walker.reach(node, part);
    return;
  }
  const small = isSmi(part);
  if (!small && fraction[index] === 0) fraction[index] = 1;
  if (!small || fraction[index] === 1) walker.graph.grow(node, small ? 0 : HEAP_NUMBER, HEAP_NUMBER, HEAP_NUMBER);
}

/** Objects with accessors, with elements, or with their properties in a table. */
function readIrregular(walker: Walker, node: number, value: object, shape: Shape): void {
  const { graph, engine } = walker;
  const keys = ownKeys(value);
  let indices = 0;
  let lastIndex = -1;
  while (indices < keys.length) {
    const key = keys[indices] as PropertyKey;
    const index = typeof key === 'string' ? +key : NaN;
    if (!(index >= 0 && index < 4294967295 && `${index >>> 0}` === key)) break;
    lastIndex = index;
    indices++;
  }
  const named = keys.length - indices;
  if (shape.table) {
    const table = nameDictionary(shape.prototypeIsObject ? named + 3 : named);
    graph.grow(node, OBJECT + nameDictionary(named), OBJECT + table, OBJECT + table * 2);
  } else {
    graph.grow(node, shape.size.low, shape.size.likely, shape.size.high);
  }
  if (indices > 0) {
    const sparse = engine === null ? lastIndex > indices * 8 : engine.dictionaryElements(value);
    const likely = sparse ? numberDictionary(indices) : fixedArray(grownCapacity(lastIndex + 1));
    graph.grow(node, sparse ? likely : fixedArray(lastIndex + 1), likely, likely * (sparse ? 2 : 1));
  }
  if (shape.prototype !== null) walker.reachObject(node, shape.prototype);
  const members = new PropertyMembers(value, keys, walker.seed, shape.table && indices === 0);
  if (keys.length > SMALL) {
    walker.openContainer(node, members);
    return;
  }
  for (let i = 0; i < keys.length; i++) {
    const descriptor = getOwnPropertyDescriptor(value, keys[i] as PropertyKey);
    walker.place(i);
    if (descriptor !== undefined) reachDescriptor(walker, node, descriptor);
  }
}

/** Names that an array, a function, a Map … has besides. */
function readNamed(walker: Walker, node: number, value: object, shape: Shape): void {
  const { names } = shape;
  if (names.length === 0) return;
  const store = propertyStore(names.length);
  walker.graph.grow(node, 0, shape.kind === 'error' ? 0 : store, store * 2);
  for (let i = 0; i < names.length; i++) {
    const descriptor = getOwnPropertyDescriptor(value, names[i] as PropertyKey);
    walker.place(i);
    if (descriptor !== undefined) reachDescriptor(walker, node, descriptor);
  }
}

function readArray(walker: Walker, node: number, value: unknown[]): void {
  const { engine, graph } = walker;
  const { length } = value;
  const sparse = engine === null ? false : engine.dictionaryElements(value);
  if (sparse) {
    readSparse(walker, node, value);
    return;
  }
  const exact = ARRAY + fixedArray(length);
  // A literal of constants shares its elements with the code until it is written to.
  const low = length > 0 && length <= SMALL ? ARRAY : exact;
  graph.grow(node, low, exact, ARRAY + fixedArray(Math.max(PREALLOCATED, grownCapacity(length))));
  if (engine !== null && (engine.smiElements(value) || engine.doubleElements(value))) return;
  const holes = engine === null || engine.holeyElements(value);
  if (length > SMALL) {
    walker.openContainer(node, new ArrayMembers(value, engine !== null, holes, walker.seed));
    return;
  }
  for (let i = 0; i < length; i++) reachElement(walker, node, value, i, engine !== null, holes);
}

function readSparse(walker: Walker, node: number, value: unknown[]): void {
  const keys = ownKeys(value);
  const elements = keys.length - 1;
  const table = numberDictionary(elements);
  walker.graph.grow(node, ARRAY + table, ARRAY + table, ARRAY + table * 2);
  if (elements > 0) walker.openContainer(node, new PropertyMembers(value, keys, walker.seed, false));
}

function readTypedArray(walker: Walker, node: number, value: object): void {
  const bytes = typedArrayByteLength(value);
  const small = bytes <= ON_HEAP_LIMIT && typedArrayByteOffset(value) === 0;
  const buffer = !small || walker.mayAskForBuffer(value) ? typedArrayBuffer(value) : null;
  const ownOnly = small && (buffer === null || bufferBytes(buffer) === bytes);
  if (buffer !== null && ownOnly) walker.askedInVain();
  if (buffer !== null && !ownOnly) {
    walker.graph.grow(node, TYPED_ARRAY, TYPED_ARRAY, TYPED_ARRAY);
    walker.view(node, bytes, buffer);
    return;
  }
  const own =
    TYPED_ARRAY + ARRAY_BUFFER + (bytes === 0 ? 0 : FIXED_ARRAY_HEADER + Math.ceil(bytes / POINTER) * POINTER);
  walker.graph.grow(node, own, own, own);
}

const bufferBytes = (buffer: ArrayBufferLike): number =>
  isSharedArrayBuffer(buffer) ? sharedByteLength(buffer) : arrayBufferByteLength(buffer);

function readArguments(walker: Walker, node: number, value: object): void {
  const keys = ownKeys(value);
  let count = 0;
  const strict = getOwnPropertyDescriptor(value, 'callee')?.get !== undefined;
  for (let i = 0; i < keys.length; i++) {
    const descriptor = getOwnPropertyDescriptor(value, keys[i] as PropertyKey);
    if (descriptor === undefined || typeof keys[i] !== 'string' || keys[i] === 'length' || keys[i] === 'callee')
      continue;
    count++;
    reachDescriptor(walker, node, descriptor);
  }
  const bytes = ARGUMENTS - (strict ? POINTER : 0) + fixedArray(count);
  walker.graph.grow(node, bytes, bytes, bytes * 3);
}

/** Exports of a module. One that is not initialised yet throws when it is asked for. */
function readNamespace(walker: Walker, node: number, value: object): void {
  walker.unwalkable(node);
  const keys = ownKeys(value);
  walker.graph.grow(node, OBJECT, OBJECT + fixedArray(keys.length), Infinity);
  for (let i = 0; i < keys.length; i++) {
    try {
      const descriptor = getOwnPropertyDescriptor(value, keys[i] as PropertyKey);
      if (descriptor !== undefined && hasOwn(descriptor, 'value')) walker.reach(node, descriptor.value);
    } catch {
      continue;
    }
  }
}

/** A class, a function that may be called with `new`, or one that may not. */
function functionBytes(value: object): number {
  if (!hasOwn(value, 'prototype')) return CLOSURE;
  return stringSlice(functionToString(value), 0, 5) === 'class' ? CLASS : FUNCTION_WITH_PROTOTYPE;
}
