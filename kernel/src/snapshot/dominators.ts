/**
 * Dominators and retained sizes of a heap graph.
 *
 * Immediate dominators by the semi-NCA algorithm (Georgiadis, Tarjan, Werneck: "Finding Dominators in Practice", 2006):
 * semidominators with path compression, then the nearest common ancestor by walking up. Iterative, on typed arrays.
 */
import type { HeapGraph } from './graph.js';

export interface Dominators {
  /** Immediate dominator of each node; the root's is itself. -1 for nodes that nothing keeps alive. */
  readonly idom: Int32Array;
  /** Nodes in depth-first order from the root: a dominator comes before all it dominates. */
  readonly order: Int32Array;
  readonly reachable: number;
}

/** Dominator tree over the strong edges. */
export function dominators(graph: HeapGraph, strong: Uint8Array): Dominators {
  const { nodeCount, firstEdge, edgeTo } = graph;
  const number = new Int32Array(nodeCount).fill(-1);
  const order = new Int32Array(nodeCount);
  const parent = new Int32Array(nodeCount);
  const nextEdge = new Uint32Array(nodeCount);
  const stack = new Int32Array(nodeCount);
  let count = 0;
  let depth = 0;
  const enter = (node: number, from: number): void => {
    number[node] = count;
    order[count] = node;
    parent[count] = from;
    count++;
    nextEdge[node] = firstEdge[node] ?? 0;
    stack[depth++] = node;
  };
  enter(0, 0);
  while (depth > 0) {
    const node = stack[depth - 1] ?? 0;
    const end = firstEdge[node + 1] ?? 0;
    let edge = nextEdge[node] ?? 0;
    while (edge < end && (strong[edge] === 0 || (number[edgeTo[edge] ?? 0] ?? 0) >= 0)) edge++;
    nextEdge[node] = edge + 1;
    if (edge >= end) depth--;
    else enter(edgeTo[edge] ?? 0, number[node] ?? 0);
  }

  const { first, from } = predecessors(graph, strong, number, count);
  const idom = parent;
  const semi = new Int32Array(count);
  const label = new Int32Array(count);
  const ancestor = new Int32Array(count).fill(-1);
  for (let v = 0; v < count; v++) semi[v] = label[v] = v;
  const tree = Int32Array.from(parent.subarray(0, count));
  const path = new Int32Array(count);
  // The vertex with the smallest semidominator on the linked path above v; compresses that path.
  const evaluate = (v: number): number => {
    if (ancestor[v] === -1) return v;
    let length = 0;
    let at = v;
    while (ancestor[ancestor[at] ?? 0] !== -1) {
      path[length++] = at;
      at = ancestor[at] ?? 0;
    }
    while (length > 0) {
      at = path[--length] ?? 0;
      const above = ancestor[at] ?? 0;
      const candidate = label[above] ?? 0;
      if ((semi[candidate] ?? 0) < (semi[label[at] ?? 0] ?? 0)) label[at] = candidate;
      ancestor[at] = ancestor[above] ?? 0;
    }
    return label[v] ?? 0;
  };
  for (let w = count - 1; w > 0; w--) {
    let best = tree[w] ?? 0;
    const end = first[w + 1] ?? 0;
    for (let index = first[w] ?? 0; index < end; index++) {
      const candidate = semi[evaluate(from[index] ?? 0)] ?? 0;
      if (candidate < best) best = candidate;
    }
    semi[w] = best;
    ancestor[w] = tree[w] ?? 0;
  }
  for (let w = 1; w < count; w++) {
    let above = idom[w] ?? 0;
    while (above > (semi[w] ?? 0)) above = idom[above] ?? 0;
    idom[w] = above;
  }

  const byNode = new Int32Array(nodeCount).fill(-1);
  for (let v = 0; v < count; v++) byNode[order[v] ?? 0] = order[idom[v] ?? 0] ?? 0;
  return { idom: byNode, order: order.subarray(0, count), reachable: count };
}

/** Predecessors of each vertex in depth-first numbers, as one list with offsets. */
function predecessors(graph: HeapGraph, strong: Uint8Array, number: Int32Array, count: number) {
  const first = new Uint32Array(count + 1);
  const each = (visit: (from: number, to: number) => void): void => {
    for (let node = 0; node < graph.nodeCount; node++) {
      const from = number[node] ?? -1;
      if (from < 0) continue;
      const end = graph.firstEdge[node + 1] ?? 0;
      for (let edge = graph.firstEdge[node] ?? 0; edge < end; edge++) {
        if (strong[edge] === 1) visit(from, number[graph.edgeTo[edge] ?? 0] ?? 0);
      }
    }
  };
  each((_from, to) => {
    first[to + 1] = (first[to + 1] ?? 0) + 1;
  });
  for (let v = 0; v < count; v++) first[v + 1] = (first[v + 1] ?? 0) + (first[v] ?? 0);
  const next = Uint32Array.from(first);
  const from = new Int32Array(first[count] ?? 0);
  each((source, to) => {
    const place = next[to] ?? 0;
    from[place] = source;
    next[to] = place + 1;
  });
  return { first, from };
}

/**
 * Retained size of each node, bytes: itself and all that it alone keeps alive. 0 for unreachable nodes, which is what a
 * collection would give back of them through this node.
 */
export function retainedSizes(graph: HeapGraph, tree: Dominators): Float64Array {
  const retained = new Float64Array(graph.nodeCount);
  for (const node of tree.order) retained[node] = graph.selfSize[node] ?? 0;
  for (let index = tree.order.length - 1; index > 0; index--) {
    const node = tree.order[index] ?? 0;
    const above = tree.idom[node] ?? 0;
    retained[above] = (retained[above] ?? 0) + (retained[node] ?? 0);
  }
  return retained;
}
