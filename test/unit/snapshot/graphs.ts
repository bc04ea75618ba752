import type { HeapGraph } from '../../../kernel/src/snapshot/graph.js';

export interface Edge {
  from: number;
  to: number;
  weak?: boolean;
}

/** A heap graph of `sizes.length` nodes with these edges; node 0 is the root. */
export function graphOf(sizes: readonly number[], edges: readonly Edge[]): HeapGraph {
  const sorted = [...edges].sort((a, b) => a.from - b.from);
  const firstEdge = new Uint32Array(sizes.length + 1);
  for (const { from } of sorted) firstEdge[from + 1] = (firstEdge[from + 1] ?? 0) + 1;
  for (let node = 0; node < sizes.length; node++)
    firstEdge[node + 1] = (firstEdge[node + 1] ?? 0) + (firstEdge[node] ?? 0);
  return {
    types: { node: ['object'], edge: ['property', 'weak', 'internal', 'shortcut'] },
    nodeCount: sizes.length,
    edgeCount: sorted.length,
    nodeType: new Uint8Array(sizes.length),
    nodeName: new Uint32Array(sizes.length),
    nodeId: Uint32Array.from(sizes, (_size, node) => node * 2 + 1),
    selfSize: Float64Array.from(sizes),
    firstEdge,
    edgeType: Uint8Array.from(sorted, ({ weak }) => (weak === true ? 1 : 0)),
    edgeName: new Uint32Array(sorted.length),
    edgeTo: Uint32Array.from(sorted, ({ to }) => to),
    strings: [''],
  };
}

/** Nodes reached from the root by strong edges without passing `without`. */
export function reached(nodeCount: number, edges: readonly Edge[], without = -1): Set<number> {
  const seen = new Set<number>();
  const stack = without === 0 ? [] : [0];
  while (stack.length > 0) {
    const node = stack.pop() ?? 0;
    if (seen.has(node) || node === without) continue;
    seen.add(node);
    for (const { from, to, weak } of edges) if (from === node && weak !== true && to < nodeCount) stack.push(to);
  }
  return seen;
}

/** A node by its type and name, with its edges as `[type, name, number of the target]`. */
export type PlainNode = readonly [type: string, name: string, edges: readonly (readonly [string, string, number])[]];

const NODE_TYPES = ['synthetic', 'object', 'closure', 'string', 'hidden', 'code'];
const EDGE_TYPES = ['property', 'weak', 'internal', 'shortcut', 'context'];

/** A heap graph with names, as V8 would write it; node 0 is the root. */
export function namedGraph(nodes: readonly PlainNode[]): HeapGraph {
  const strings = [...new Set(['', ...nodes.flatMap(([, name, edges]) => [name, ...edges.map((edge) => edge[1])])])];
  const all = nodes.flatMap(([, , edges]) => edges);
  const firstEdge = [0];
  for (const [, , edges] of nodes) firstEdge.push((firstEdge.at(-1) ?? 0) + edges.length);
  return {
    types: { node: NODE_TYPES, edge: EDGE_TYPES },
    nodeCount: nodes.length,
    edgeCount: all.length,
    nodeType: Uint8Array.from(nodes, ([type]) => NODE_TYPES.indexOf(type)),
    nodeName: Uint32Array.from(nodes, ([, name]) => strings.indexOf(name)),
    nodeId: Uint32Array.from(nodes, (_node, index) => index * 2 + 1),
    selfSize: new Float64Array(nodes.length).fill(16),
    firstEdge: Uint32Array.from(firstEdge),
    edgeType: Uint8Array.from(all, ([type]) => EDGE_TYPES.indexOf(type)),
    edgeName: Uint32Array.from(all, ([, name]) => strings.indexOf(name)),
    edgeTo: Uint32Array.from(all, ([, , to]) => to),
    strings,
  };
}
