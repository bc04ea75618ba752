/**
 * Finds who holds a value: a bounded, breadth-first walk from the globals that remembers how it came to each object.
 * No code of the user is run; what a closure, a pending timer or a promise holds is out of its sight.
 */
import type { Holder, PathStep } from '@heapmark/protocol';
import type { GlobalEntry } from '../runtime/context.js';
import { holderText } from './holder-text.js';
import { cellRefOf } from './list/list.js';
import { previewOf } from './list/preview.js';
import { printable } from './list/text.js';
import { eachPart, type PartKind } from './parts.js';
import type { Probes } from './probes.js';
import { SafeMap, stringOf } from './primordials.js';

/** Time for one search, ms, and objects it may look at. */
const SEARCH_BUDGET = 150;
const MOST_OBJECTS = 400_000;
const OBJECTS_A_LOOK = 64;
/** Tiny typed arrays that one search may ask for their buffer, variables before what they hold. */
const BUFFERS_ASKED = 1_000;

interface Step {
  readonly from: number;
  readonly kind: PartKind | 'global';
  readonly key: unknown;
  readonly target: object;
}

/** What a search found, by target; `complete` when the walk saw all it can see. */
export interface Found {
  readonly holders: SafeMap<object, Holder>;
  readonly complete: boolean;
}

/** Looks for paths from `roots` to each of `targets`; the first found is the shortest. */
export function findHolders(roots: readonly GlobalEntry[], targets: readonly object[], probes: Probes): Found {
  const until = probes.now() + SEARCH_BUDGET;
  const wanted = new SafeMap<object, boolean>();
  for (let i = 0; i < targets.length; i++) wanted.set(targets[i] as object, true);
  const holders = new SafeMap<object, Holder>();
  const seen = new SafeMap<object, number>();
  const steps: Step[] = [];
  let left = wanted.size;
  const meet = (value: unknown, from: number, kind: Step['kind'], key: unknown): void => {
    if ((typeof value !== 'object' && typeof value !== 'function') || value === null || seen.has(value)) return;
    const index = steps.length;
    seen.set(value, index);
    steps[index] = { from, kind, key, target: value };
    if (wanted.has(value)) {
      holders.set(value, describe(steps, index, roots));
      left--;
    }
  };
  for (let i = 0; i < roots.length; i++) meet((roots[i] as GlobalEntry).value, -1, 'global', i);
  let complete = true;
  let buffersToAsk = BUFFERS_ASKED;
  for (let head = 0; head < steps.length && left > 0; head++) {
    if (head > MOST_OBJECTS || (head % OBJECTS_A_LOOK === 0 && probes.now() > until)) {
      complete = false;
      break;
    }
    const whole = eachPart(
      (steps[head] as Step).target,
      (part, kind, key) => meet(part, head, kind, key),
      () => left > 0 && probes.now() <= until,
      () => buffersToAsk-- > 0,
    );
    if (!whole && left > 0) complete = false;
  }
  return { holders, complete };
}

function describe(steps: readonly Step[], index: number, roots: readonly GlobalEntry[]): Holder {
  const path: PathStep[] = [];
  let at = index;
  let root: GlobalEntry | undefined;
  const trail: Step[] = [];
  while (at >= 0) {
    const step = steps[at] as Step;
    trail[trail.length] = step;
    at = step.from;
  }
  for (let i = trail.length - 1; i >= 0; i--) {
    const step = trail[i] as Step;
    if (step.kind === 'global') root = roots[step.key as number];
    path[path.length] = stepOf(step, root);
  }
  return { path, text: holderText(path), cell: cellRefOf(root?.owner), retainedBytes: null };
}

function stepOf({ kind, key }: Step, root: GlobalEntry | undefined): PathStep {
  switch (kind) {
    case 'global':
      return { kind: 'global', name: root?.name ?? '' };
    case 'element':
      return { kind, name: `[${stringOf(key as number)}]` };
    case 'mapKey':
      return { kind, name: `Map key ${previewOf(key)}` };
    case 'mapValue':
      return { kind, name: `Map entry ${previewOf(key)} -> value` };
    case 'setMember':
      return { kind, name: 'Set member' };
    case 'prototype':
      return { kind, name: 'its prototype' };
    case 'internal':
      return { kind, name: printable(key as string, 60) };
    default:
      return {
        kind: 'property',
        name: typeof key === 'symbol' ? `[${previewOf(key)}]` : `.${printable(stringOf(key as string), 60)}`,
      };
  }
}
