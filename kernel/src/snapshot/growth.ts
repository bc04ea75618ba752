/**
 * What has grown between two snapshots of one process, kind by kind, with somebody who holds it. Objects that are new have
 * ids above all of the first snapshot (v8/src/profiler/heap-snapshot-generator.h, HeapObjectsMap).
 */
import type { GrownKind, HeapHolder, KindTotal } from '../ipc/heap.js';
import { nodeTypeName, type HeapGraph } from './graph.js';
import { isNumbered, totalsOf, type HeapTotals, type Kinds } from './kinds.js';
import { isOurs } from './words.js';

/** New objects of a kind that are asked who holds them; the answer of most counts. */
const ASKED = 24;
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
    const holders = asked.map(holderOf).map((holder) => (holder === null ? null : theirPart(holder)));
    // What only the kernel's own code holds is the kernel's.
    if (holders.filter((holder) => holder === KERNELS).length > holders.length / 2) return [];
    return [
      {
        ...change,
        sizes: [...found.sizes],
        wholes: [...countsOf(found.objects.map((node) => found.owners.get(node) ?? 0))],
        holder: commonest(holders.filter((holder) => holder !== KERNELS)),
      },
    ];
  });
}

/** A path that leads through the kernel's code and nowhere else. */
const KERNELS: HeapHolder = { steps: [] };

/** A path through the kernel's code begins where it comes to the user's, as to a function that the kernel was given. */
function theirPart(holder: HeapHolder): HeapHolder {
  const last = holder.steps.findLastIndex(({ script }) => script !== undefined && isOurs(script));
  if (last < 0) return holder;
  const first = holder.steps.findIndex(({ script }, index) => index > last && script !== undefined);
  return first < 0 ? KERNELS : { steps: holder.steps.slice(first) };
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
  const placeOf = kinds.names.map((name) => wanted.get(name) ?? -1);
  for (let node = 0; node < graph.nodeCount; node++) {
    const id = graph.nodeId[node] ?? 0;
    if (id <= highestId || !isNumbered(id)) continue;
    const found = fresh[placeOf[kinds.kindOf[node] ?? -1] ?? -1];
    if (found === undefined) continue;
    const owner = kinds.ownerOf[node] ?? -1;
    if (owner === node) found.objects.push(node);
    const size = graph.selfSize[node] ?? 0;
    found.owners.set(owner, (found.owners.get(owner) ?? 0) + size);
    if (nodeTypeName(graph, node) !== 'native') found.sizes.set(size, (found.sizes.get(size) ?? 0) + 1);
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

/** Of the holders that begin as most do, the one with the shortest path. */
function commonest(holders: readonly (HeapHolder | null)[]): HeapHolder | null {
  const groups = new Map<string, HeapHolder[]>();
  for (const holder of holders) {
    const [root] = holder?.steps ?? [];
    if (holder === null || root === undefined) continue;
    const group = groups.get(`${root.kind} ${root.name}`) ?? [];
    group.push(holder);
    groups.set(`${root.kind} ${root.name}`, group);
  }
  // Of as many, somebody that a person knows.
  const known = ([first]: readonly HeapHolder[]): number => (first?.steps[0]?.kind === 'internal' ? 0 : 1);
  const [first] = [...groups.values()].sort((a, b) => b.length - a.length || known(b) - known(a));
  return first?.reduce((best, each) => (each.steps.length < best.steps.length ? each : best)) ?? null;
}
