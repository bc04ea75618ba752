/**
 * What a heap is made of in a person's words: each object counts under its constructor, and V8's own parts (stores of
 * arrays, tables of maps, contexts, numbers, off-heap stores) count as bytes of the object that they belong to.
 */
import type { KindTotal } from '../ipc/heap.js';
import type { Dominators } from './dominators.js';
import { edgeLabel, nodeNameOf, nodeTypeName, type HeapGraph } from './graph.js';

/** Keys of a plain object that its kind names, and those of one that is rather a table. */
const NAMED_KEYS = 4;
const MOST_KEYS = 24;

/** Types of V8's nodes whose kind is the type itself. */
const BY_TYPE: Readonly<Record<string, string>> = {
  string: 'string',
  'concatenated string': 'string',
  'sliced string': 'string',
  bigint: 'bigint',
  symbol: 'symbol',
  regexp: 'RegExp',
};
/** V8's own affairs, whoever they hang on: compiled code, shapes. */
const ENGINES: ReadonlySet<string> = new Set(['code', 'object shape', 'synthetic']);

/** What one snapshot came to. Can be sent between threads. */
export interface HeapTotals {
  /** Objects with a higher id are newer. */
  highestId: number;
  kinds: KindTotal[];
}

/** Nodes by kind. */
export interface Kinds {
  readonly names: readonly string[];
  /** Index into `names` of the kind that a node counts for; -1 for V8's own and for what is not alive. */
  readonly kindOf: Int32Array;
  /** The object that a node belongs to: itself, or the one it is a part of; -1 likewise. */
  readonly ownerOf: Int32Array;
}

export function kindsOf(graph: HeapGraph, tree: Dominators): Kinds {
  const names: string[] = [];
  const places = new Map<string, number>();
  const kindOf = new Int32Array(graph.nodeCount).fill(-1);
  const ownerOf = new Int32Array(graph.nodeCount).fill(-1);
  const placeOf = (name: string): number => {
    let place = places.get(name);
    if (place === undefined) {
      place = names.push(name) - 1;
      places.set(name, place);
    }
    return place;
  };
  // Dominators come before what they dominate.
  for (const node of tree.order) {
    const type = nodeTypeName(graph, node);
    if (ENGINES.has(type)) continue;
    const name = nameOf(graph, node, type);
    const above = tree.idom[node] ?? -1;
    const owner = name !== null ? node : above >= 0 && above !== node ? (ownerOf[above] ?? -1) : -1;
    ownerOf[node] = owner;
    if (owner >= 0) kindOf[node] = name !== null ? placeOf(name) : (kindOf[owner] ?? -1);
  }
  return { names, kindOf, ownerOf };
}

function nameOf(graph: HeapGraph, node: number, type: string): string | null {
  if (type === 'closure') {
    const name = nodeNameOf(graph, node);
    return name === '' ? 'function' : `function ${name}`;
  }
  if (type !== 'object') return BY_TYPE[type] ?? null;
  const name = nodeNameOf(graph, node);
  if (name === '' || name.startsWith('system / ')) return null;
  return name === 'Object' ? plainName(graph, node) : name;
}

/** `Object {x, y}`. */
function plainName(graph: HeapGraph, node: number): string {
  const keys: string[] = [];
  const end = graph.firstEdge[node + 1] ?? 0;
  for (let edge = graph.firstEdge[node] ?? 0; edge < end; edge++) {
    if (graph.types.edge[graph.edgeType[edge] ?? 0] !== 'property') continue;
    const key = edgeLabel(graph, edge);
    if (typeof key === 'string' && key !== '__proto__') keys.push(key);
    if (keys.length > MOST_KEYS) return 'Object';
  }
  if (keys.length === 0) return 'Object';
  const named = keys.slice(0, NAMED_KEYS).join(', ');
  return `Object {${named}${keys.length > NAMED_KEYS ? ', …' : ''}}`;
}

/** Whether an id is one of V8's own objects: those of native ones are even, and no numbers in a row. */
export const isNumbered = (id: number): boolean => (id & 1) === 1;

/** The sums of one snapshot, and the highest id in it: V8 numbers objects in the order in which it first sees them. */
export function totalsOf(graph: HeapGraph, { names, kindOf, ownerOf }: Kinds): HeapTotals {
  const kinds = names.map((kind): KindTotal => ({ kind, count: 0, bytes: 0 }));
  let highestId = 0;
  for (let node = 0; node < graph.nodeCount; node++) {
    const id = graph.nodeId[node] ?? 0;
    if (isNumbered(id)) highestId = Math.max(highestId, id);
    const total = kinds[kindOf[node] ?? -1];
    if (total === undefined) continue;
    total.bytes += graph.selfSize[node] ?? 0;
    if (ownerOf[node] === node) total.count++;
  }
  return { highestId, kinds };
}
