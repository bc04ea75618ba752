/** Where the user's names stand in a snapshot of the runtime: each is a `Binding` whose property `v` is its value. */
import { FREED_CLASS } from '../ipc/heap.js';
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

/** The shape of an object by which the runtime shows a value: its name's property, its value's, and what marks it. */
interface Shape {
  class: string;
  name: string;
  value: string;
  isOne(label: string | number, target: string): boolean;
}

const BINDINGS: Shape = {
  class: BINDING,
  name: 'name',
  value: 'v',
  isOne: (label, target) => label === 'home' && target === REGISTRY,
};
const FREED: Shape = { class: FREED_CLASS, name: 'name', value: 'value', isOne: (label) => label === 'value' };

/** All names that have a value with a node of its own. */
export const namedValues = (graph: HeapGraph): Map<string, NamedValue> => valuesOf(graph, BINDINGS);

/** Values whose names are gone, which the runtime shows for this snapshot alone. */
export const freedValues = (graph: HeapGraph): Map<string, NamedValue> => valuesOf(graph, FREED);

function valuesOf(graph: HeapGraph, shape: Shape): Map<string, NamedValue> {
  const found = new Map<string, NamedValue>();
  const className = graph.strings.indexOf(shape.class);
  for (let node = 0; node < graph.nodeCount; node++) {
    if (graph.nodeName[node] !== className || nodeTypeName(graph, node) !== 'object') continue;
    let name: string | null = null;
    let valueEdge = -1;
    let isOne = false;
    const end = graph.firstEdge[node + 1] ?? 0;
    for (let edge = graph.firstEdge[node] ?? 0; edge < end; edge++) {
      const label = edgeLabel(graph, edge);
      const to = graph.edgeTo[edge] ?? 0;
      if (label === shape.name) name = textOfString(graph, to);
      else if (label === shape.value) valueEdge = edge;
      if (shape.isOne(label, nodeNameOf(graph, to))) isOne = true;
    }
    if (isOne && name !== null && valueEdge >= 0) {
      found.set(name, { name, binding: node, edge: valueEdge, value: graph.edgeTo[valueEdge] ?? 0 });
    }
  }
  return found;
}
