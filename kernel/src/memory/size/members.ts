/** Members of large containers, drawn one by one in an order that is a fair sample at any moment. */
import {
  getOwnPropertyDescriptor,
  hasOwn,
  mapGet,
  mapKeys,
  mapKeysNext,
  mapSize,
  setSize,
  setValues,
  setValuesNext,
} from '../primordials.js';
import type { Walker } from './walker.js';

/** Something to draw from; ends after `size` draws. */
export interface Members {
  readonly size: number;
  /** Gives the next member to `walker.reach(node, …)`; `false` when there is none left. */
  draw(walker: Walker, node: number): boolean;
}

/** Entries of a Map or Set are passed over at this rate at most, so that the sample covers a large one whole. */
const WANTED_DRAWS = 8_000;
const READ_WHOLE = 30_000;
const skipFor = (size: number): number => (size <= READ_WHOLE ? 0 : Math.max(0, Math.floor(size / WANTED_DRAWS) - 1));

const greatestCommonDivisor = (a: number, b: number): number => {
  // No destructuring: it would go through the array iterator, which a user may replace.
  let larger = a;
  let smaller = b;
  while (smaller !== 0) {
    const rest = larger % smaller;
    larger = smaller;
    smaller = rest;
  }
  return larger;
};

/** Positions of a list of `size`, each once, spread evenly from the first draw on: steps near the golden section. */
export class Scatter {
  private readonly step: number;
  private position: number;

  constructor(
    readonly size: number,
    seed: number,
  ) {
    let step = Math.max(1, Math.round(size * 0.6180339887));
    while (greatestCommonDivisor(size, step) !== 1) step++;
    this.step = step % Math.max(1, size);
    this.position = Math.floor(seed * size);
  }

  next(): number {
    const position = this.position;
    this.position = (position + this.step) % this.size;
    return position;
  }
}

/** Elements of an array. */
export class ArrayMembers implements Members {
  private readonly scatter: Scatter;
  readonly size: number;

  constructor(
    private readonly values: readonly unknown[],
    /** Elements are plain slots: reading one runs no code. */
    private readonly readable: boolean,
    private readonly holes: boolean,
    seed: number,
  ) {
    this.size = values.length;
    this.scatter = new Scatter(this.size, seed);
  }

  draw(walker: Walker, node: number): boolean {
    reachElement(walker, node, this.values, this.scatter.next(), this.readable, this.holes);
    return true;
  }
}

/** Reads one element without running code. */
export function reachElement(
  walker: Walker,
  node: number,
  values: readonly unknown[],
  index: number,
  readable: boolean,
  holes: boolean,
): void {
  if (readable) {
    if (!holes || hasOwn(values, index)) walker.reach(node, values[index]);
    return;
  }
  const descriptor = getOwnPropertyDescriptor(values, index);
  if (descriptor !== undefined) reachDescriptor(walker, node, descriptor);
}

/** What a property holds: its value, or its two functions. */
export function reachDescriptor(walker: Walker, node: number, descriptor: PropertyDescriptor): void {
  if (hasOwn(descriptor, 'value')) {
    walker.reach(node, descriptor.value);
    return;
  }
  if (descriptor.get !== undefined) walker.reach(node, descriptor.get);
  if (descriptor.set !== undefined) walker.reach(node, descriptor.set);
}

/** Named properties of an object that keeps them in a table. */
export class PropertyMembers implements Members {
  private readonly scatter: Scatter;
  readonly size: number;

  constructor(
    private readonly holder: object,
    private readonly names: readonly PropertyKey[],
    seed: number,
    /** The names are texts of the table's own, not indices. */
    private readonly holdsNames: boolean,
  ) {
    this.size = names.length;
    this.scatter = new Scatter(this.size, seed);
  }

  draw(walker: Walker, node: number): boolean {
    const name = this.names[this.scatter.next()] as PropertyKey;
    if (this.holdsNames) {
      walker.place(1);
      walker.reach(node, name);
    }
    walker.place(2);
    const descriptor = getOwnPropertyDescriptor(this.holder, name);
    if (descriptor !== undefined) reachDescriptor(walker, node, descriptor);
    return true;
  }
}

/** Entries of a Map: keys are passed over, values of the drawn ones are looked up. */
export class MapMembers implements Members {
  private readonly iterator: object;
  private readonly skip: number;
  readonly size: number;

  constructor(private readonly map: object) {
    this.size = mapSize(map);
    this.iterator = mapKeys(map);
    this.skip = skipFor(this.size);
  }

  draw(walker: Walker, node: number): boolean {
    for (let i = 0; i < this.skip; i++) mapKeysNext(this.iterator);
    const step = mapKeysNext(this.iterator);
    if (step.done) return false;
    walker.place(1);
    walker.reach(node, step.value);
    walker.place(2);
    walker.reach(node, mapGet(this.map, step.value));
    return true;
  }
}

/** Members of a Set. */
export class SetMembers implements Members {
  private readonly iterator: object;
  private readonly skip: number;
  readonly size: number;

  constructor(set: object) {
    this.size = setSize(set);
    this.iterator = setValues(set);
    this.skip = skipFor(this.size);
  }

  draw(walker: Walker, node: number): boolean {
    for (let i = 0; i < this.skip; i++) setValuesNext(this.iterator);
    const step = setValuesNext(this.iterator);
    if (step.done) return false;
    walker.reach(node, step.value);
    return true;
  }
}
