/** Weak references to a freed value and to what it is made of: what they still find has not gone. */
import { eachPart, type PartKind } from '../parts.js';
import { type SafeMap, stringOf } from '../primordials.js';

/** Parts of one value that are watched in all, and of one object in it: those nearest to the value. */
const WATCHED_PARTS = 48;
const PARTS_OF_ONE = 16;
/** Farther from the value than these, large ones are watched all the same: this many, of so many bytes each. */
const HEAVY_PARTS = 16;
const HEAVY_BYTES = 65_536;
/** Objects that are looked at for them. */
const MOST_OBJECTS = 2_000;

/** Something that should go: a value, or a part of one. */
export interface Probe {
  readonly name: string;
  /** `.rows`, `[0]`; empty for the value itself. */
  readonly part: string;
  /** The nearest object around it that is watched; `null` for the value itself. */
  readonly within: Probe | null;
  readonly target: WeakRef<object>;
  readonly bytes: number;
}

/** What the walk of sizes knows of an object. */
export interface Known {
  /** Whether it goes with what is freed: no other variable reaches it. */
  goes(part: object): boolean;
  /** Its own bytes, without its parts. */
  bytesOf(part: object): number;
}

/** A part on its way to be looked into. */
interface Found {
  readonly value: object;
  readonly part: string;
  readonly probe: Probe;
}

/**
 * Watches a value and what it is made of, those parts first that are nearest to it: a container in it may have gone while
 * what it held lives on.
 *
 * @param seen objects that are watched already; these are added to.
 */
export function watchValue(
  name: string,
  value: object,
  bytes: number,
  known: Known,
  seen: InstanceType<typeof SafeMap<object, boolean>>,
): Probe[] {
  if (seen.has(value)) return [];
  seen.set(value, true);
  const whole: Probe = { name, part: '', within: null, target: new WeakRef(value), bytes };
  const probes = [whole];
  const queue: Found[] = [{ value, part: '', probe: whole }];
  let looked = 0;
  let heavy = 0;
  for (let head = 0; head < queue.length; head++) {
    const { value: outer, part: path, probe: within } = queue[head] as Found;
    let parts = 0;
    const see = (part: unknown, kind: PartKind, key: unknown): void => {
      if (((typeof part !== 'object' || part === null) && typeof part !== 'function') || kind === 'prototype') return;
      if (++looked > MOST_OBJECTS || seen.has(part) || !known.goes(part)) return;
      seen.set(part, true);
      const own = known.bytesOf(part);
      const isNear = probes.length - heavy <= WATCHED_PARTS && parts < PARTS_OF_ONE;
      const isHeavy = !isNear && heavy < HEAVY_PARTS && own >= HEAVY_BYTES;
      let probe = within;
      const partPath = `${path}${partName(kind, key)}`;
      if (isNear || isHeavy) {
        if (isNear) parts++;
        else heavy++;
        probe = { name, part: partPath, within, target: new WeakRef(part), bytes: own };
        probes[probes.length] = probe;
      }
      queue[queue.length] = { value: part, part: partPath, probe };
    };
    const goOn = (): boolean => looked <= MOST_OBJECTS;
    // A tiny typed array that is asked for its buffer moves its data out of the heap.
    if (!eachPart(outer, see, goOn, () => false)) break;
  }
  return probes;
}

function partName(kind: PartKind, key: unknown): string {
  switch (kind) {
    case 'element':
      return `[${stringOf(key as number)}]`;
    case 'property':
      return typeof key === 'symbol' ? '[symbol]' : `.${stringOf(key as string)}`;
    case 'internal':
      return `'s ${stringOf(key as string).slice(4)}`;
    case 'mapValue':
      if (typeof key === 'string') return `.get('${key}')`;
      return typeof key === 'number' ? `.get(${stringOf(key)})` : ' (an entry)';
    default:
      return kind === 'setMember' ? ' (a member)' : ' (an entry)';
  }
}
