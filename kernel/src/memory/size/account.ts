/** Sums over a graph: what each root reaches, what it shares, what all reach together. */
import { arraySort, mapForEach, SafeMap } from '../primordials.js';
import { SAMPLED, TEXT, UNREAD, UNWALKABLE, VIEW, type Graph } from './graph.js';

/** What one root reaches. */
export interface Reach {
  low: number;
  likely: number;
  /** `Infinity` where no bound is known. */
  high: number;
  flags: number;
  /** Likely bytes that another root reaches too. */
  shared: number;
  /** Roots that share a good part of that, by their index, the largest first; not all when there are many. */
  sharedWith: number[];
  /** The visits that all sums may take were spent before this root's turn: its figures miss what others reach too. */
  cutShort: boolean;
  /** Views among what it reaches, by their node; not all when there are many. */
  views: number[];
}

/** Edges that all sums of one accounting may follow: about 30 ms. */
const MOST_VISITS = 3_000_000;
const MOST_NAMES = 8;
/** A partner of less than this share of what the largest one shares is not named. */
const NAMED_SHARE = 0.05;
const MOST_VIEWS = 2_000;
const NOBODY: number[] = [];
const NOTHING: Reach = {
  low: 0,
  likely: 0,
  high: 0,
  flags: 0,
  shared: 0,
  sharedWith: NOBODY,
  cutShort: false,
  views: NOBODY,
};

/** The root of a value that takes no bytes of its own. */
export const NO_NODE = -1;

/** The sums of one walk. */
export class Account {
  readonly reaches: Reach[] = [];
  /** By root: likely bytes that no earlier root reaches. These add up to what all reach together. */
  readonly own: number[] = [];
  /** What the counted roots reach and the others do not: what goes when the counted ones are freed. */
  readonly released = { low: 0, likely: 0, high: 0, flags: 0 };
  readonly total: Reach = {
    low: 0,
    likely: 0,
    high: 0,
    flags: 0,
    shared: 0,
    sharedWith: NOBODY,
    cutShort: false,
    views: NOBODY,
  };
  private anythingShared = false;
  private stamp = 0;
  private readonly mark: Int32Array;
  /** By node: the one root that reaches it, -1 none yet. */
  private readonly reacher: Int32Array;
  private readonly second: Int32Array;
  private readonly queue: Int32Array;
  /** By node: the first root beyond the counted ones that reaches it, -1 for none. */
  private readonly keeper: Int32Array;
  private visits = 0;

  /** @param roots nodes, one a variable. */
  constructor(
    private readonly graph: Graph,
    private readonly roots: readonly number[],
    /** How many of the roots, from the first, the total is about. */
    private readonly counted = roots.length,
  ) {
    const { nodes } = graph;
    this.mark = new Int32Array(nodes);
    this.reacher = new Int32Array(nodes);
    this.second = new Int32Array(nodes);
    this.queue = new Int32Array(nodes);
    this.keeper = new Int32Array(nodes);
    for (let i = 0; i < nodes; i++) this.reacher[i] = this.keeper[i] = -1;
    // Those that count come first, so that a node's first reacher tells whether it belongs to the total.
    for (let i = 0; i < roots.length; i++) this.reaches[i] = this.sum(i);
    for (let i = 0; i < roots.length && this.anythingShared; i++) this.share(i, this.reaches[i] as Reach);
    const { total } = this;
    for (let node = 0; node < nodes; node++) {
      const first = this.reacher[node] as number;
      if (first === -1 || first >= counted) continue;
      total.low += graph.low[node] as number;
      total.likely += graph.likely[node] as number;
      total.high += graph.high[node] as number;
      total.flags |= graph.flags[node] as number;
      if (this.keeper[node] !== -1) continue;
      const { released } = this;
      released.low += graph.low[node] as number;
      released.likely += graph.likely[node] as number;
      released.high += graph.high[node] as number;
      released.flags |= graph.flags[node] as number;
    }
  }

  /** The root beyond the counted ones that reaches a node, -1 for none. */
  keeperOf(node: number): number {
    return node < 0 ? -1 : (this.keeper[node] as number);
  }

  /** Likely bytes of a counted root that roots beyond the counted ones reach too, and those roots. */
  keptOf(index: number): { bytes: number; keepers: number[] } {
    if (this.roots[index] === NO_NODE) return { bytes: 0, keepers: [] };
    const { graph, queue, keeper } = this;
    const count = this.visit(this.roots[index] as number, ++this.stamp, false);
    const partners = new SafeMap<number, number>();
    let bytes = 0;
    for (let i = 0; i < count; i++) {
      const node = queue[i] as number;
      const other = keeper[node] as number;
      if (other === -1 || ((graph.flags[node] as number) & TEXT) !== 0) continue;
      const likely = graph.likely[node] as number;
      bytes += likely;
      partners.set(other, (partners.get(other) ?? 0) + likely);
    }
    return { bytes, keepers: largestOf(partners) };
  }

  private sum(index: number): Reach {
    if (this.roots[index] === NO_NODE) {
      this.own[index] = 0;
      return NOTHING;
    }
    const { graph, reacher, second, queue } = this;
    const cutShort = this.visits > MOST_VISITS;
    const reach: Reach = {
      low: 0,
      likely: 0,
      high: 0,
      flags: 0,
      shared: 0,
      sharedWith: NOBODY,
      cutShort,
      views: NOBODY,
    };
    const count = this.visit(this.roots[index] as number, ++this.stamp, cutShort);
    let own = 0;
    for (let i = 0; i < count; i++) {
      const node = queue[i] as number;
      reach.low += graph.low[node] as number;
      reach.likely += graph.likely[node] as number;
      reach.high += graph.high[node] as number;
      const flags = graph.flags[node] as number;
      reach.flags |= flags;
      if ((flags & VIEW) !== 0) {
        if (reach.views === NOBODY) reach.views = [];
        if (reach.views.length < MOST_VIEWS) reach.views[reach.views.length] = node;
      }
      if (index >= this.counted && this.keeper[node] === -1) this.keeper[node] = index;
      if (reacher[node] === -1) {
        reacher[node] = index;
        own += graph.likely[node] as number;
      } else if (second[node] === 0 && (flags & TEXT) === 0) {
        second[node] = index + 1;
        this.anythingShared = true;
      }
    }
    this.own[index] = own;
    return reach;
  }

  private share(index: number, reach: Reach): void {
    if (reach === NOTHING) return;
    const { graph, reacher, second, queue } = this;
    const partners = new SafeMap<number, number>();
    const count = this.visit(this.roots[index] as number, ++this.stamp, reach.cutShort);
    for (let i = 0; i < count; i++) {
      const node = queue[i] as number;
      const other = second[node] as number;
      if (other === 0) continue;
      const likely = graph.likely[node] as number;
      reach.shared += likely;
      const first = reacher[node] as number;
      const partner = first === index ? other - 1 : first;
      partners.set(partner, (partners.get(partner) ?? 0) + likely);
    }
    if (partners.size > 0) reach.sharedWith = largestOf(partners);
  }

  /**
   * Puts each node that `root` reaches into the queue, once, and gives their number. With `shallow`, it goes no further
   * than what other roots have reached.
   */
  private visit(root: number, stamp: number, shallow: boolean): number {
    const { graph, mark, queue, reacher } = this;
    const { firstEdge, nextEdge, target } = graph;
    let head = 0;
    let tail = 0;
    queue[tail++] = root;
    mark[root] = stamp;
    while (head < tail) {
      const node = queue[head++] as number;
      for (let edge = firstEdge[node] as number; edge >= 0; edge = nextEdge[edge] as number) {
        this.visits++;
        const child = target[edge] as number;
        if (mark[child] === stamp) continue;
        mark[child] = stamp;
        if (shallow && reacher[child] !== -1) continue;
        queue[tail++] = child;
      }
    }
    return tail;
  }
}

/** The roots by what they share, those of little left out. */
function largestOf(partners: SafeMap<number, number>): number[] {
  const ranked: { root: number; bytes: number }[] = [];
  mapForEach(partners, (bytes, root) => {
    ranked[ranked.length] = { root: root as number, bytes: bytes as number };
  });
  arraySort(ranked, (a: { bytes: number }, b: { bytes: number }) => b.bytes - a.bytes);
  const least = (ranked[0]?.bytes ?? 0) * NAMED_SHARE;
  const named: number[] = [];
  for (let i = 0; i < ranked.length && i < MOST_NAMES; i++) {
    const { root, bytes } = ranked[i] as { root: number; bytes: number };
    if (bytes >= least) named[named.length] = root;
  }
  return named;
}

/** The figures of a record, as `Precision` defines them. */
export interface Figure {
  bytes: number;
  low: number;
  high: number | null;
  precision: 'exact' | 'estimate' | 'atLeast';
}

/** A range so narrow is what a person calls exact: 1 %, or the few words V8 may have left free. */
const NARROW = 0.01;
const FEW_WORDS = 16;
/** Below, a part that may or may not be there says nothing next to one that cannot be read. */
const SMALL_FLOOR = 4_096;

/** @param ceiling what all values together cannot exceed: the heap in use and what is outside of it. */
export function figureOf(reach: Reach, ceiling: number): Figure {
  const low = Math.floor(reach.low);
  const high = Math.min(Math.ceil(reach.high), Math.max(ceiling, low));
  const bounded = Number.isFinite(reach.high);
  const likely = Math.min(Math.max(Math.round(reach.likely), low), high);
  const sampled = (reach.flags & SAMPLED) !== 0;
  const floorOnly = (reach.flags & (UNWALKABLE | UNREAD)) !== 0;
  if (floorOnly && !sampled && likely - low <= Math.max(NARROW * likely, SMALL_FLOOR))
    return { bytes: low, low, high: null, precision: 'atLeast' };
  if (floorOnly || reach.cutShort) return { bytes: likely, low, high: null, precision: 'estimate' };
  const exact = !sampled && bounded && high - low <= Math.max(NARROW * likely, FEW_WORDS);
  return { bytes: likely, low, high: bounded ? high : sampled ? high : null, precision: exact ? 'exact' : 'estimate' };
}
