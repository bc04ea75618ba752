/** The user's variables with their sizes: what `%vars` and the panel show. */
import type { CellRef, Note, VariableRecord, VariablesRecord } from '@heapmark/protocol';
import type { CellTag } from '../../ipc/messages.js';
import type { GlobalEntry } from '../../runtime/context.js';
import type { MemoryContext, VariablesOptions } from '../memory.js';
import { arraySort, regExpExec } from '../primordials.js';
import type { Probes } from '../probes.js';
import { figureOf, type Figure, type Reach } from '../size/account.js';
import { POINTER } from '../size/layout.js';
import { measure } from '../size/measure.js';
import { globToRegExp, isHidden } from './names.js';
import { notesOf } from './notes.js';
import { previewOf } from './preview.js';
import { kindIfObject, shapeOf, typeOf } from './type.js';

/** Time for a whole listing, ms. */
export const LIST_BUDGET = 50;
/** Part of it that reading values may take; sums, previews and sorting take the rest. */
const READING_SHARE = 0.55;
/** A hidden name that holds more is listed all the same. */
const HEAVY = 1_000_000;

interface Row {
  readonly entry: GlobalEntry;
  readonly index: number;
  readonly figure: Figure;
  readonly hidden: boolean;
}

const SLOT: Figure = { bytes: POINTER, low: POINTER, high: POINTER, precision: 'exact' };
const NOBODY: string[] = [];

/** Owner cells as records carry them; names set on `globalThis` have none. */
export const cellRefOf = (owner: CellTag | undefined): CellRef | null =>
  owner === undefined || owner.parentId === '' ? null : { cellId: owner.cellId, executionCount: owner.executionCount };

/** Defined names, data first: the order in which values are read and counted. */
function ordered(context: MemoryContext, all: boolean): { entries: GlobalEntry[]; data: number; added: number } {
  const entries: GlobalEntry[] = [];
  const hidden: GlobalEntry[] = [];
  const imports: GlobalEntry[] = [];
  for (const entry of context.globals.entries()) {
    if (!isHidden(entry, all ? 'all' : 'data')) entries[entries.length] = entry;
    else if (entry.kind === 'import') imports[imports.length] = entry;
    else hidden[hidden.length] = entry;
  }
  const onGlobalThis = context.globals.addedToGlobalThis();
  if (all) for (const entry of onGlobalThis) entries[entries.length] = entry;
  const data = entries.length;
  for (let i = 0; i < hidden.length; i++) entries[entries.length] = hidden[i] as GlobalEntry;
  for (let i = 0; i < imports.length; i++) entries[entries.length] = imports[i] as GlobalEntry;
  const added = entries.length;
  if (!all) for (const entry of onGlobalThis) entries[entries.length] = entry;
  return { entries, data, added };
}

/** Lists variables; bounded in time, see {@link LIST_BUDGET}. */
export function listVariables(context: MemoryContext, probes: Probes, options: VariablesOptions = {}): VariablesRecord {
  const start = probes.now();
  const { entries, data, added } = ordered(context, options.all === true);
  const values: unknown[] = [];
  for (let i = 0; i < entries.length; i++) values[i] = (entries[i] as GlobalEntry).value;
  const { walker, account, truncated } = measure(
    values,
    probes,
    (options.budgetMs ?? LIST_BUDGET) * READING_SHARE,
    data,
  );
  const memory = probes.memory();
  const ceiling = memory.heapUsed + memory.external;
  const pattern = options.pattern === undefined ? null : globToRegExp(options.pattern);
  const rows: Row[] = [];
  let hiddenCount = 0;
  for (let index = 0; index < entries.length; index++) {
    const entry = entries[index] as GlobalEntry;
    if (pattern !== null && regExpExec(pattern, entry.name) === null) continue;
    const figure = withSlot(figureOf(account.reaches[index] as Reach, ceiling), values[index]);
    const hidden = index >= data;
    if (hidden && figure.low < HEAVY) {
      // Names that only stand on `globalThis` are no variables of the notebook: not counted as hidden ones.
      if (index < added) hiddenCount++;
      continue;
    }
    if (options.type !== undefined && options.type !== typeOf(values[index])) continue;
    rows[rows.length] = { entry, index, figure, hidden };
  }
  sortRows(rows, options.sort ?? 'size');
  const total = totalOf(account.total, rows, ceiling);
  const limit = options.limit ?? Infinity;
  const cells = new CellRefs();
  const variables: VariableRecord[] = [];
  for (let i = 0; i < rows.length && i < limit; i++) {
    // Words are made for those alone that are shown: of 15,000 names a person reads some.
    const { entry, index, figure, hidden } = rows[i] as Row;
    const kind = kindIfObject(values[index]);
    const type = typeOf(values[index], kind);
    const reach = account.reaches[index] as Reach;
    const partners = partnerNames(reach.sharedWith, entries);
    const why = hidden ? hiddenNote(entry, type, index >= added) : null;
    const notes = notesOf({ name: entry.name, value: values[index], kind, reach, partners, why }, walker);
    variables[i] = {
      name: entry.name,
      type,
      shape: shapeOf(values[index], kind),
      bytes: figure.bytes,
      low: figure.low,
      high: figure.high,
      precision: figure.precision,
      sharedBytes: Math.min(figure.bytes, Math.round(reach.shared)),
      tensorBytes: null,
      preview: previewOf(values[index], kind),
      cell: cells.of(entry.owner),
      notes,
    };
  }
  return {
    variables,
    totalBytes: total.bytes,
    precision: total.precision,
    truncated: truncated || rows.length > limit,
    ...(rows.length > limit ? { leftOut: rows.length - limit } : {}),
    hiddenCount,
    elapsedMs: Math.max(0, probes.now() - start),
  };
}

/** One reference for all variables of a cell: names come in the order of their cells. */
class CellRefs {
  private owner: CellTag | undefined;
  private ref: CellRef | null = null;
  of(owner: CellTag | undefined): CellRef | null {
    if (owner !== this.owner) {
      this.owner = owner;
      this.ref = cellRefOf(owner);
    }
    return this.ref;
  }
}

/** All together: at least so much as soon as one of the parts is a floor. */
function totalOf(total: Reach, rows: readonly Row[], ceiling: number): Figure {
  const figure = figureOf(total, ceiling);
  for (let i = 0; i < rows.length; i++) {
    if ((rows[i] as Row).figure.precision === 'atLeast')
      return { bytes: figure.low, low: figure.low, high: null, precision: 'atLeast' };
  }
  return figure;
}

/** A number or a truth value takes the slot its name has, and nothing else. */
function withSlot(figure: Figure, value: unknown): Figure {
  if (figure.bytes > 0 || (typeof value === 'object' && value !== null) || typeof value === 'function') return figure;
  return SLOT;
}

function partnerNames(indices: readonly number[], entries: readonly GlobalEntry[]): string[] {
  if (indices.length === 0) return NOBODY;
  const names: string[] = [];
  for (let i = 0; i < indices.length; i++) names[i] = (entries[indices[i] as number] as GlobalEntry).name;
  return names;
}

function hiddenNote(entry: GlobalEntry, type: string, onGlobalThis: boolean): Note {
  const what = onGlobalThis
    ? 'a property of globalThis'
    : entry.kind === 'import'
      ? 'an import'
      : type === 'function' || type === 'class'
        ? `a ${type}`
        : 'a name with an underscore';
  return { kind: 'hidden', text: `${what}, listed because it holds over 1 MB; free it by its name` };
}

/** Rows of equal size or cell stay in the order in which they were declared. */
function sortRows(rows: Row[], by: 'size' | 'name' | 'cell'): void {
  arraySort(rows, (a: Row, b: Row) => {
    if (by === 'size') return b.figure.bytes - a.figure.bytes;
    if (by === 'cell') return (a.entry.owner?.executionCount ?? 0) - (b.entry.owner?.executionCount ?? 0);
    return a.entry.name < b.entry.name ? -1 : 1;
  });
}
