/** The list of a kernel's variables, and how a person wants to see it. */
import type { VariableRecord, VariablesRecord } from '@heapmark/protocol';

export type VariableOrder = 'size' | 'name' | 'cell';

/** The list as of a moment. */
export interface VariablesSnapshot {
  readonly record: VariablesRecord;
  /** Milliseconds since 1970-01-01 UTC. */
  readonly asOf: number;
  /** Something ran since: the list is from before it. */
  readonly stale: boolean;
}

/** Rows that an event carries at most: a list cut short there has more, one that only ran out of time has not. */
export const EVENT_ROWS = 200;

/** Whether names are missing from the list. */
export const lacksRows = ({ truncated, variables }: VariablesRecord): boolean =>
  truncated && variables.length >= EVENT_ROWS;

/** What the list shows. */
export interface VariablesView {
  /** Part of a name or type, in any case. */
  readonly filter: string;
  readonly order: VariableOrder;
}

const compareNames = new Intl.Collator(undefined, { numeric: true, sensitivity: 'variant' }).compare;

/** Bytes by which a variable is ranked: what it reaches on and off the heap. */
const weight = ({ bytes, tensorBytes }: VariableRecord): number => (bytes ?? -1) + (tensorBytes ?? 0);

const comparators: Record<VariableOrder, (a: VariableRecord, b: VariableRecord) => number> = {
  size: (a, b) => weight(b) - weight(a) || compareNames(a.name, b.name),
  name: (a, b) => compareNames(a.name, b.name),
  cell: (a, b) => (b.cell?.executionCount ?? -1) - (a.cell?.executionCount ?? -1) || compareNames(a.name, b.name),
};

/** The rows to show. Every word of the filter has to be found in the name or in the type. */
export function arrangeVariables(
  variables: readonly VariableRecord[],
  { filter, order }: VariablesView,
): VariableRecord[] {
  const words = filter
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '');
  const rows = variables.filter((row) => {
    const text = `${row.name} ${row.type}`.toLowerCase();
    return words.every((word) => text.includes(word));
  });
  return rows.sort(comparators[order]);
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
