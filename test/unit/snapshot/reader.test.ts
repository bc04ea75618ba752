import { getHeapSnapshot } from 'node:v8';
import { describe, expect, it } from 'vitest';
import { dominators, retainedSizes } from '../../../kernel/src/snapshot/dominators.js';
import {
  edgeLabel,
  nodeNameOf,
  nodeTypeName,
  strongEdges,
  type HeapGraph,
} from '../../../kernel/src/snapshot/graph.js';
import { SnapshotError, SnapshotReader } from '../../../kernel/src/snapshot/reader.js';
import { directHolders, PathFinder } from '../../../kernel/src/snapshot/retainers.js';

class SnapshotProbe {
  constructor(readonly payload: unknown) {}
}

/** Made in a call of its own: a suspended function keeps the temporaries of its expressions in its registers. */
const makeProbe = (): SnapshotProbe => new SnapshotProbe(new Array<number>(50_000).fill(1.5));

async function snapshotBytes(): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of getHeapSnapshot()) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

function read(bytes: Buffer, chunkSize: number): HeapGraph {
  const reader = new SnapshotReader();
  for (let at = 0; at < bytes.length; at += chunkSize) reader.push(bytes.subarray(at, at + chunkSize));
  return reader.finish();
}

function findProbe(graph: HeapGraph): number {
  for (let node = 0; node < graph.nodeCount; node++) {
    if (nodeTypeName(graph, node) === 'object' && nodeNameOf(graph, node) === 'SnapshotProbe') {
      for (let edge = graph.firstEdge[node] ?? 0; edge < (graph.firstEdge[node + 1] ?? 0); edge++) {
        if (edgeLabel(graph, edge) === 'payload') return node;
      }
    }
  }
  return -1;
}

/** A snapshot as V8 writes it, small enough to cut at every byte. */
const tiny = Buffer.from(
  JSON.stringify({
    snapshot: {
      meta: {
        node_fields: ['type', 'name', 'id', 'self_size', 'edge_count', 'trace_node_id', 'detachedness'],
        node_types: [['hidden', 'object'], 'string', 'number', 'number', 'number', 'number', 'number'],
        edge_fields: ['type', 'name_or_index', 'to_node'],
        edge_types: [['property', 'weak'], 'string_or_number', 'node'],
      },
      node_count: 2,
      edge_count: 1,
      trace_function_count: 0,
    },
    nodes: [0, 0, 1, 0, 1, 0, 0, 1, 1, 3, 5_000_000_000, 0, 0, 0],
    edges: [0, 2, 7],
    trace_function_infos: [],
    trace_tree: [],
    samples: [],
    locations: [],
    strings: ['', 'quote " and \\ and ] and é and \u2028', 'held'],
  }),
);

describe('the snapshot reader', () => {
  it('reads the same graph wherever the stream is cut', () => {
    for (let size = 1; size <= tiny.length; size++) {
      const graph = read(tiny, size);
      expect(nodeNameOf(graph, 1)).toBe('quote " and \\ and ] and é and \u2028');
      expect(graph.selfSize[1]).toBe(5_000_000_000);
      expect(edgeLabel(graph, 0)).toBe('held');
      expect(graph.edgeTo[0]).toBe(1);
    }
  });

  it('says that a snapshot is cut short, whatever is missing', () => {
    for (const length of [0, 10, 300, tiny.length - 3]) {
      expect(() => read(tiny.subarray(0, length), 64)).toThrow(SnapshotError);
    }
    expect(() => read(Buffer.from('{"nodes":{}}'), 64)).toThrow(SnapshotError);
    expect(() => read(Buffer.alloc(3 << 20, 'x'), 1 << 16)).toThrow('no heap snapshot');
  });

  it('finds an object of this process with what it retains and who holds it', async () => {
    const probe = makeProbe();
    const graph = read(await snapshotBytes(), 1 << 16);
    const node = findProbe(graph);
    expect(node).toBeGreaterThan(0);
    const strong = strongEdges(graph);
    const retained = retainedSizes(graph, dominators(graph, strong));
    expect(retained[node]).toBeGreaterThan(400_000);
    expect(retained[node]).toBeLessThan(401_000);
    expect(new PathFinder(graph, strong, [0]).pathTo(node)?.at(-1)?.to).toBe(node);
    expect(directHolders(graph, strong, node).length).toBeGreaterThan(0);
    expect(probe.payload).toHaveLength(50_000);
  });
});
