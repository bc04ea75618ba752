/** The records of cells that ran: confirmed by a collection, in a batch with others, or not confirmed at all. */
import type { CellRecord, CellRef, MemoryDelta } from '@heapmark/protocol';
import type { CellInfo } from '../runtime/context.js';
import { deltaBetween, sumOf } from './usage.js';

/** A cell that has run and waits for its confirmation. */
export interface RanCell {
  readonly cell: CellInfo;
  /** Timers, sockets or children of earlier cells were active when it began: part of its delta may be theirs. */
  readonly background: boolean;
}

/** What the collections confirmed for one cell alone. */
export function confirmedRecord(
  { cell, background }: RanCell,
  byKind: MemoryDelta,
  precision: 'exact' | 'estimate',
  { heapUsed, arrayBuffers, otherExternal }: MemoryDelta,
  byVariable: CellRecord['byVariable'],
): CellRecord {
  return {
    ...basicsOf(cell, background),
    after: { heapUsed, arrayBuffers, otherExternal },
    delta: sumOf(byKind),
    deltaByKind: byKind,
    deltaPrecision: sumOf(byKind) === null ? 'unavailable' : precision,
    settled: true,
    byVariable,
  };
}

/** The counters right before and after the cell's code: its garbage is in them. */
export function unconfirmedRecord({ cell, background }: RanCell, reason: string): CellRecord {
  const { before, after } = cell.measure;
  const byKind = before === null || after === null ? null : deltaBetween(before, after);
  const delta = byKind === null ? null : sumOf(byKind);
  return {
    ...basicsOf(cell, background),
    after,
    delta,
    deltaByKind: byKind,
    deltaPrecision: delta === null ? 'unavailable' : 'estimate',
    settled: false,
    unsettledReason: reason,
    byVariable: [],
  };
}

/**
 * One confirmed figure for all; each cell keeps its own, garbage and all, with the changes of the names it declared.
 * What no cell of the batch declared stands with the last one.
 */
export function batchRecords(
  batch: readonly RanCell[],
  delta: number | null,
  changes: CellRecord['byVariable'],
  ownerOf: (name: string) => CellRef | null,
): CellRecord[] {
  const cells = batch.map(({ cell }) => cell.tag.executionCount);
  const reason = `it ran in one batch with others, and one collection was made for [${cells.join('], [')}]`;
  return batch.map((each, index) => ({
    ...unconfirmedRecord(each, reason),
    group: cells,
    groupDelta: delta,
    byVariable: changes.filter(({ name, change }) => {
      const by = change === 'unattributed' ? undefined : ownerOf(name)?.executionCount;
      return by !== undefined && cells.includes(by) ? by === each.cell.tag.executionCount : index === batch.length - 1;
    }),
  }));
}

function basicsOf({ tag, status, source, measure }: CellInfo, background: boolean) {
  return {
    cellId: tag.cellId,
    executionCount: tag.executionCount,
    status,
    startedAt: measure.startedAt,
    elapsedMs: measure.elapsedMs,
    before: measure.before,
    // The front knows the peak: it watched.
    peak: null,
    peakKind: null,
    peakPrecision: 'unavailable' as const,
    rssDelta: null,
    tensorDelta: measure.tensors?.delta ?? null,
    unsettledReason: null,
    group: null,
    groupDelta: null,
    background,
    lost: false,
    source,
  };
}
