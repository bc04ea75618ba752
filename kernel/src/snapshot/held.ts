/** Who holds what is new of one kind: holders of single objects, put together by the container they lead to. */
import type { HeapHolder, HeapStep, HeldObjects } from '../ipc/heap.js';
import { isOurs } from './words.js';

/** Steps of a path that tell one container from another. */
const TELLING_STEPS = 3;
/** Holders of a smaller part of a kind's new objects go with the commonest. */
const WORTH_A_HOLDER = 0.08;
/** Steps into a container, each object's own. */
const MEMBERS: ReadonlySet<HeapStep['kind']> = new Set(['element', 'mapKey', 'mapValue', 'setMember']);

/** An object that is new, with its parts. */
export interface NewObject {
  /** `null` where nobody was found. */
  readonly holder: HeapHolder | null;
  readonly bytes: number;
}

/**
 * Shares of `count` objects and `bytes` by the holders of some of them, the largest first; each with its shortest path.
 * `null` when most are held by the kernel alone, and so are the kernel's.
 *
 * @param largest the one with most bytes: what the others do not explain is its growth, as of a buffer that is made anew.
 */
export function heldObjects(
  asked: readonly NewObject[],
  largest: NewObject | null,
  count: number,
  bytes: number,
): HeldObjects[] | null {
  const theirs = asked.map(({ holder, bytes: own }) => ({ holder: holder && theirPart(holder), bytes: own }));
  const kernels = theirs.filter(({ holder }) => holder === KERNELS).length;
  if (kernels > asked.length / 2) return null;
  const groups = new Map<string, { holder: HeapHolder; count: number; bytes: number }>();
  for (const { holder, bytes: own } of theirs) {
    if (holder === null || holder === KERNELS || holder.steps.length === 0) continue;
    const key = containerOf(holder);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, { holder, count: 1, bytes: own });
    else {
      group.count++;
      group.bytes += own;
      if (holder.steps.length < group.holder.steps.length) group.holder = holder;
    }
  }
  const known = [...groups.values()].reduce((sum, group) => sum + group.count, 0);
  const worth = [...groups.values()].filter((group) => group.count >= known * WORTH_A_HOLDER);
  const all = worth.reduce((sum, group) => sum + group.count, 0);
  const held = worth.map((group): HeldObjects => {
    const share = Math.max(0, (count * group.count) / all);
    return { holder: group.holder, count: share, bytes: (share * group.bytes) / group.count };
  });
  return withRest(held, largest, bytes).sort((a, b) => b.bytes - a.bytes);
}

/** Brings the parts to the whole: what is too much in proportion, what is missing as the growth of the largest. */
function withRest(held: HeldObjects[], largest: NewObject | null, bytes: number): HeldObjects[] {
  const told = held.reduce((sum, each) => sum + each.bytes, 0);
  const rest = bytes - told;
  if (largest !== null && largest.holder !== null && rest > bytes * WORTH_A_HOLDER)
    return [...held, { holder: theirPart(largest.holder), count: 0, bytes: rest }];
  return told === 0 ? held : held.map((each) => ({ ...each, bytes: (each.bytes * bytes) / told }));
}

/** The path as far as it is the same for all members of one container. */
function containerOf({ steps }: HeapHolder): string {
  const member = steps.findIndex(({ kind }) => MEMBERS.has(kind));
  const telling = steps.slice(0, Math.min(TELLING_STEPS, member < 0 ? TELLING_STEPS : Math.max(1, member)));
  return telling.map(({ kind, name }) => `${kind} ${name}`).join(' -> ');
}

/** A path that leads through the kernel's code and nowhere else. */
const KERNELS: HeapHolder = { steps: [] };

/** A path through the kernel's code begins where it comes to the user's, as to a function that the kernel was given. */
function theirPart(holder: HeapHolder): HeapHolder {
  const last = holder.steps.findLastIndex(({ script }) => script !== undefined && isOurs(script));
  if (last < 0) return holder;
  const first = holder.steps.findIndex(({ script }, index) => index > last && script !== undefined);
  return first < 0 ? KERNELS : { steps: holder.steps.slice(first) };
}
