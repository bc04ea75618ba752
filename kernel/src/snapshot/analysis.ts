/** Questions to one heap snapshot of the runtime: what each name retains, and what keeps a value alive. */
import type { Holder, PathStep } from '@heapmark/protocol';
import { dominators, retainedSizes, type Dominators } from './dominators.js';
import { edgeLabel, nodeNameOf, nodeTypeName, strongEdges, type HeapGraph } from './graph.js';
import { namedValues, REGISTRY, type NamedValue } from './names.js';
import { directHolders, PathFinder, type PathEdge } from './retainers.js';
import { scriptOf, stepsOf } from './words.js';

/** What a name retains, bytes. */
export interface RetainedName {
  name: string;
  /** The value and all that it alone keeps alive. */
  retained: number;
  /** Other names whose value is the same object. */
  aliases: string[];
}

export interface WhyAnswer {
  /** `false`: the snapshot holds no such name. */
  found: boolean;
  holders: Holder[];
  /** All direct holders, the name itself included. */
  holderCount: number;
}

/** Objects that reach everything, as the functions of Node's own modules do: a path through one explains nothing. */
const WORLD: ReadonlySet<string> = new Set(['system / NativeContext', 'global', 'process', REGISTRY]);

/** Most direct holders that are put into words. */
const MOST_HOLDERS = 50;

export class HeapAnalysis {
  private readonly strong: Uint8Array;
  private readonly names: Map<string, NamedValue>;
  private tree: Dominators | null = null;
  private sizes: Float64Array | null = null;

  constructor(private readonly graph: HeapGraph) {
    this.strong = strongEdges(graph);
    this.names = namedValues(graph);
  }

  /** Retained size of a node, bytes. */
  retained(node: number): number {
    this.tree ??= dominators(this.graph, this.strong);
    this.sizes ??= retainedSizes(this.graph, this.tree);
    return this.sizes[node] ?? 0;
  }

  /** What every name retains, the largest first. Names of small integers have no object and are not in the list. */
  retainedByName(): RetainedName[] {
    const byValue = new Map<number, string[]>();
    for (const { name, value } of this.names.values()) byValue.set(value, [...(byValue.get(value) ?? []), name]);
    return [...this.names.values()]
      .map(({ name, value }) => ({
        name,
        retained: this.retained(value),
        aliases: (byValue.get(value) ?? []).filter((other) => other !== name),
      }))
      .sort((a, b) => b.retained - a.retained);
  }

  /**
   * What keeps the value of a name alive besides the name itself: the shortest path from another name, else from V8's
   * roots (timers, listeners, handles); with `all`, every direct holder.
   */
  why(name: string, all: boolean): WhyAnswer {
    const target = this.names.get(name);
    if (target === undefined) return { found: false, holders: [], holderCount: 0 };
    const direct = directHolders(this.graph, this.strong, target.value);
    const fromNames = this.finder(new Set([target.edge]));
    const chosen = all ? direct.filter(({ edge }) => edge !== target.edge) : [];
    const holders = all
      ? chosen.slice(0, MOST_HOLDERS).map((edge) => this.holderBy(edge, fromNames, target))
      : [this.nearest(target, fromNames)].filter((holder) => holder !== null);
    return { found: true, holders, holderCount: direct.length };
  }

  /** Searches from the user's names, without crossing into V8's and Node's own objects, where all reaches all. */
  private finder(edges: ReadonlySet<number>): PathFinder {
    const { graph } = this;
    const starts = [...this.names.values()].map(({ binding }) => binding);
    const avoid = new Set(edges);
    const kept = new Set([...this.names.values()].map(({ edge }) => edge));
    for (const start of starts) {
      const end = graph.firstEdge[start + 1] ?? 0;
      for (let edge = graph.firstEdge[start] ?? 0; edge < end; edge++) if (!kept.has(edge)) avoid.add(edge);
    }
    for (let edge = 0; edge < graph.edgeCount; edge++) {
      const label = edgeLabel(graph, edge);
      if (label === '__proto__' || label === 'constructor' || label === 'map' || label === 'feedback_cell')
        avoid.add(edge);
    }
    return new PathFinder(graph, this.strong, starts, { edges: avoid, nodes: this.worldNodes() });
  }

  private worldNodes(): Set<number> {
    const nodes = new Set<number>();
    for (let node = 0; node < this.graph.nodeCount; node++) {
      const name = nodeNameOf(this.graph, node);
      if (WORLD.has(name)) nodes.add(node);
      else if (nodeTypeName(this.graph, node) === 'closure' && (scriptOf(this.graph, node) ?? '').startsWith('node:'))
        nodes.add(node);
    }
    return nodes;
  }

  private nearest(target: NamedValue, fromNames: PathFinder): Holder | null {
    const path = fromNames.pathTo(target.value);
    if (path !== null && path.length > 0) return this.describe(path);
    const bindings = new Set([...this.names.values()].map(({ binding }) => binding));
    const fromRoot = new PathFinder(this.graph, this.strong, [0], { nodes: bindings });
    const rooted = fromRoot.pathTo(target.value);
    return rooted === null ? null : this.describe(rooted);
  }

  private holderBy(edge: PathEdge, fromNames: PathFinder, target: NamedValue): Holder {
    const path = edge.from === target.binding ? [] : (fromNames.pathTo(edge.from) ?? []);
    return this.describe([...path, edge]);
  }

  private describe(path: readonly PathEdge[]): Holder {
    const first = path[0];
    const name = [...this.names.values()].find(({ binding }) => binding === first?.from)?.name;
    const { root, rest } =
      name === undefined
        ? systemRoot(this.graph, path)
        : { root: { kind: 'global' as const, name }, rest: path.slice(1) };
    const steps = [root, ...stepsOf(this.graph, rest)];
    return { path: steps, text: steps.map((step) => step.name).join(' → '), cell: null, retainedBytes: null };
  }
}

/** What a path from V8's roots hangs on, as a person knows it, and the path from there. */
function systemRoot(graph: HeapGraph, path: readonly PathEdge[]): { root: PathStep; rest: readonly PathEdge[] } {
  for (const [index, { from, edge }] of path.entries()) {
    const holder = nodeNameOf(graph, from);
    const label = edgeLabel(graph, edge);
    const rest = path.slice(index + 1);
    if (holder === 'Timeout' && label === '_onTimeout')
      return { root: { kind: 'timer', name: 'a pending timer' }, rest };
    if (holder === 'Immediate' && label === '_onImmediate') {
      return { root: { kind: 'timer', name: 'a pending setImmediate' }, rest };
    }
    if (label === '_events') {
      const event = path[index + 1];
      const name = event === undefined ? 'an event' : `'${String(edgeLabel(graph, event.edge))}'`;
      return { root: { kind: 'listener', name: `a listener of ${holder} for ${name}` }, rest: rest.slice(1) };
    }
  }
  const first = path[0];
  const handle = first === undefined ? '' : nodeNameOf(graph, first.to);
  return { root: { kind: 'internal', name: handle === '' ? "V8's roots" : handle }, rest: path.slice(1) };
}
