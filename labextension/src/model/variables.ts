/** The list of a kernel's variables, and how a person wants to see it. */
import { parseBytes, type VariableRecord, type VariablesRecord } from '@heapmark/protocol';

/** Figures that may stand beside a variable's name. */
export const COLUMNS = ['type', 'cell', 'shared', 'tensors', 'size'] as const;
export type VariableColumn = (typeof COLUMNS)[number];

export type VariableOrder = 'name' | VariableColumn;

/** The list as of a moment. */
export interface VariablesSnapshot {
  readonly record: VariablesRecord;
  /** Milliseconds since 1970-01-01 UTC. */
  readonly asOf: number;
  /** Something ran since: the list is from before it. */
  readonly stale: boolean;
  /** The largest rows are newer than the others, which are from this moment. */
  readonly restAsOf?: number;
}

/** Rows that an event carries at most: a list cut short there has more, one that only ran out of time has not. */
export const EVENT_ROWS = 200;

/** Whether names are missing from the list. */
export const lacksRows = ({ truncated, variables }: VariablesRecord): boolean =>
  truncated && variables.length >= EVENT_ROWS;

/** What the list shows. */
export interface VariablesView {
  /** As a person wrote it; {@link parseFilter} says what it means. */
  readonly filter: string;
  readonly order: VariableOrder;
}

const compareNames = new Intl.Collator(undefined, { numeric: true, sensitivity: 'variant' }).compare;

/** Bytes by which a variable is ranked: what it reaches on and off the heap. */
const weight = ({ bytes, tensorBytes }: VariableRecord): number => (bytes ?? -1) + (tensorBytes ?? 0);

/** The largest first, and what is alike by name. */
const bySize =
  (size: (row: VariableRecord) => number) =>
  (a: VariableRecord, b: VariableRecord): number =>
    size(b) - size(a) || compareNames(a.name, b.name);

const comparators: Record<VariableOrder, (a: VariableRecord, b: VariableRecord) => number> = {
  size: bySize(weight),
  shared: bySize(({ sharedBytes }) => sharedBytes ?? -1),
  tensors: bySize(({ tensorBytes }) => tensorBytes ?? -1),
  cell: bySize(({ cell }) => cell?.executionCount ?? -1),
  name: (a, b) => compareNames(a.name, b.name),
  type: (a, b) => compareNames(a.type, b.type) || bySize(weight)(a, b),
};

/** The rows to show. */
export function arrangeVariables(
  variables: readonly VariableRecord[],
  { filter, order }: VariablesView,
): VariableRecord[] {
  return variables.filter(parseFilter(filter)).sort(comparators[order]);
}

const SIZE_TEST = /^([<>])=?(\d.*)$/;

/**
 * What a filter lets through. All of its words have to fit: `>1MB` and `<10kB` the size, `type:map` the type, `cell:3` the
 * cell that declared the variable, any other word a part of the name or the type. Case does not count.
 */
export function parseFilter(filter: string): (row: VariableRecord) => boolean {
  const tests = filter
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '')
    .map(parseWord);
  return (row) => tests.every((test) => test(row));
}

function parseWord(word: string): (row: VariableRecord) => boolean {
  const [, sign, size] = SIZE_TEST.exec(word) ?? [];
  const bytes = size === undefined ? null : parseBytes(size);
  if (bytes !== null) return (row) => (sign === '>' ? weight(row) >= bytes : weight(row) >= 0 && weight(row) <= bytes);
  if (word.startsWith('type:')) return ({ type }) => type.toLowerCase().includes(word.slice('type:'.length));
  if (/^cell:\d+$/.test(word)) return ({ cell }) => cell?.executionCount === Number(word.slice('cell:'.length));
  return ({ name, type }) => `${name} ${type}`.toLowerCase().includes(word);
}

/** Bytes of the chosen variables, one by one: what they share is in each of them, so the sum may be too high. */
export function chosenBytes(
  variables: readonly VariableRecord[],
  chosen: ReadonlySet<string>,
): { bytes: number | null; shared: boolean; complete: boolean } {
  let bytes: number | null = null;
  let shared = false;
  let complete = true;
  for (const row of variables) {
    if (!chosen.has(row.name)) continue;
    if (row.bytes === null) complete = false;
    else bytes = (bytes ?? 0) + row.bytes;
    shared ||= (row.sharedBytes ?? 0) > 0;
  }
  return { bytes, shared, complete };
}
