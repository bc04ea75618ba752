/**
 * A heap snapshot as columns of typed arrays: 21 bytes a node and 9 bytes an edge, so that millions of objects fit.
 *
 * Nodes are numbered 0 to `nodeCount - 1` in the snapshot's order; node 0 is the synthetic root.
 */

/** Names of V8's node and edge types, from the snapshot's own `meta` (V8 adds some from version to version). */
export interface SnapshotTypes {
  node: readonly string[];
  edge: readonly string[];
}

export interface HeapGraph {
  readonly types: SnapshotTypes;
  readonly nodeCount: number;
  readonly edgeCount: number;
  /** Index into `types.node`. */
  readonly nodeType: Uint8Array;
  /** Index into `strings`. */
  readonly nodeName: Uint32Array;
  /** V8's object id, stable between the snapshots of one process. */
  readonly nodeId: Uint32Array;
  /** Bytes of the object itself; doubles, because an off-heap store can pass 4 GB. */
  readonly selfSize: Float64Array;
  /** Edges of node `n` are `firstEdge[n]` to `firstEdge[n + 1] - 1`; one longer than the nodes. */
  readonly firstEdge: Uint32Array;
  /** Index into `types.edge`. */
  readonly edgeType: Uint8Array;
  /** Index into `strings` for named edges, the index itself for element and hidden edges. */
  readonly edgeName: Uint32Array;
  readonly edgeTo: Uint32Array;
  readonly strings: readonly string[];
}

/** The name of an edge: a string, or the index of an element. */
export function edgeLabel(graph: HeapGraph, edge: number): string | number {
  const kind = graph.types.edge[graph.edgeType[edge] ?? 0];
  const name = graph.edgeName[edge] ?? 0;
  return kind === 'element' || kind === 'hidden' ? name : (graph.strings[name] ?? '');
}

export const nodeTypeName = (graph: HeapGraph, node: number): string =>
  graph.types.node[graph.nodeType[node] ?? 0] ?? '';
export const nodeNameOf = (graph: HeapGraph, node: number): string => graph.strings[graph.nodeName[node] ?? 0] ?? '';

/** Target of an internal edge by name, `null` when there is none. */
export function internalTarget(graph: HeapGraph, node: number, label: string): number | null {
  const end = graph.firstEdge[node + 1] ?? 0;
  for (let edge = graph.firstEdge[node] ?? 0; edge < end; edge++) {
    if (graph.types.edge[graph.edgeType[edge] ?? 0] === 'internal' && edgeLabel(graph, edge) === label) {
      return graph.edgeTo[edge] ?? null;
    }
  }
  return null;
}

const LONGEST_TEXT = 1000;

/** The text of a string node: V8 keeps `a + b` as a pair, which is put together here; cut after 1000 characters. */
export function textOfString(graph: HeapGraph, node: number): string {
  let text = '';
  const stack = [node];
  while (stack.length > 0 && text.length < LONGEST_TEXT) {
    const part = stack.pop() ?? 0;
    const first = internalTarget(graph, part, 'first');
    if (nodeTypeName(graph, part) !== 'concatenated string' || first === null) {
      text += nodeNameOf(graph, part);
      continue;
    }
    const second = internalTarget(graph, part, 'second');
    if (second !== null) stack.push(second);
    stack.push(first);
  }
  return text.slice(0, LONGEST_TEXT);
}

const EPHEMERON = / pair in WeakMap \(table @(\d+)\)$/;

/**
 * Which edges keep their target alive, one byte an edge. Weak edges do not; neither does the edge from a WeakMap's table
 * to a value, which lives only as long as its key (V8 draws that edge from the table and from the key alike);
 * shortcuts count from the root alone, where they stand for the global objects.
 */
export function strongEdges(graph: HeapGraph): Uint8Array {
  const strong = new Uint8Array(graph.edgeCount);
  const weak = graph.types.edge.indexOf('weak');
  const shortcut = graph.types.edge.indexOf('shortcut');
  const internal = graph.types.edge.indexOf('internal');
  const tableOfName = new Map<number, number>();
  graph.strings.forEach((text, index) => {
    const match = text.endsWith(')') ? EPHEMERON.exec(text) : null;
    if (match !== null) tableOfName.set(index, Number(match[1]));
  });
  for (let node = 0; node < graph.nodeCount; node++) {
    const end = graph.firstEdge[node + 1] ?? 0;
    for (let edge = graph.firstEdge[node] ?? 0; edge < end; edge++) {
      const type = graph.edgeType[edge];
      if (type === weak || (type === shortcut && node !== 0)) continue;
      if (type === internal && tableOfName.size > 0) {
        const table = tableOfName.get(graph.edgeName[edge] ?? 0);
        if (table !== undefined && table === graph.nodeId[node]) continue;
      }
      strong[edge] = 1;
    }
  }
  return strong;
}
