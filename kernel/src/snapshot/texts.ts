/**
 * Texts in a snapshot: slices that keep a much larger text alive, and texts found again by how they begin.
 *
 * V8 makes a slice of 13 and more characters as a reference into the text it was cut from
 * (v8/src/objects/string.h, SlicedString), which stays alive whole.
 */
import type { FreedText, PinnedTexts } from '../ipc/heap.js';
import type { Dominators } from './dominators.js';
import { internalTarget, nodeNameOf, nodeTypeName, type HeapGraph } from './graph.js';

/** Texts below this size, bytes, are not worth a word. */
const LARGE_TEXT = 65_536;
/** Header of a text in V8, bytes, and what rounding may add. */
const MOST_HEADER = 24;

/** Large texts that nobody but slices of them holds, with those slices. */
export function slicedTexts(graph: HeapGraph, strong: Uint8Array, tree: Dominators): Map<number, number[]> {
  const sliced = graph.types.node.indexOf('sliced string');
  const found = new Map<number, number[]>();
  for (let node = 0; node < graph.nodeCount; node++) {
    if (graph.nodeType[node] !== sliced || (tree.idom[node] ?? -1) < 0) continue;
    const parent = internalTarget(graph, node, 'parent');
    if (parent === null || (graph.selfSize[parent] ?? 0) < LARGE_TEXT) continue;
    const slices = found.get(parent);
    if (slices === undefined) found.set(parent, [node]);
    else slices.push(node);
  }
  if (found.size > 0) dropHeldWhole(graph, strong, tree, found, sliced);
  return found;
}

/** A text that something else holds too is not kept by its slices. */
function dropHeldWhole(
  graph: HeapGraph,
  strong: Uint8Array,
  tree: Dominators,
  found: Map<number, number[]>,
  sliced: number,
): void {
  for (let from = 0; from < graph.nodeCount; from++) {
    if (graph.nodeType[from] === sliced || (tree.idom[from] ?? -1) < 0) continue;
    const end = graph.firstEdge[from + 1] ?? 0;
    for (let edge = graph.firstEdge[from] ?? 0; edge < end; edge++) {
      if (strong[edge] === 1) found.delete(graph.edgeTo[edge] ?? 0);
    }
  }
}

/** The large texts that each of `values` keeps alive through slices; keyed by the value's node. */
export function pinnedTexts(
  graph: HeapGraph,
  tree: Dominators,
  sliced: ReadonlyMap<number, readonly number[]>,
  values: ReadonlySet<number>,
): Map<number, PinnedTexts> {
  const pinned = new Map<number, PinnedTexts>();
  const ownerOf = (node: number): number | null => {
    for (let at = node; ; at = tree.idom[at] ?? 0) {
      if (values.has(at)) return at;
      if (at === 0) return null;
    }
  };
  for (const [text, slices] of sliced) {
    const bySlice = new Map<number, number>();
    for (const slice of slices) {
      const owner = ownerOf(slice);
      if (owner !== null) bySlice.set(owner, (bySlice.get(owner) ?? 0) + 1);
    }
    for (const [owner, count] of bySlice) {
      const known = pinned.get(owner) ?? { bytes: 0, texts: 0, slices: 0, own: slices.includes(owner) };
      known.bytes += graph.selfSize[text] ?? 0;
      known.texts += 1;
      known.slices += count;
      pinned.set(owner, known);
    }
  }
  return pinned;
}

/** Whether a node is a text whose characters V8 keeps outside of its heap, which no snapshot counts. */
export function isOutsideText(graph: HeapGraph, node: number): boolean {
  return (
    nodeTypeName(graph, node) === 'string' && (graph.selfSize[node] ?? 0) <= 32 && nodeNameOf(graph, node).length > 64
  );
}

/** The largest text that begins as `freed` did and is as long; `null` when there is none. */
export function findText(graph: HeapGraph, freed: FreedText): number | null {
  let best: number | null = null;
  const types = new Set(['string']);
  for (let node = 0; node < graph.nodeCount; node++) {
    const size = graph.selfSize[node] ?? 0;
    const oneByte = size - freed.length;
    const twoByte = size - freed.length * 2;
    if ((oneByte < 0 || oneByte > MOST_HEADER) && (twoByte < 0 || twoByte > MOST_HEADER)) continue;
    if (!types.has(nodeTypeName(graph, node)) || !nodeNameOf(graph, node).startsWith(freed.start)) continue;
    best = node;
  }
  return best;
}
