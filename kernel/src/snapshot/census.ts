/**
 * Which objects went between two snapshots of one process: V8 gives each object an id that stays
 * (v8/src/profiler/heap-snapshot-generator.h, HeapObjectsMap).
 */
import type { GoneObjects } from '../ipc/heap.js';
import { nodeNameOf, nodeTypeName, type HeapGraph } from './graph.js';

/** The objects of one snapshot, in columns. Can be sent between threads. */
export interface Census {
  ids: Uint32Array;
  /** Index into `types`. */
  type: Uint32Array;
  size: Float64Array;
  types: string[];
}

/** What a person calls the things that V8 tells apart; kinds that are V8's own affair are left out. */
const KINDS: Readonly<Record<string, string>> = {
  closure: 'function',
  string: 'string',
  'concatenated string': 'string',
  'sliced string': 'string',
  array: '(storage of arrays and objects)',
  number: 'number',
  bigint: 'bigint',
  symbol: 'symbol',
  regexp: 'RegExp',
};

/** All objects that a person can have made. */
export function censusOf(graph: HeapGraph): Census {
  const ids = new Uint32Array(graph.nodeCount);
  const type = new Uint32Array(graph.nodeCount);
  const size = new Float64Array(graph.nodeCount);
  const types: string[] = [];
  const places = new Map<string, number>();
  let count = 0;
  for (let node = 0; node < graph.nodeCount; node++) {
    const name = nameOf(graph, node);
    if (name === null) continue;
    let place = places.get(name);
    if (place === undefined) {
      place = types.push(name) - 1;
      places.set(name, place);
    }
    ids[count] = graph.nodeId[node] ?? 0;
    type[count] = place;
    size[count] = graph.selfSize[node] ?? 0;
    count++;
  }
  return { ids: ids.slice(0, count), type: type.slice(0, count), size: size.slice(0, count), types };
}

function nameOf(graph: HeapGraph, node: number): string | null {
  const kind = nodeTypeName(graph, node);
  if (kind !== 'object') return KINDS[kind] ?? null;
  const name = nodeNameOf(graph, node);
  return name.startsWith('system / ') || name === '' ? null : name;
}

/** Objects of `before` that are not in `after`, by constructor, the largest sum of bytes first. */
export function goneBetween(before: Census, after: Census): GoneObjects[] {
  const alive = bitmapOf(after.ids);
  const gone = new Map<number, GoneObjects>();
  for (let index = 0; index < before.ids.length; index++) {
    const id = before.ids[index] ?? 0;
    if (((alive[id >>> 3] ?? 0) & (1 << (id & 7))) !== 0) continue;
    const place = before.type[index] ?? 0;
    let entry = gone.get(place);
    if (entry === undefined) {
      entry = { type: before.types[place] ?? '', count: 0, bytes: 0 };
      gone.set(place, entry);
    }
    entry.count++;
    entry.bytes += before.size[index] ?? 0;
  }
  return [...gone.values()].sort((a, b) => b.bytes - a.bytes);
}

function bitmapOf(ids: Uint32Array): Uint8Array {
  const highest = ids.reduce((most, id) => Math.max(most, id), 0);
  const bitmap = new Uint8Array((highest >>> 3) + 1);
  for (const id of ids) bitmap[id >>> 3] = (bitmap[id >>> 3] ?? 0) | (1 << (id & 7));
  return bitmap;
}
