/** What a cell cost, as it is saved in the notebook where the person asked for that: `metadata.heapmark` of the cell. */
import { formatByteChange, formatBytes, formatDuration, type CellRecord } from '@heapmark/protocol';
import type { Translation } from '../format.js';
import type { BadgePart } from '../model/settings.js';

const KEY = 'heapmark';

/** Bytes and milliseconds; what was not known is absent. */
export interface SavedBadge {
  readonly delta?: number;
  readonly peak?: number;
  readonly elapsedMs?: number;
}

/** What is needed of a cell's model. */
interface CellMetadata {
  getMetadata(key: string): unknown;
  setMetadata(key: string, value: unknown): void;
}

/** What a notebook holds may be from anybody: only numbers are taken. */
export function readSavedBadge(cell: CellMetadata): SavedBadge | null {
  const raw = cell.getMetadata(KEY) as Record<string, unknown> | null | undefined;
  if (typeof raw !== 'object' || raw === null) return null;
  const known = (['delta', 'peak', 'elapsedMs'] as const).flatMap((key) => {
    const value = raw[key];
    return typeof value === 'number' && Number.isFinite(value) ? [[key, value] as const] : [];
  });
  return known.length === 0 ? null : Object.fromEntries(known);
}

/** Writes a finished run into the cell, unless it is there. */
export function writeSavedBadge(cell: CellMetadata, { delta, peak, elapsedMs }: CellRecord): void {
  const saved: SavedBadge = {
    ...(delta === null ? {} : { delta }),
    ...(peak === null ? {} : { peak }),
    ...(elapsedMs === null ? {} : { elapsedMs: Math.round(elapsedMs) }),
  };
  if (JSON.stringify(saved) !== JSON.stringify(readSavedBadge(cell))) cell.setMetadata(KEY, saved);
}

/** `+1.00 GB · peak 1.60 GB · 2.3 s`: the line under the cell. */
export function savedBadgeText(
  { delta, peak, elapsedMs }: SavedBadge,
  parts: readonly BadgePart[],
  trans: Translation,
): string {
  return [
    ...(parts.includes('delta') && delta !== undefined ? [formatByteChange(delta)] : []),
    ...(parts.includes('peak') && peak !== undefined ? [trans.__('peak %1', formatBytes(peak))] : []),
    ...(parts.includes('time') && elapsedMs !== undefined ? [formatDuration(elapsedMs)] : []),
  ].join(' · ');
}
