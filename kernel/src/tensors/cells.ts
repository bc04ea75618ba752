/** What each cell did to tensors: its change, its peak, and those it made and left to nobody. */
import { formatBytes, type CellRecord, type EventMap } from '@heapmark/protocol';
import type { CellMeasure, CellTag } from '../ipc/messages.js';
import type { Tensors } from './tensors.js';

/** Undisposed tensors of a cell are told from so many, or so many bytes. */
const WORTH_TELLING = 10;
const WORTH_BYTES = 1_000_000;
/** Cells whose beginnings are remembered. */
const MOST_CELLS = 100;

export class TensorCells {
  private endPeak: (() => number | null) | null = null;
  private before: number | null = null;
  private readonly beginnings = new Map<number, number>();
  private readonly told = new Map<number, number>();

  constructor(private readonly tensors: Tensors) {}

  begins(tag: CellTag): void {
    this.before = this.tensors.allocated;
    this.beginnings.set(tag.executionCount, this.before ?? 0);
    const [oldest] = this.beginnings.keys();
    if (this.beginnings.size > MOST_CELLS && oldest !== undefined) this.beginnings.delete(oldest);
    this.endPeak?.();
    this.endPeak = this.tensors.watchPeak();
  }

  /** Since {@link begins}; asked once, when the cell's code is over. */
  measure(): CellMeasure['tensors'] {
    const peak = this.endPeak?.() ?? null;
    this.endPeak = null;
    const { allocated } = this.tensors;
    return allocated === null || peak === null ? null : { delta: allocated - (this.before ?? 0), peak };
  }

  /** A record that collections have confirmed: what they freed is no part of the cell's change. */
  settled(record: CellRecord): CellRecord {
    const { allocated } = this.tensors;
    const before = this.beginnings.get(record.executionCount);
    if (!record.settled || allocated === null || before === undefined) return record;
    return { ...record, tensorDelta: allocated - before };
  }

  /**
   * Tensors of earlier cells that no variable reaches and nobody has disposed, after a collection: each cell is told once,
   * and again when it has become twice as many.
   */
  leaks(now: CellTag | null): EventMap['warning'][] {
    const reaches = this.tensors.reach();
    if (!this.tensors.attached || reaches.some(({ complete }) => !complete)) return [];
    const reached = new Set(reaches.flatMap(({ tensors }) => tensors.map(({ id }) => id)));
    const lost = new Map<number, { count: number; bytes: number }>();
    for (const { id, bytes, cell } of this.tensors.all()) {
      if (reached.has(id) || cell === null || cell.executionCount === now?.executionCount) continue;
      const sum = lost.get(cell.executionCount) ?? { count: 0, bytes: 0 };
      sum.count += 1;
      sum.bytes += bytes ?? 0;
      lost.set(cell.executionCount, sum);
    }
    const warnings: EventMap['warning'][] = [];
    for (const [cell, { count, bytes }] of lost) {
      if (count < WORTH_TELLING && bytes < WORTH_BYTES) continue;
      if (bytes < 2 * (this.told.get(cell) ?? 0.5)) continue;
      this.told.set(cell, bytes);
      warnings.push({ kind: 'tensorLeak', text: leakText(cell, count, bytes) });
    }
    return warnings;
  }
}

const leakText = (cell: number, count: number, bytes: number): string =>
  `Cell [${cell}] made ${count.toLocaleString('en-US')} tensors (${formatBytes(bytes)}) that no variable reaches and nobody disposed. Use tf.tidy(), dispose() or %tensors --dispose.`;
