/** Questions to one heap snapshot of the runtime: what each name retains, and what keeps a value alive. */
import type { FreedText, GrownKind, HeapHolder, HeapStep, HeapWhy, PinnedTexts, RetainedName } from '../ipc/heap.js';
import { anchorOf, isAnchored, isTimer } from './anchors.js';
import { dominators, retainedSizes, type Dominators } from './dominators.js';
import { nodeNameOf, nodeTypeName, strongEdges, type HeapGraph } from './graph.js';
import { growthSince } from './growth.js';
import { kindsOf, totalsOf, type HeapTotals } from './kinds.js';
import { freedValues, namedValues, REGISTRY, type NamedValue } from './names.js';
import { directHolders, PathFinder, type PathEdge } from './retainers.js';
import { findText, isOutsideText, pinnedTexts, slicedTexts } from './texts.js';
import { isOurs, scriptOf, stepsOf } from './words.js';

/** Objects that reach everything, as the functions of Node's own modules do: a path through one explains nothing. */
const WORLD: ReadonlySet<string> = new Set(['system / NativeContext', 'global', 'process', REGISTRY]);

/** Edges of every object that lead to what its kind has in common. */
const COMMON: ReadonlySet<string> = new Set(['__proto__', 'constructor', 'map', 'feedback_cell']);

/** Most direct holders that are put into words. */
const MOST_HOLDERS = 50;

/** Steps of a path to what is new: nobody reads more, and a list of a million states has a million. */
const LONGEST_PATH = 60;

/** A value that somebody asks about. */
interface Target {
  node: number;
  /** Edges that do not count as holders: the name's own. */
  own: readonly number[];
}

export class HeapAnalysis {
  private readonly strong: Uint8Array;
  private readonly names: Map<string, NamedValue>;
  private readonly freed: Map<string, NamedValue>;
  private readonly nameOfBinding: Map<number, string>;
  private dominatorTree: Dominators | null = null;
  private sizes: Float64Array | null = null;
  private pinned: Map<number, PinnedTexts> | null = null;
  private calm: Uint8Array | null = null;
  private world: number[] | null = null;

  constructor(readonly graph: HeapGraph) {
    this.strong = strongEdges(graph);
    this.names = namedValues(graph);
    this.freed = freedValues(graph);
    this.nameOfBinding = new Map([...this.names.values()].map(({ name, binding }) => [binding, name]));
  }

  /** Retained size of a node, bytes. */
  retained(node: number): number {
    this.sizes ??= retainedSizes(this.graph, this.tree());
    return this.sizes[node] ?? 0;
  }

  /** What every name retains, the largest first. Names of small integers have no object and are not in the list. */
  retainedByName(): RetainedName[] {
    const byValue = new Map<number, string[]>();
    for (const { name, value } of this.names.values()) {
      const known = byValue.get(value);
      if (known === undefined) byValue.set(value, [name]);
      else known.push(name);
    }
    const pinned = this.pinnedByValue();
    return [...this.names.values()]
      .map(({ name, value, binding }) => ({
        name,
        retained: this.retained(value),
        aliases: (byValue.get(value) ?? []).filter((other) => other !== name),
        // Where several names have the value, none of them alone could tell.
        heldElsewhere: byValue.get(value)?.length === 1 && !this.isDominatedBy(value, binding),
        outside: isOutsideText(this.graph, value),
        pinned: pinned.get(value) ?? null,
      }))
      .sort((a, b) => b.retained - a.retained);
  }

  /** Whether nothing but a binding, by itself or by its own store of properties, leads to a value. */
  private isDominatedBy(value: number, binding: number): boolean {
    const { idom } = this.tree();
    const nearest = idom[value] ?? -1;
    return nearest === binding || idom[nearest] === binding;
  }

  /** What all names together keep alive, bytes: all that would not be reached without them. */
  retainedTogether(): number {
    const { graph } = this;
    const without = this.strong.slice();
    // Every edge of a binding: V8 may keep its value in a store beside it, too.
    for (const { binding } of this.names.values())
      without.fill(0, graph.firstEdge[binding], graph.firstEdge[binding + 1]);
    const left = new PathFinder(graph, without, [0]);
    let bytes = 0;
    for (const node of this.tree().order) if (!left.reaches(node)) bytes += graph.selfSize[node] ?? 0;
    return bytes;
  }

  /**
   * What keeps the value of a name alive besides the name itself: the shortest path from another name, else from V8's
   * roots (timers, listeners, handles); with `all`, every direct holder. A name that was freed is known by the object
   * that shows its value.
   */
  why(name: string, all: boolean): HeapWhy {
    const named = this.names.get(name) ?? this.freed.get(name);
    if (named === undefined) return { found: false, holders: [], holderCount: 0, pinned: null };
    return this.whyNode({ node: named.value, own: [named.edge] }, all, this.names.has(name) ? 1 : 0);
  }

  /** The same for a text that was freed. */
  whyText(text: FreedText, all: boolean): HeapWhy {
    const node = findText(this.graph, text);
    if (node === null) return { found: false, holders: [], holderCount: 0, pinned: null };
    return this.whyNode({ node, own: [] }, all, 0);
  }

  /** What a later snapshot is compared with. */
  totals(): HeapTotals {
    return totalsOf(this.graph, kindsOf(this.graph, this.tree()));
  }

  /** What has grown since an earlier snapshot of the same process, with the nearest holder of what is new. */
  grownSince(before: HeapTotals, most: number): GrownKind[] {
    const paths = new Paths(this, []);
    return growthSince(this.graph, kindsOf(this.graph, this.tree()), before, most, (node) => {
      const path = paths.nearest(node);
      return path === null ? null : this.describe(path.slice(0, LONGEST_PATH));
    });
  }

  private whyNode(target: Target, all: boolean, ownNames: number): HeapWhy {
    const { graph } = this;
    const shown = new Set([...this.freed.values()].map(({ edge }) => edge));
    const direct = directHolders(graph, this.strong, target.node).filter(
      ({ edge, from }) =>
        !target.own.includes(edge) && !shown.has(edge) && this.isAlive(from) && !isEngines(this.graph, from),
    );
    const paths = new Paths(this, target.own);
    const chosen = all
      ? direct.slice(0, MOST_HOLDERS).map((edge) => paths.through(edge))
      : [paths.nearest(target.node)];
    const holders = chosen.filter((path) => path !== null).map((path) => this.describe(path));
    return {
      found: true,
      holders,
      holderCount: Math.max(direct.length, holders.length) + ownNames,
      pinned: this.pinnedByValue().get(target.node) ?? null,
    };
  }

  /** Searches from the user's names, without crossing into V8's and Node's own objects, where all reaches all. */
  fromNames(without: readonly number[]): PathFinder {
    const open = this.calmEdges().slice();
    for (const edge of without) open[edge] = 0;
    return new PathFinder(this.graph, open, this.nameOfBinding.keys(), this.worldNodes());
  }

  /** Searches from V8's roots, without passing the names. */
  fromRoots(without: readonly number[]): PathFinder {
    const open = this.strong.slice();
    for (const edge of without) open[edge] = 0;
    const shown = [...this.freed.values()].map(({ binding }) => binding);
    return new PathFinder(this.graph, open, [0], [...this.nameOfBinding.keys(), ...shown]);
  }

  /** Searches from pending timers as {@link fromNames} does from names. */
  fromTimers(without: readonly number[]): PathFinder {
    const open = this.calmEdges().slice();
    for (const edge of without) open[edge] = 0;
    const timers: number[] = [];
    for (let node = 0; node < this.graph.nodeCount; node++)
      if (isTimer(this.graph, node) && this.isAlive(node)) timers.push(node);
    return new PathFinder(this.graph, open, timers, [...this.nameOfBinding.keys(), ...this.worldNodes()]);
  }

  private tree(): Dominators {
    return (this.dominatorTree ??= dominators(this.graph, this.strong));
  }

  private isAlive(node: number): boolean {
    return (this.tree().idom[node] ?? -1) >= 0;
  }

  private pinnedByValue(): Map<number, PinnedTexts> {
    if (this.pinned !== null) return this.pinned;
    const sliced = slicedTexts(this.graph, this.strong, this.tree());
    const values = new Set([...this.names.values()].map(({ value }) => value));
    return (this.pinned = pinnedTexts(this.graph, this.tree(), sliced, values));
  }

  /** Strong edges that say something about a value, and of bindings their values alone. */
  private calmEdges(): Uint8Array {
    if (this.calm !== null) return this.calm;
    const { graph } = this;
    const open = this.strong.slice();
    const common = new Uint8Array(graph.strings.length);
    graph.strings.forEach((text, index) => {
      if (COMMON.has(text)) common[index] = 1;
    });
    const byIndex = ['element', 'hidden'].map((type) => graph.types.edge.indexOf(type));
    for (let edge = 0; edge < graph.edgeCount; edge++) {
      if (common[graph.edgeName[edge] ?? 0] === 1 && !byIndex.includes(graph.edgeType[edge] ?? 0)) open[edge] = 0;
    }
    for (const { binding, edge } of this.names.values()) {
      open.fill(0, graph.firstEdge[binding], graph.firstEdge[binding + 1]);
      open[edge] = 1;
    }
    return (this.calm = open);
  }

  private worldNodes(): number[] {
    if (this.world !== null) return this.world;
    const { graph } = this;
    const nodes: number[] = [];
    for (let node = 0; node < graph.nodeCount; node++) {
      if (WORLD.has(nodeNameOf(graph, node))) nodes.push(node);
      else if (nodeTypeName(graph, node) === 'closure') {
        const script = scriptOf(graph, node);
        if (script !== null && (script.startsWith('node:') || isOurs(script))) nodes.push(node);
      }
    }
    for (const { binding } of this.freed.values()) nodes.push(binding);
    return (this.world = nodes);
  }

  private describe(path: readonly PathEdge[]): HeapHolder {
    const name = this.nameOfBinding.get(path[0]?.from ?? -1);
    const { root, rest } =
      name === undefined
        ? anchorOf(this.graph, path)
        : { root: { kind: 'global' as const, name } satisfies HeapStep, rest: path.slice(1) };
    return { steps: [root, ...stepsOf(this.graph, rest, path[path.length - rest.length - 1])] };
  }
}

/** V8's roots and compiled code, which hold a value for a while: no holders that a person could let go. */
const isEngines = (graph: HeapGraph, node: number): boolean =>
  ['synthetic', 'code'].includes(nodeTypeName(graph, node));

/** Paths to one value and its holders; each search is made when it is first needed. */
class Paths {
  private named: PathFinder | null = null;
  private rooted: PathFinder | null = null;
  private timed: PathFinder | null = null;

  constructor(
    private readonly analysis: HeapAnalysis,
    private readonly own: readonly number[],
  ) {}

  /** The shortest path that a person understands; `null` when nothing else holds the value. */
  nearest(node: number): PathEdge[] | null {
    const path = this.to(node);
    return path === null || path.length === 0 ? null : path;
  }

  /** The path by one direct holder; one that hangs on the value itself begins there. */
  through(edge: PathEdge): PathEdge[] {
    return [...(this.to(edge.from) ?? []), edge];
  }

  private to(node: number): PathEdge[] | null {
    this.named ??= this.analysis.fromNames(this.own);
    const path = this.named.pathTo(node);
    if (path !== null) return path;
    this.rooted ??= this.analysis.fromRoots(this.own);
    const rooted = this.rooted.pathTo(node);
    // V8 may hold a value for a while by a shorter way, that tells a person nothing.
    if (rooted === null || isAnchored(this.analysis.graph, rooted)) return rooted;
    this.timed ??= this.analysis.fromTimers(this.own);
    return this.timed.pathTo(node) ?? rooted;
  }
}
