/** Where the user's names stand in a snapshot of the runtime: each is a `Binding` whose property `v` is its value. */
import { edgeLabel, nodeNameOf, nodeTypeName, textOfString, type HeapGraph } from './graph.js';

export interface NamedValue {
  name: string;
  /** Node of the binding. */
  binding: number;
  /** Edge from the binding to the value. */
  edge: number;
  /** Node of the value; a small integer has none, and is not listed. */
  value: number;
}

/** A binding is told from a user's class of the same name by its `home`, the registry. */
const BINDING = 'Binding';
/** Class of the registry of names, which reaches them all. */
export const REGISTRY = 'Globals';

/** All names that have a value with a node of its own. */
export function namedValues(graph: HeapGraph): Map<string, NamedValue> {
  const found = new Map<string, NamedValue>();
  for (let node = 0; node < graph.nodeCount; node++) {
    if (nodeNameOf(graph, node) !== BINDING || nodeTypeName(graph, node) !== 'object') continue;
    let name: string | null = null;
    let valueEdge = -1;
    let atHome = false;
    const end = graph.firstEdge[node + 1] ?? 0;
    for (let edge = graph.firstEdge[node] ?? 0; edge < end; edge++) {
      const label = edgeLabel(graph, edge);
      const to = graph.edgeTo[edge] ?? 0;
      if (label === 'name') name = textOfString(graph, to);
      else if (label === 'v') valueEdge = edge;
      else if (label === 'home') atHome = nodeNameOf(graph, to) === REGISTRY;
    }
    if (atHome && name !== null && valueEdge >= 0) {
      found.set(name, { name, binding: node, edge: valueEdge, value: graph.edgeTo[valueEdge] ?? 0 });
    }
  }
  return found;
}
