/** Objects that belong to the language, to Node or to the kernel: reached from many values, owned by none. */
import process from 'node:process';
import { getOwnPropertyDescriptor, isProxy, ownKeys, SafeSet } from '../primordials.js';

const realm = new SafeSet<object>();

function exclude(value: unknown): void {
  if (
    (typeof value !== 'object' && typeof value !== 'function') ||
    value === null ||
    isProxy(value) ||
    realm.has(value)
  )
    return;
  realm.add(value);
  if (typeof value !== 'function') return;
  const prototype: unknown = getOwnPropertyDescriptor(value, 'prototype')?.value;
  if (typeof prototype === 'object' && prototype !== null) realm.add(prototype);
}

realm.add(globalThis);
exclude(process);
const names = ownKeys(globalThis);
for (let i = 0; i < names.length; i++) exclude(getOwnPropertyDescriptor(globalThis, names[i] as PropertyKey)?.value);

/** Whether an object counts as nobody's: `globalThis`, what stood on it when the kernel started, what was declared since. */
export const outside = (value: object): boolean => realm.has(value);

/** Declares an object of the kernel (its own registry, packages it loaded) as nobody's. */
export const declareOutside = (value: object): void => exclude(value);
