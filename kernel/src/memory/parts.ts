/** The parts of one object with the way to each of them, without running code of the user. */
import {
  dataViewBuffer,
  getOwnPropertyDescriptor,
  getPrototypeOf,
  hasOwn,
  isProxy,
  mapGet,
  mapKeys,
  mapKeysNext,
  objectPrototype,
  ownKeys,
  setValues,
  setValuesNext,
  typedArrayBuffer,
  typedArrayByteLength,
  typedArrayByteOffset,
} from './primordials.js';
import { isFormattedStack, kindOf } from './size/kinds.js';
import { ON_HEAP_LIMIT } from './size/layout.js';
import { natives } from './size/natives.js';
import { outside } from './size/outside.js';

export type PartKind = 'property' | 'element' | 'mapKey' | 'mapValue' | 'setMember' | 'prototype' | 'internal';
export type SeePart = (part: unknown, kind: PartKind, key: unknown) => void;

/** Parts between two questions whether to go on. */
const PARTS_A_LOOK = 1_024;

const always = (): boolean => true;

/**
 * Shows each part to `see`; asks `goOn` now and then, and gives `false` when it was stopped. A
 * tiny typed array is asked for its buffer, which moves its data out of the heap, only where `mayAsk` allows it.
 */
export function eachPart(value: object, see: SeePart, goOn: () => boolean, mayAsk = always): boolean {
  if (isProxy(value) || outside(value)) return true;
  const kind = kindOf(value);
  switch (kind) {
    case 'array':
      return elementParts(value as unknown[], see, goOn);
    case 'map': {
      const keys = mapKeys(value);
      for (let i = 1; ; i++) {
        const step = mapKeysNext(keys);
        if (step.done) break;
        see(step.value, 'mapKey', step.value);
        see(mapGet(value, step.value), 'mapValue', step.value);
        if (i % PARTS_A_LOOK === 0 && !goOn()) return false;
      }
      break;
    }
    case 'set': {
      const members = setValues(value);
      for (let i = 1; ; i++) {
        const step = setValuesNext(members);
        if (step.done) break;
        see(step.value, 'setMember', null);
        if (i % PARTS_A_LOOK === 0 && !goOn()) return false;
      }
      break;
    }
    case 'typedArray':
      if (typedArrayByteLength(value) > ON_HEAP_LIMIT || typedArrayByteOffset(value) > 0 || mayAsk())
        see(typedArrayBuffer(value), 'internal', 'its buffer');
      return true;
    case 'dataView':
      see(dataViewBuffer(value), 'internal', 'its buffer');
      return true;
    default:
  }
  return propertyParts(value, kind === 'function', see, goOn);
}

function elementParts(value: unknown[], see: SeePart, goOn: () => boolean): boolean {
  const engine = natives();
  if (engine !== null && (engine.smiElements(value) || engine.doubleElements(value))) return true;
  if (engine === null || engine.dictionaryElements(value)) return propertyParts(value, false, see, goOn);
  for (let i = 0; i < value.length; i++) {
    if (hasOwn(value, i)) see(value[i], 'element', i);
    if (i % PARTS_A_LOOK === PARTS_A_LOOK - 1 && !goOn()) return false;
  }
  return true;
}

function propertyParts(value: object, isFunction: boolean, see: SeePart, goOn: () => boolean): boolean {
  const keys = ownKeys(value);
  for (let i = 0; i < keys.length; i++) {
    const key = keys[i] as PropertyKey;
    // Asking a function for its prototype would make one.
    if ((isFunction && key === 'prototype') || isFormattedStack(value, key)) continue;
    const descriptor = descriptorOf(value, key);
    if (descriptor !== undefined) {
      if (hasOwn(descriptor, 'value')) see(descriptor.value, 'property', key);
      else {
        if (descriptor.get !== undefined) see(descriptor.get, 'property', key);
        if (descriptor.set !== undefined) see(descriptor.set, 'property', key);
      }
    }
    if (i % PARTS_A_LOOK === PARTS_A_LOOK - 1 && !goOn()) return false;
  }
  const prototype: unknown = getPrototypeOf(value);
  if (prototype !== objectPrototype && !isFunction) see(prototype, 'prototype', null);
  return true;
}

/** A module's export that is not initialised yet throws when it is asked for. */
function descriptorOf(value: object, key: PropertyKey): PropertyDescriptor | undefined {
  try {
    return getOwnPropertyDescriptor(value, key);
  } catch {
    return undefined;
  }
}
