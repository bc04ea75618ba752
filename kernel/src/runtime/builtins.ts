/**
 * The built-in objects as they were before user code ran. Code of a cell may replace any of them, by intent or not: the
 * kernel's own steps, between which a cell's reply would be lost, run with the original ones.
 */

type Kept = readonly [owner: object, key: PropertyKey, value: unknown];

const { getPrototypeOf, getOwnPropertyDescriptor, defineProperty, deleteProperty, ownKeys } = Reflect;

const iteratorOf = (iterable: Iterable<unknown>): object => getPrototypeOf(iterable[Symbol.iterator]()) as object;

/** Those that the kernel's steps go through. */
const OWNERS: readonly object[] = [
  globalThis.Object,
  globalThis.Object.prototype,
  globalThis.Function.prototype,
  globalThis.Array,
  globalThis.Array.prototype,
  iteratorOf([]),
  getPrototypeOf(iteratorOf([])) as object,
  globalThis.Map.prototype,
  iteratorOf(new Map()),
  globalThis.Set.prototype,
  iteratorOf(new Set()),
  globalThis.WeakMap.prototype,
  globalThis.WeakSet.prototype,
  globalThis.WeakRef.prototype,
  globalThis.Promise,
  globalThis.Promise.prototype,
  globalThis.String.prototype,
  globalThis.Number,
  globalThis.Number.prototype,
  globalThis.RegExp.prototype,
  globalThis.Uint8Array.prototype,
  getPrototypeOf(globalThis.Uint8Array.prototype) as object,
  globalThis.Buffer.prototype,
  globalThis.Buffer,
  globalThis.JSON,
  globalThis.Math,
  globalThis.Reflect,
  globalThis.Date,
];

const KEPT: readonly Kept[] = OWNERS.flatMap((owner) =>
  ownKeys(owner).flatMap((key): Kept[] => {
    const descriptor = getOwnPropertyDescriptor(owner, key);
    const isMethod = descriptor?.configurable === true && typeof descriptor.value === 'function';
    return isMethod ? [[owner, key, descriptor.value]] : [];
  }),
);
const COUNT = KEPT.length;

/**
 * Runs a step of the kernel's own with the original built-ins. What user code has put in their place is back when it
 * returns or throws. Costs some microseconds where nothing was replaced.
 */
export function asOurs<T>(step: () => T): T {
  let replaced: Replaced[] | null = null;
  let count = 0;
  for (let index = 0; index < COUNT; index++) {
    const kept = KEPT[index] as Kept;
    if (isThere(kept)) continue;
    replaced ??= [];
    replaced[count++] = { kept, by: getOwnPropertyDescriptor(kept[0], kept[1]) };
    defineProperty(kept[0], kept[1], { value: kept[2], writable: true, enumerable: false, configurable: true });
  }
  if (replaced === null) return step();
  try {
    return step();
  } finally {
    for (let index = 0; index < count; index++) {
      const { kept, by } = replaced[index] as Replaced;
      // One that was made unchangeable stays as it is.
      if (by === undefined) deleteProperty(kept[0], kept[1]);
      else defineProperty(kept[0], kept[1], by);
    }
  }
}

interface Replaced {
  readonly kept: Kept;
  /** What user code has put there; `undefined` when it was deleted. */
  readonly by: PropertyDescriptor | undefined;
}

function isThere([owner, key, value]: Kept): boolean {
  try {
    return (owner as Record<PropertyKey, unknown>)[key] === value;
  } catch {
    // A getter of the user's.
    return false;
  }
}
