/**
 * Who keeps a node alive: shortest paths over the strong edges, and every direct holder.
 */
import { edgeLabel, nodeTypeName, type HeapGraph } from './graph.js';

/** One edge of a path, from the holder's side. */
export interface PathEdge {
  from: number;
  edge: number;
  to: number;
}

/** Shortest paths from some start nodes to all others, found once and asked many times. */
export class PathFinder {
  /** The edge by which each node was first reached; -1 for starts and for what was not reached. */
  private readonly by: Int32Array;
  private readonly parent: Int32Array;
  private readonly reached: Uint8Array;

  /**
   * @param open one byte an edge: 1 where the search may go.
   * @param closed nodes it may not enter.
   */
  constructor(graph: HeapGraph, open: Uint8Array, starts: Iterable<number>, closed: Iterable<number> = []) {
    const { nodeCount, firstEdge, edgeTo } = graph;
    this.by = new Int32Array(nodeCount).fill(-1);
    this.parent = new Int32Array(nodeCount).fill(-1);
    this.reached = new Uint8Array(nodeCount);
    const queue = new Int32Array(nodeCount);
    let tail = 0;
    for (const node of closed) this.reached[node] = CLOSED;
    for (const start of starts) {
      if (this.reached[start] !== 0) continue;
      this.reached[start] = REACHED;
      queue[tail++] = start;
    }
    for (let head = 0; head < tail; head++) {
      const node = queue[head] ?? 0;
      const end = firstEdge[node + 1] ?? 0;
      for (let edge = firstEdge[node] ?? 0; edge < end; edge++) {
        const to = edgeTo[edge] ?? 0;
        if (open[edge] === 0 || this.reached[to] !== 0) continue;
        this.reached[to] = REACHED;
        this.by[to] = edge;
        this.parent[to] = node;
        queue[tail++] = to;
      }
    }
  }

  /** The path to a node, the start's edge first; `null` when it is not reached, empty for a start. */
  pathTo(node: number): PathEdge[] | null {
    if (this.reached[node] !== REACHED) return null;
    const path: PathEdge[] = [];
    for (let to = node; (this.by[to] ?? -1) >= 0; to = this.parent[to] ?? 0) {
      path.push({ from: this.parent[to] ?? 0, edge: this.by[to] ?? 0, to });
    }
    return path.reverse();
  }

  reaches(node: number): boolean {
    return this.reached[node] === REACHED;
  }
}

const REACHED = 1;
const CLOSED = 2;

/** Every strong edge that points at a node, each holder's once. */
export function directHolders(graph: HeapGraph, strong: Uint8Array, target: number): PathEdge[] {
  const holders: PathEdge[] = [];
  eachEdge(graph, (from, edge) => {
    if (graph.edgeTo[edge] === target && strong[edge] === 1) holders.push({ from, edge, to: target });
  });
  const stores = storesAmong(
    graph,
    holders.map(({ from }) => from),
  );
  return holders.filter(({ from }) => !stores.has(from));
}

/**
 * V8's own stores behind an object, which has the same edges under the names that its user gave them; and tables that its
 * roots alone hold, such as that of the objects which a `WeakRef` has just given.
 */
function storesAmong(graph: HeapGraph, nodes: readonly number[]): Set<number> {
  const stores = new Set<number>();
  const candidates = new Set(nodes.filter((node) => ['array', 'hidden'].includes(nodeTypeName(graph, node))));
  if (candidates.size === 0) return stores;
  const heldByObjects = new Set<number>();
  eachEdge(graph, (from, edge) => {
    const to = graph.edgeTo[edge] ?? 0;
    if (!candidates.has(to)) return;
    if (nodeTypeName(graph, from) !== 'synthetic') heldByObjects.add(to);
    if (graph.types.edge[graph.edgeType[edge] ?? 0] !== 'internal') return;
    const label = edgeLabel(graph, edge);
    if (label === 'properties' || label === 'elements') stores.add(to);
  });
  for (const node of candidates) if (!heldByObjects.has(node)) stores.add(node);
  return stores;
}

function eachEdge(graph: HeapGraph, visit: (from: number, edge: number) => void): void {
  for (let from = 0; from < graph.nodeCount; from++) {
    const end = graph.firstEdge[from + 1] ?? 0;
    for (let edge = graph.firstEdge[from] ?? 0; edge < end; edge++) visit(from, edge);
  }
}
