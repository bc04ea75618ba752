/**
 * Large containers are read in part and extrapolated. This file keeps what the sample showed and draws the conclusion.
 *
 * Members of a sample may share parts (a category, a common parent), so a plain mean would count those once a member.
 * Nodes are put into groups by where they hang below a member, and for each group the number of distinct ones that were
 * not met is estimated from how many were met once and twice (A. Chao, "Nonparametric estimation of the number of
 * classes in a population", Scandinavian Journal of Statistics 11, 1984). With no node met twice, all may be distinct,
 * and the chance of meeting none twice bounds their number from below.
 */
import { mapForEach, SafeMap, SafeSet } from '../primordials.js';
import { SAMPLED, UNREAD, type Graph } from './graph.js';

/** -ln(0.05), twice: with D distinct ones, k draws show none twice with a probability of exp(-k * k / 2D). */
const NONE_TWICE = 6;
/** Standard deviations on each side: 97.5 % for small samples and skew. */
const DEVIATIONS = 2.4;
/** So few members give no upper bound for the rest. */
const FEW_MEMBERS = 8;
/** An event not seen in k draws has a rate below 3 / k (95 %). */
const RULE_OF_THREE = 3;

/** A container that is read in part. */
export interface Sample {
  /** Its node. */
  readonly node: number;
  /** Members in all. */
  readonly size: number;
  /** Members read so far. */
  taken: number;
  /** Numbers and texts that are members themselves stand in the node; these are their sums, to extrapolate. */
  primitiveLikely: number;
  primitiveSquares: number;
  primitiveHigh: number;
  /** All texts met directly were equal: then they are probably one. */
  sameText: string | null | undefined;
}

const grown = (old: Int32Array): Int32Array => {
  const larger = new Int32Array(old.length * 2);
  larger.set(old);
  return larger;
};

interface Group {
  once: number;
  twice: number;
  low: number;
  likely: number;
  high: number;
}

/** Which nodes were met by which member of which container. */
export class SampleLog {
  readonly samples: Sample[] = [];
  /** By node: container (1-based; 0 when met outside of any sample), member that met it first, last, how often, group. */
  private owner = new Int32Array(1024);
  private first = new Int32Array(1024);
  private last = new Int32Array(1024);
  private met = new Int32Array(1024);
  private group = new Int32Array(1024);

  open(node: number, size: number): number {
    this.samples[this.samples.length] = {
      node,
      size,
      taken: 0,
      primitiveLikely: 0,
      primitiveSquares: 0,
      primitiveHigh: 0,
      sameText: undefined,
    };
    return this.samples.length;
  }

  /** A node was met for the first time, by member `draw` of container `owner`. */
  begin(node: number, owner: number, draw: number, group: number): void {
    while (node >= this.owner.length) this.growAll();
    this.owner[node] = owner;
    this.first[node] = draw;
    this.last[node] = draw;
    this.met[node] = 1;
    this.group[node] = group;
  }

  /** A node was met again. */
  again(node: number, draw: number): void {
    if (node < this.owner.length && this.last[node] !== draw) {
      this.last[node] = draw;
      (this.met[node] as number)++;
    }
  }

  /** Extrapolates every container that was read in part, inner ones first, into the sizes of its node. */
  conclude(graph: Graph): void {
    if (this.samples.length === 0) return;
    while (graph.nodes > this.owner.length) this.growAll();
    this.spread(graph, 3);
    this.spread(graph, 2);
    // 0 ends a list: nodes are kept one higher.
    const next = new Int32Array(graph.nodes);
    const head = new Int32Array(this.samples.length + 1);
    for (let node = 0; node < graph.nodes; node++) {
      const owner = this.owner[node] as number;
      if (owner === 0) continue;
      next[node] = head[owner] as number;
      head[owner] = node + 1;
    }
    for (let owner = this.samples.length; owner > 0; owner--) {
      const sample = this.samples[owner - 1] as Sample;
      this.extrapolate(graph, sample, head[owner] as number, next);
    }
  }

  /** What hangs below a node that several members share is shared by them too. */
  private spread(graph: Graph, times: number): void {
    const stack: number[] = [];
    let depth = 0;
    for (let node = 0; node < graph.nodes; node++)
      if (this.owner[node] !== 0 && (this.met[node] as number) >= times) stack[depth++] = node;
    while (depth > 0) {
      const node = stack[--depth] as number;
      for (let edge = graph.firstEdge[node] as number; edge >= 0; edge = graph.nextEdge[edge] as number) {
        const child = graph.target[edge] as number;
        if (this.owner[child] === 0 || (this.met[child] as number) >= times) continue;
        this.met[child] = times;
        stack[depth++] = child;
      }
    }
  }

  private extrapolate(graph: Graph, sample: Sample, firstNode: number, next: Int32Array): void {
    const { size } = sample;
    const unfinished = this.unfinished(graph, firstNode, next);
    if (sample.taken >= size && unfinished.size === 0) return;
    // A member that was drawn and not read to its end is none of the sample.
    const taken = sample.taken - unfinished.size;
    if (taken <= 0) {
      graph.flag(sample.node, UNREAD);
      graph.grow(sample.node, 0, 0, Infinity);
      return;
    }
    graph.flag(sample.node, SAMPLED);
    for (let node = firstNode - 1; node >= 0; node = (next[node] as number) - 1)
      if (this.met[node] === 1) graph.unflag(node, UNREAD);
    const groups = new SafeMap<number, Group>();
    const members = new SafeMap<number, number>();
    for (let node = firstNode - 1; node >= 0; node = (next[node] as number) - 1) {
      const key = this.group[node] as number;
      let group = groups.get(key);
      if (group === undefined) groups.set(key, (group = { once: 0, twice: 0, low: 0, likely: 0, high: 0 }));
      if (this.met[node] === 2) group.twice++;
      if (this.met[node] !== 1 || unfinished.has(this.first[node] as number)) continue;
      group.once++;
      group.low += graph.low[node] as number;
      group.likely += graph.likely[node] as number;
      group.high += graph.high[node] as number;
      const member = this.first[node] as number;
      members.set(member, (members.get(member) ?? 0) + (graph.likely[node] as number));
    }
    const rest = size / taken - 1;
    const { error, tail } = spreadOf(members, taken, size);
    let low = 0;
    let likely = 0;
    let high = 0;
    mapForEach(groups, (value) => {
      const group = value as Group;
      if (group.once === 0) return;
      const unmet = unmetShare(group.once, group.twice, rest);
      low += group.low * unmet.low;
      likely += group.likely * unmet.likely;
      high += group.high * unmet.high;
    });
    // Texts and numbers have no identity: likely as many as references, at most as many.
    const oneText = typeof sample.sameText === 'string' && taken >= 8;
    likely += oneText ? -sample.primitiveLikely * (1 - 1 / taken) : sample.primitiveLikely * rest;
    high += sample.primitiveHigh * rest * (1 + primitiveError(sample));
    graph.grow(
      sample.node,
      low * Math.max(0, 1 - error - primitiveError(sample)),
      likely,
      taken < FEW_MEMBERS ? Infinity : high * (1 + error) + tail,
    );
  }

  /**
   * Members of which something was not read when the time was over. What the others show stands for them: they are
   * unread no longer.
   */
  private unfinished(graph: Graph, firstNode: number, next: Int32Array): SafeSet<number> {
    const found = new SafeSet<number>();
    for (let node = firstNode - 1; node >= 0; node = (next[node] as number) - 1) {
      if (((graph.flags[node] as number) & UNREAD) === 0) continue;
      found.add(this.first[node] as number);
    }
    return found;
  }

  private growAll(): void {
    this.owner = grown(this.owner) as never;
    this.first = grown(this.first) as never;
    this.last = grown(this.last) as never;
    this.met = grown(this.met) as never;
    this.group = grown(this.group) as never;
  }
}

/** Distinct ones that were not met, as a multiple of those met once. */
function unmetShare(once: number, twice: number, rest: number): { low: number; likely: number; high: number } {
  const onceLow = Math.max(0, once - 2 * Math.sqrt(once));
  const twiceHigh = twice + 2 * Math.sqrt(twice) + 1;
  const floor = twice === 0 ? (once * once) / NONE_TWICE - once : (onceLow * onceLow) / (2 * twiceHigh);
  const likely = twice === 0 ? rest : Math.min(rest, once / (2 * twice));
  return { low: Math.max(0, Math.min(rest, floor / once)), likely, high: rest };
}

function primitiveError({ primitiveLikely, primitiveSquares, taken, size }: Sample): number {
  const mean = primitiveLikely / taken;
  if (mean === 0) return 0;
  const variance = Math.max(0, primitiveSquares / taken - mean * mean);
  return (DEVIATIONS * Math.sqrt((variance * (1 - taken / size)) / taken)) / mean;
}

/** Relative error of the mean of what members add, and what rare large members may add that the sample missed. */
function spreadOf(members: SafeMap<number, number>, taken: number, size: number): { error: number; tail: number } {
  let sum = 0;
  let squares = 0;
  let largest = 0;
  mapForEach(members, (value) => {
    const bytes = value as number;
    sum += bytes;
    squares += bytes * bytes;
    if (bytes > largest) largest = bytes;
  });
  const mean = sum / taken;
  if (mean === 0) return { error: 0, tail: 0 };
  const variance = Math.max(0, squares / taken - mean * mean);
  const left = 1 - taken / size;
  const error = (DEVIATIONS * Math.sqrt((variance * left) / taken)) / mean;
  return { error, tail: RULE_OF_THREE * (size / taken - 1) * Math.max(0, largest - mean) * Math.min(1, left) };
}
