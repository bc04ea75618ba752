/**
 * What has grown between two snapshots of one process, kind by kind, with somebody who holds it. Objects that are new have
 * ids above all of the first snapshot (v8/src/profiler/heap-snapshot-generator.h, HeapObjectsMap).
 */
import type { GrownKind, HeapHolder, KindTotal } from '../ipc/heap.js';
import { nodeTypeName, type HeapGraph } from './graph.js';
import { heldObjects, type NewObject } from './held.js';
import { isNumbered, totalsOf, type HeapTotals, type Kinds } from './kinds.js';

/** New objects of a kind that are asked who holds them. */
const ASKED = 300;
/** Kinds below this part of the whole growth are not worth a row. */
const WORTH_A_ROW = 0.005;

/**
 * @param before what the earlier snapshot came to.
 * @param most kinds, the largest growth first.
 * @param holderOf finds the nearest holder of a node.
 */
export function growthSince(
  graph: HeapGraph,
  kinds: Kinds,
  before: HeapTotals,
  most: number,
  holderOf: (node: number) => HeapHolder | null,
): GrownKind[] {
  const grown = changes(before.kinds, totalsOf(graph, kinds).kinds);
  const all = grown.reduce((sum, { bytes }) => sum + bytes, 0);
  const chosen = grown.filter(({ bytes }) => bytes > all * WORTH_A_ROW).slice(0, most);
  const fresh = freshNodes(graph, kinds, before.highestId, new Map(chosen.map(({ kind }, index) => [kind, index])));
  return chosen.flatMap((change, index): GrownKind[] => {
    const found = fresh[index] ?? noneFresh();
    // A container that has grown has new stores, and is itself as old as ever.
    const asked = change.count > 0 && found.objects.length > 0 ? spread(found.objects, ASKED) : largest(found.owners);
    const bytesOf = (node: number): number => found.owners.get(node) ?? 0;
    const newObject = (node: number): NewObject => ({ holder: holderOf(node), bytes: bytesOf(node) });
    const held = heldObjects(
      asked.map((node) => newObject(node)),
      largest(found.owners).map((node) => newObject(node))[0] ?? null,
      change.count,
      change.bytes,
    );
    // What the kernel alone holds is the kernel's.
    if (held === null) return [];
    return [
      {
        ...change,
        sizes: [...found.sizes],
        wholes: [...countsOf(found.objects.map(bytesOf))],
        holder: held[0]?.holder ?? null,
        held,
      },
    ];
  });
}

function countsOf(values: readonly number[]): Map<number, number> {
  const counts = new Map<number, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return counts;
}

/** Kinds that have more bytes than before, the largest growth first. Plain objects whose keys only one has are one kind. */
function changes(before: readonly KindTotal[], now: readonly KindTotal[]): KindTotal[] {
  const known = new Map(before.map((total) => [total.kind, total]));
  const plain: KindTotal = { kind: 'Object', count: 0, bytes: 0 };
  const grown: KindTotal[] = [];
  for (const { kind, count, bytes } of now) {
    const was = known.get(kind);
    const change = { kind, count: count - (was?.count ?? 0), bytes: bytes - (was?.bytes ?? 0) };
    if (kind === plain.kind || (kind.startsWith('Object {') && was === undefined && count === 1)) {
      plain.count += change.count;
      plain.bytes += change.bytes;
    } else if (change.bytes > 0) grown.push(change);
  }
  if (plain.bytes > 0) grown.push(plain);
  return grown.sort((a, b) => b.bytes - a.bytes);
}

/** New objects of a kind, and objects of the kind that have new parts, with the bytes of these. */
interface Fresh {
  objects: number[];
  owners: Map<number, number>;
  /** Sizes in V8's heap of the new objects and parts, and how many have each. */
  sizes: Map<number, number>;
}

const noneFresh = (): Fresh => ({ objects: [], owners: new Map(), sizes: new Map() });

function freshNodes(graph: HeapGraph, kinds: Kinds, highestId: number, wanted: ReadonlyMap<string, number>): Fresh[] {
  const fresh = [...wanted].map(noneFresh);
  const isFresh = (node: number): boolean => {
    const id = graph.nodeId[node] ?? 0;
    return id > highestId && isNumbered(id);
  };
  const placeOf = kinds.names.map((name) => wanted.get(name) ?? -1);
  for (let node = 0; node < graph.nodeCount; node++) {
    const found = fresh[placeOf[kinds.kindOf[node] ?? -1] ?? -1];
    if (found === undefined) continue;
    const owner = kinds.ownerOf[node] ?? -1;
    const isOwn = isFresh(node);
    // Native parts, as the bytes of buffers, have no numbers: they are as new as what they belong to.
    if (!isOwn && !(nodeTypeName(graph, node) === 'native' && isFresh(owner))) continue;
    const size = graph.selfSize[node] ?? 0;
    if (owner === node) found.objects.push(node);
    found.owners.set(owner, (found.owners.get(owner) ?? 0) + size);
    if (isOwn) found.sizes.set(size, (found.sizes.get(size) ?? 0) + 1);
  }
  return fresh;
}

const spread = (nodes: readonly number[], most: number): number[] =>
  nodes.length <= most
    ? [...nodes]
    : Array.from({ length: most }, (_, index) => nodes[Math.floor(((index + 0.5) * nodes.length) / most)] ?? 0);

function largest(owners: ReadonlyMap<number, number>): number[] {
  let best: number | null = null;
  for (const [owner, bytes] of owners) if (best === null || bytes > (owners.get(best) ?? 0)) best = owner;
  return best === null ? [] : [best];
}
