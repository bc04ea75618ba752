/** Turns of phrase that several records share. */
import { formatByteChange, type BytesByKind, type CellRef } from '@heapmark/protocol';

/** `1 variable`, `3 variables`. */
export const count = (amount: number, one: string, many = `${one}s`): string =>
  `${amount.toLocaleString('en-US')} ${amount === 1 ? one : many}`;

/** `[5]`; nothing for what no cell made. */
export const cellNumber = (cell: CellRef | null): string => (cell === null ? '' : `[${cell.executionCount}]`);

/** `a, b and c`. */
export function enumeration(words: readonly string[]): string {
  if (words.length < 2) return words.join('');
  return `${words.slice(0, -1).join(', ')} and ${words.at(-1)}`;
}

const SHOWN_NAMES = 12;

/** `a, b and c`, or the first dozen and how many more. */
export function someOf(names: readonly string[]): string {
  if (names.length <= SHOWN_NAMES) return enumeration(names);
  return `${names.slice(0, SHOWN_NAMES).join(', ')} and ${names.length - SHOWN_NAMES} more`;
}

const KINDS = [
  ['heap', 'heap'],
  ['arrayBuffers', 'buffers'],
  ['otherExternal', 'other external'],
  ['tensors', 'tensors'],
] as const satisfies readonly (readonly [keyof BytesByKind, string])[];

/** What a collection returned in all: heap, buffers and other external memory, none counted twice. `null` when none is known. */
export function returnedInAll(returned: BytesByKind): number | null {
  const known = [returned.heap, returned.arrayBuffers, returned.otherExternal].filter((bytes) => bytes !== null);
  return known.length === 0 ? null : known.reduce((sum, bytes) => sum + bytes, 0);
}

/** Parts smaller than this share of the largest say nothing. */
const WORTH_NAMING = 0.01;

/** `heap −40.0 MB · buffers −1.00 GB · process memory −1.02 GB`: what changed most, as changes of memory. */
export function byKind(returned: BytesByKind): string {
  const known = KINDS.map(([kind, name]) => ({ name, bytes: returned[kind] ?? 0 }));
  const least = WORTH_NAMING * Math.max(...known.map(({ bytes }) => Math.abs(bytes)));
  const parts = known
    .filter(({ bytes }) => bytes !== 0 && Math.abs(bytes) >= least)
    .map(({ name, bytes }) => `${name} ${formatByteChange(-bytes)}`);
  if (returned.rss !== null) parts.push(`process memory ${formatByteChange(-returned.rss)}`);
  return parts.join(' · ');
}
