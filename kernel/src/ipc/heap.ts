/**
 * Answers that come from a heap snapshot: the front takes it through the monitor and reads it in a thread of its own, so
 * that the runtime, whose heap is looked at, holds nothing of it.
 */
import type { PathStep } from '@heapmark/protocol';

/** Class of the objects by which the runtime shows the front values that have no name any longer. */
export const FREED_CLASS = 'HeapmarkFreedValue';

/** Texts that keep a much larger one alive, as slices of it. */
export interface PinnedTexts {
  /** The large texts together, bytes. */
  bytes: number;
  /** How many large texts. */
  texts: number;
  /** How many slices of them the name reaches. */
  slices: number;
  /** The value of the name is a slice itself. */
  own: boolean;
}

/** What a name retains. */
export interface RetainedName {
  name: string;
  /** The value and all that it alone keeps alive, bytes. */
  retained: number;
  /** Other names whose value is the same object. */
  aliases: string[];
  /** Something beside these names holds the value: it does not go with them. */
  heldElsewhere: boolean;
  /** The value is a text that lives outside V8's heap: its bytes are not in the snapshot. */
  outside: boolean;
  pinned: PinnedTexts | null;
}

/** A step as the snapshot knows it. */
export interface HeapStep extends PathStep {
  /** Name of the script that declared the function this step is about. */
  script?: string;
}

/** What holds a value: a path from something a person knows. */
export interface HeapHolder {
  steps: HeapStep[];
}

export interface HeapWhy {
  /** `false`: the snapshot holds no such value. */
  found: boolean;
  /** The nearest holder besides the name itself, or every direct one. */
  holders: HeapHolder[];
  /** Direct holders in all, the name itself included. */
  holderCount: number;
  pinned: PinnedTexts | null;
}

/** A text that was freed: it has no identity, so it is found by how it begins. */
export interface FreedText {
  name: string;
  /** First characters, at most {@link TEXT_START}. */
  start: string;
  /** In UTF-16 units. */
  length: number;
}

/** V8 writes so many characters of a text into a snapshot at least. */
export const TEXT_START = 200;

/** Objects of one constructor that are gone. */
export interface GoneObjects {
  type: string;
  count: number;
  bytes: number;
}

/** What the objects of one kind come to, with V8's own parts of them. */
export interface KindTotal {
  /** The constructor; `Object {x, y}`, `function f`, `string`. */
  kind: string;
  count: number;
  bytes: number;
}

/** Where a later snapshot of the same process is compared from; the front keeps what it was made of. */
export interface HeapMark {
  id: number;
}

/** A kind that has grown. */
export interface GrownKind extends KindTotal {
  /** Sizes of its new objects and of their parts in V8's heap, one by one, and how many have each. */
  sizes: [size: number, count: number][];
  /** Sizes of its new objects with their parts, and how many have each: V8 may allocate an object and its parts at once. */
  wholes: [size: number, count: number][];
  /** Who holds most of what is new; `null` when nobody was found. */
  holder: HeapHolder | null;
  /** Everybody who holds a good part of it, with that part, the largest first. */
  held: HeldObjects[];
}

/** New objects of a kind that one container holds, with somebody's shortest path to one. */
export interface HeldObjects {
  holder: HeapHolder;
  count: number;
  bytes: number;
}

/** How large a snapshot was and how long it took, for the next prediction. */
export interface SnapshotFigures {
  nodes: number;
  edges: number;
  /** Time in which V8 made and sent it, ms. */
  takenMs: number;
  /** Size as text, bytes. */
  textBytes: number;
}

/** Questions that need a snapshot; each takes one. */
export interface HeapQuestionMap {
  heapSizes: {
    params: null;
    result: {
      names: RetainedName[];
      /** What all names together keep alive, bytes. */
      together: number;
      figures: SnapshotFigures;
    };
  };
  heapWhy: {
    params: { names: string[]; texts: FreedText[]; all: boolean };
    result: { answers: Record<string, HeapWhy>; figures: SnapshotFigures };
  };
  /** What has gone since the last such question; `null` the first time. */
  heapGone: { params: null; result: { gone: GoneObjects[] | null; figures: SnapshotFigures } };
  /**
   * A place to compare from. The ids of objects are kept until `heapGrown` is asked for the last time; those of a lasting
   * mark as long as the runtime lives.
   */
  heapMark: { params: { lasting: boolean } | null; result: { mark: HeapMark; figures: SnapshotFigures } };
  /** What has grown since a mark, at most so many kinds, the largest first. `last`: the mark is not needed any longer. */
  heapGrown: {
    params: { mark: HeapMark; most: number; last: boolean };
    result: { kinds: GrownKind[]; figures: SnapshotFigures };
  };
  heapFile: {
    params: { path: string; overwrite: boolean };
    result: { path: string; bytes: number; takenMs: number };
  };
}
