/** Sentences and figures of the panel, as text. Bytes and times are formatted by the protocol's package. */
import {
  formatByteChange,
  formatBytes,
  formatDuration,
  type BytesByKind,
  type CellRecord,
  type EventMap,
  type FreeRecord,
  type GcRecord,
  type VariableRecord,
} from '@heapmark/protocol';
import type { BadgePart } from './model/settings.js';

/** What is needed of JupyterLab's translation bundle. */
export interface Translation {
  __(text: string, ...values: unknown[]): string;
  _n(singular: string, plural: string, count: number, ...values: unknown[]): string;
}

/** The mark of a figure that a collection has yet to confirm. */
export const SETTLING = '…';

/** Changes below this are noise of the measurement (two collections around an empty cell leave as much). */
const NOISE_BYTES = 2048;

/** `+1.00 GB`, `~+96 MB…` while it settles, `±0` for what is below the noise of measuring, `—` when unknown. */
export function formatDelta({ delta, deltaPrecision, settled, status, group }: CellRecord): string {
  const text = delta !== null && Math.abs(delta) < NOISE_BYTES ? '±0' : formatByteChange(delta, deltaPrecision);
  return settled || delta === null || status === 'running' || group !== null ? text : `${text}${SETTLING}`;
}

/** The line under a cell: `+1.00 GB · peak 1.6 GB · 2.3 s`. Empty while the cell runs: its output speaks. */
export function badgeText(record: CellRecord, parts: readonly BadgePart[], trans: Translation): string {
  if (record.status === 'running') return '';
  const pieces: string[] = record.lost ? [trans.__('lost')] : [];
  if (parts.includes('delta')) {
    pieces.push(formatDelta(record));
    if (record.tensorDelta !== null && record.tensorDelta !== 0)
      pieces.push(trans.__('%1 tensors', formatByteChange(record.tensorDelta)));
  }
  if (parts.includes('peak') && record.peak !== null)
    pieces.push(trans.__('peak %1', formatBytes(record.peak, record.peakPrecision)));
  if (parts.includes('time')) pieces.push(formatDuration(record.elapsedMs));
  return pieces.join(' · ');
}

/** `[3]–[5] ran together: +1.20 GB confirmed` when one collection confirmed several cells together. */
export function batchText({ group, groupDelta }: CellRecord, trans: Translation): string | null {
  if (group === null || group.length < 2) return null;
  const [first, last] = [Math.min(...group), Math.max(...group)];
  return groupDelta === null
    ? trans.__('[%1]–[%2] ran together', first, last)
    : trans.__('[%1]–[%2] ran together: %3 confirmed', first, last, formatByteChange(groupDelta));
}

/** Changes of variables below this need no line of their own. */
const NOTABLE_BYTES = 1_000_000;

/** `rows +1.00 GB, index +96.0 MB`: the variables that grew most in a run; null where none grew notably. */
export function grewText({ byVariable, status, lost }: CellRecord): string | null {
  if (status === 'running' || lost) return null;
  const grew = byVariable
    .filter(({ change, bytes }) => change !== 'unattributed' && bytes !== null && bytes >= NOTABLE_BYTES)
    .slice(0, 3)
    .map(({ name, bytes, precision }) => `${name} ${formatByteChange(bytes, precision)}`);
  return grew.length === 0 ? null : grew.join(', ');
}

/** What a badge or a row says on hover: every figure, and why one is not final. */
export function cellDetails(record: CellRecord, trans: Translation): string {
  const lines = [trans.__('Cell [%1]: what it keeps, against before it ran', record.executionCount)];
  const kinds = record.deltaByKind;
  if (kinds !== null) {
    lines.push(
      trans.__(
        'heap %1, buffers %2, other %3',
        formatByteChange(kinds.heapUsed),
        formatByteChange(kinds.arrayBuffers),
        formatByteChange(kinds.otherExternal),
      ),
    );
  }
  if (record.peak !== null)
    lines.push(trans.__('highest while it ran: %1', formatBytes(record.peak, record.peakPrecision)));
  if (record.rssDelta !== null) lines.push(trans.__('process memory: %1', formatByteChange(record.rssDelta)));
  for (const { name, bytes, precision, change } of record.byVariable.slice(0, 5)) {
    if (bytes !== null)
      lines.push(
        `${change === 'unattributed' ? trans.__('no variable') : name}: ${formatByteChange(bytes, precision)}`,
      );
  }
  const group = batchText(record, trans);
  if (group !== null) lines.push(group);
  if (!record.settled && record.status !== 'running') {
    lines.push(trans.__('Not confirmed by a collection: %1', record.unsettledReason ?? trans.__('not yet')).trim());
  }
  if (record.lost) lines.push(trans.__('The runtime that ran it has ended: nothing it kept is left.'));
  if (record.background) lines.push(trans.__('Code of earlier cells ran meanwhile: part of it may be theirs.'));
  return lines.join('\n');
}

/** Bytes of all kinds that are known; process memory is not one of them. `null` when none is. */
export function sumOfKinds({ heap, arrayBuffers, otherExternal, tensors }: BytesByKind): number | null {
  const known = [heap, arrayBuffers, otherExternal, tensors].filter((part) => part !== null);
  return known.length === 0 ? null : known.reduce((sum, part) => sum + part, 0);
}

/** `1.00 GB back · head still holds 1.00 GB`: what was measured, and what keeps the rest. */
export function freeSummary(record: FreeRecord, trans: Translation): string {
  const parts = [returnedText(record.bytesReturned, record.precision, trans)];
  for (const { name, holder, bytes } of record.stillHeld) {
    const who = holder ?? trans.__('something else');
    parts.push(
      bytes === null
        ? trans.__('%1 still holds %2', who, name)
        : trans.__('%1 still holds %2', who, formatBytes(bytes)),
    );
  }
  for (const { name, with: others, bytes } of record.sharedKept) {
    parts.push(trans.__('%1 still holds %2 of %3', others.join(', '), formatBytes(bytes), name));
  }
  return parts.join(' · ');
}

/** A kernel's warning, with the largest variables by name where it does not name them itself. */
export function warningText(
  { text, largest = [] }: Pick<EventMap['warning'], 'text' | 'largest'>,
  trans: Translation,
): string {
  if (largest.length === 0 || largest.every(({ name }) => text.includes(name))) return text;
  const named = largest.map(({ name, bytes }) => (bytes === null ? name : `${name} (${formatBytes(bytes)})`));
  return trans.__('%1 The largest variables: %2.', text, named.join(', '));
}

/** `310 MB back in 45 ms`. */
export const gcSummary = (record: GcRecord, trans: Translation): string =>
  trans.__('%1 in %2', returnedText(record.returned, 'exact', trans), formatDuration(record.pauseMs));

function returnedText(returned: BytesByKind, precision: FreeRecord['precision'], trans: Translation): string {
  const bytes = sumOfKinds(returned);
  if (bytes === null) return trans.__('What came back could not be measured');
  // A little more in use than before is what measuring itself takes.
  return bytes < NOISE_BYTES ? trans.__('Nothing came back') : trans.__('%1 back', formatBytes(bytes, precision));
}

/** `Float64Array(1000000)`, `Map(3 keys)`, `number`. */
export const typeText = ({ type, shape }: Pick<VariableRecord, 'type' | 'shape'>): string =>
  shape === null ? type : `${type}(${shape})`;

/** The figure of a variable's row: its bytes, and tensors beside it. */
export function sizeText({ bytes, precision, tensorBytes }: VariableRecord, trans: Translation): string {
  const text = formatBytes(bytes, precision);
  return (tensorBytes ?? 0) === 0 ? text : trans.__('%1 + %2 tensors', text, formatBytes(tensorBytes));
}

/** A time of day, `14:03:05`. */
export const clockTime = (time: number): string => new Date(time).toLocaleTimeString(undefined, { hour12: false });

export const percent = (share: number): string => `${(share * 100).toFixed(share < 0.095 ? 1 : 0)} %`;
