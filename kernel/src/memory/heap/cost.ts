/** What a heap snapshot will cost, before it is taken: learned from each one that was. */
import { formatBytes, formatDuration, type SnapshotCost } from '@heapmark/protocol';
import type { SnapshotFigures } from '../../ipc/heap.js';

/** Bytes of the heap for one node of a snapshot, arrays of over 128 kB apart (measured: 25 to 36). */
const FIRST_NODE_BYTES = 34;
/** Time in which V8 makes and writes a node with its edges, ms (Node 20 on a busy two-core machine). */
const FIRST_NODE_MS = 0.0046;
/** Memory that V8 takes for a node while it makes a snapshot (measured: 340 to 640 bytes). */
const NODE_RUNTIME_BYTES = 640;
/** The same for a slot of a large array. */
const SLOT_RUNTIME_BYTES = 64;
/** Memory for a node where it is read: its text on the way, columns, dominators, paths. */
const NODE_READER_BYTES = 230;
/** Text of a node with its edges. */
const FIRST_NODE_TEXT = 76;
const SLOT_BYTES = 8;
/** A snapshot of an empty runtime takes this long, ms. */
const LEAST_MS = 250;
/** Reading goes on for this part of the time after V8 is done. */
const READING_SHARE = 0.3;

/** Longest that one may take before it needs `--force`, ms, and the part of the free memory it may use. */
const LIMIT_MS = 60_000;
const LIMIT_SHARE = 0.8;
/** One that nobody asked for by name must be quicker, and leave more. */
const QUICK_MS = 8_000;
const QUICK_SHARE = 0.5;

/** Heap by what it is made of, bytes. */
export interface HeapMake {
  /** In objects of ordinary size. */
  small: number;
  /** In arrays and texts of over 128 kB. */
  large: number;
}

export class SnapshotCosts {
  private nodeBytes = FIRST_NODE_BYTES;
  private nodeMs = FIRST_NODE_MS;
  private nodeText = FIRST_NODE_TEXT;

  /**
   * @param quick nobody asked for a snapshot by name: it is refused sooner.
   * @param force it is taken whatever it costs.
   */
  predict(heap: HeapMake, available: number | null, { quick = false, force = false } = {}): SnapshotCost {
    const nodes = heap.small / this.nodeBytes;
    const slots = heap.large / SLOT_BYTES;
    const elapsedMs = LEAST_MS + nodes * this.nodeMs * (1 + READING_SHARE);
    const bytes = Math.round(nodes * (NODE_RUNTIME_BYTES + NODE_READER_BYTES) + slots * SLOT_RUNTIME_BYTES);
    const free = available === null ? 'how much memory is free is not known' : `${formatBytes(available)} are free`;
    const text = `A heap snapshot takes about ${formatDuration(elapsedMs)}, in which the runtime stands still, and about ${formatBytes(bytes)} of memory; ${free}.`;
    return {
      elapsedMs,
      bytes,
      fileBytes: Math.round(nodes * this.nodeText),
      available,
      refused: force ? null : refusal(elapsedMs, bytes, available, quick),
      text,
    };
  }

  /** Learns from one that was taken of such a heap. */
  learn(heap: HeapMake, figures: SnapshotFigures): void {
    const { nodes, takenMs, textBytes } = figures;
    if (nodes <= 0 || heap.small <= 0) return;
    this.nodeBytes = mean(this.nodeBytes, heap.small / nodes);
    this.nodeMs = mean(this.nodeMs, Math.max(0, takenMs - LEAST_MS / 2) / nodes);
    this.nodeText = mean(this.nodeText, textBytes / nodes);
  }
}

const mean = (before: number, now: number): number => (before + 2 * now) / 3;

function refusal(elapsedMs: number, bytes: number, available: number | null, quick: boolean): string | null {
  const longest = quick ? QUICK_MS : LIMIT_MS;
  if (elapsedMs > longest) return `it would take about ${formatDuration(elapsedMs)}, over ${formatDuration(longest)}`;
  const share = quick ? QUICK_SHARE : LIMIT_SHARE;
  if (available !== null && bytes > available * share)
    return `it would take about ${formatBytes(bytes)} of the ${formatBytes(available)} that are free`;
  return null;
}
