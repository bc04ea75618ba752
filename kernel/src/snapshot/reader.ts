/**
 * Reads a `.heapsnapshot` as it arrives, without ever holding it whole: V8's writer puts `snapshot` (with the counts),
 * `nodes`, `edges` and `strings` in that order (v8/src/profiler/heap-snapshot-generator.cc, HeapSnapshotJSONSerializer).
 */
import type { HeapGraph } from './graph.js';

interface Meta {
  node_fields: string[];
  node_types: [string[], ...unknown[]];
  edge_fields: string[];
  edge_types: [string[], ...unknown[]];
}

interface Header {
  snapshot: { meta: Meta; node_count: number; edge_count: number };
}

/** The stream is no heap snapshot, or ended before its end. */
export class SnapshotError extends Error {
  readonly code = 'BAD_SNAPSHOT';
  constructor(message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.name = 'SnapshotError';
  }
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const MINUS = 0x2d;
const ZERO = 0x30;
const NINE = 0x39;
const CLOSE = 0x5d;
const LONGEST_HEADER = 1 << 20;

type Phase = 'header' | 'nodes' | 'seekEdges' | 'edges' | 'seekStrings' | 'strings' | 'done';

/** Takes chunks by {@link push}; {@link finish} gives the graph. */
export class SnapshotReader {
  private phase: Phase = 'header';
  private head = '';
  private columns: Columns | null = null;
  private number = 0;
  private inNumber = false;
  private stringStart = -1;
  private escaped = false;
  private hasEscape = false;
  private partial: Buffer[] = [];
  private readonly strings: string[] = [];

  push(chunk: Buffer): void {
    let at = 0;
    while (at < chunk.length && this.phase !== 'done') {
      switch (this.phase) {
        case 'header':
          at = this.seek(chunk, at, '"nodes":[', 'nodes');
          break;
        case 'seekEdges':
          at = this.seek(chunk, at, '"edges":[', 'edges');
          break;
        case 'seekStrings':
          at = this.seek(chunk, at, '"strings":[', 'strings');
          break;
        case 'nodes':
        case 'edges':
          at = this.numbers(chunk, at);
          break;
        case 'strings':
          at = this.readStrings(chunk, at);
          break;
      }
    }
    if (this.phase === 'strings' && this.stringStart >= 0) {
      this.partial.push(Buffer.from(chunk.subarray(this.stringStart)));
      this.stringStart = 0;
    }
  }

  /** The graph; throws {@link SnapshotError} when the stream ended early. */
  finish(): HeapGraph {
    if (this.phase !== 'done' || this.columns === null) {
      throw new SnapshotError('The heap snapshot ended before its end. Take it again.');
    }
    return this.columns.graph(this.strings);
  }

  /** Collects text until `mark`, then goes on to `next`. The text between two arrays is short, as V8 writes it. */
  private seek(chunk: Buffer, at: number, mark: string, next: Phase): number {
    const before = this.head.length;
    this.head += chunk.toString('latin1', at, Math.min(chunk.length, at + LONGEST_HEADER));
    const found = this.head.indexOf(mark);
    if (found < 0) {
      if (this.phase === 'header' && this.head.length > LONGEST_HEADER) {
        throw new SnapshotError('This is no heap snapshot: its header is missing.');
      }
      const consumed = this.head.length - before;
      if (this.phase !== 'header') this.head = this.head.slice(-mark.length);
      return at + consumed;
    }
    if (this.phase === 'header') this.columns = new Columns(this.readHeader(this.head.slice(0, found)));
    this.head = this.head.slice(0, found + mark.length);
    const used = this.head.length - before;
    this.head = '';
    this.phase = next;
    return at + used;
  }

  private readHeader(text: string): Header {
    try {
      return JSON.parse(`${text.replace(/,\s*$/, '')}}`) as Header;
    } catch (cause) {
      throw new SnapshotError('This is no heap snapshot: its header cannot be read.', { cause });
    }
  }

  private numbers(chunk: Buffer, from: number): number {
    const columns = this.columns;
    if (columns === null) throw new SnapshotError('This is no heap snapshot: its header is missing.');
    const nodes = this.phase === 'nodes';
    let number = this.number;
    let inNumber = this.inNumber;
    let at = from;
    for (; at < chunk.length; at++) {
      const byte = chunk[at] ?? 0;
      if (byte >= ZERO && byte <= NINE) {
        number = number * 10 + (byte - ZERO);
        inNumber = true;
      } else if (byte === COMMA || byte === CLOSE) {
        if (inNumber) {
          if (nodes) columns.nodeValue(number);
          else columns.edgeValue(number);
        }
        number = 0;
        inNumber = false;
        if (byte === CLOSE) {
          this.phase = nodes ? 'seekEdges' : 'seekStrings';
          at++;
          break;
        }
      } else if (byte === MINUS) {
        throw new SnapshotError('The heap snapshot holds a negative number where none can be.');
      }
    }
    this.number = number;
    this.inNumber = inNumber;
    return at;
  }

  private readStrings(chunk: Buffer, from: number): number {
    for (let at = from; at < chunk.length; at++) {
      const byte = chunk[at];
      if (this.stringStart < 0) {
        if (byte === QUOTE) this.stringStart = at + 1;
        else if (byte === CLOSE) {
          this.phase = 'done';
          return at + 1;
        }
        continue;
      }
      if (this.escaped) this.escaped = false;
      else if (byte === BACKSLASH) this.escaped = this.hasEscape = true;
      else if (byte === QUOTE) this.endString(chunk.subarray(this.stringStart, at));
    }
    return chunk.length;
  }

  private endString(last: Buffer): void {
    const bytes = this.partial.length === 0 ? last : Buffer.concat([...this.partial, last]);
    const text = bytes.toString('utf8');
    this.strings.push(this.hasEscape ? (JSON.parse(`"${text}"`) as string) : text);
    this.partial = [];
    this.hasEscape = false;
    this.stringStart = -1;
  }
}

/** Fills the columns value by value, in the order the snapshot's own `meta` gives. */
class Columns {
  private readonly nodeType: Uint8Array;
  private readonly nodeName: Uint32Array;
  private readonly nodeId: Uint32Array;
  private readonly selfSize: Float64Array;
  private readonly firstEdge: Uint32Array;
  private readonly edgeType: Uint8Array;
  private readonly edgeName: Uint32Array;
  private readonly edgeTo: Uint32Array;
  private readonly nodeFields: Int8Array;
  private readonly edgeFields: Int8Array;
  private node = 0;
  private nodeField = 0;
  private edge = 0;
  private edgeField = 0;

  constructor(private readonly header: Header) {
    const { node_count: nodes, edge_count: edges, meta } = header.snapshot;
    this.nodeType = new Uint8Array(nodes);
    this.nodeName = new Uint32Array(nodes);
    this.nodeId = new Uint32Array(nodes);
    this.selfSize = new Float64Array(nodes);
    this.firstEdge = new Uint32Array(nodes + 1);
    this.edgeType = new Uint8Array(edges);
    this.edgeName = new Uint32Array(edges);
    this.edgeTo = new Uint32Array(edges);
    this.nodeFields = Int8Array.from(meta.node_fields, (name) => NODE_FIELDS.indexOf(name));
    this.edgeFields = Int8Array.from(meta.edge_fields, (name) => EDGE_FIELDS.indexOf(name));
  }

  nodeValue(value: number): void {
    switch (this.nodeFields[this.nodeField]) {
      case 0:
        this.nodeType[this.node] = value;
        break;
      case 1:
        this.nodeName[this.node] = value;
        break;
      case 2:
        this.nodeId[this.node] = value;
        break;
      case 3:
        this.selfSize[this.node] = value;
        break;
      case 4:
        this.firstEdge[this.node + 1] = (this.firstEdge[this.node] ?? 0) + value;
        break;
    }
    if (++this.nodeField === this.nodeFields.length) {
      this.nodeField = 0;
      this.node++;
    }
  }

  edgeValue(value: number): void {
    switch (this.edgeFields[this.edgeField]) {
      case 0:
        this.edgeType[this.edge] = value;
        break;
      case 1:
        this.edgeName[this.edge] = value;
        break;
      case 2:
        this.edgeTo[this.edge] = value / this.nodeFields.length;
        break;
    }
    if (++this.edgeField === this.edgeFields.length) {
      this.edgeField = 0;
      this.edge++;
    }
  }

  graph(strings: string[]): HeapGraph {
    const { node_count: nodeCount, edge_count: edgeCount, meta } = this.header.snapshot;
    if (this.node !== nodeCount || this.edge !== edgeCount) {
      throw new SnapshotError('The heap snapshot has another number of nodes or edges than it says.');
    }
    return {
      types: { node: meta.node_types[0], edge: meta.edge_types[0] },
      nodeCount,
      edgeCount,
      nodeType: this.nodeType,
      nodeName: this.nodeName,
      nodeId: this.nodeId,
      selfSize: this.selfSize,
      firstEdge: this.firstEdge,
      edgeType: this.edgeType,
      edgeName: this.edgeName,
      edgeTo: this.edgeTo,
      strings,
    };
  }
}

const NODE_FIELDS = ['type', 'name', 'id', 'self_size', 'edge_count'];
const EDGE_FIELDS = ['type', 'name_or_index', 'to_node'];
