/** How a person has arranged the panel: kept while it is hidden, the same for every kernel. */
import { Signal, type ISignal } from '@lumino/signaling';
import type { CellOrder } from './cells.js';
import { SERIES, type Series } from './timeline.js';
import { COLUMNS, type VariableColumn, type VariableOrder } from './variables.js';

export type SectionName = 'now' | 'cells' | 'variables' | 'tensors' | 'caches' | 'kernels';

/** What the panel remembers; plain JSON, so that the layout can restore it. */
export interface Arrangement {
  readonly closed: readonly SectionName[];
  readonly rangeMs: number;
  readonly hiddenSeries: readonly Series[];
  /** Whether the timeline has a line for the process's resident memory. */
  readonly showsProcess: boolean;
  /** Whether all limits stand in the panel, not only the nearest. */
  readonly showsLimits: boolean;
  readonly cellOrder: CellOrder;
  readonly variableOrder: VariableOrder;
  /** What stands beside the names of variables. */
  readonly columns: readonly VariableColumn[];
}

/** The spans of time that the timeline offers. */
export const RANGES_MS = [120_000, 600_000, 3_600_000, 8 * 3_600_000] as const;

const initial: Arrangement = {
  closed: ['kernels'],
  rangeMs: RANGES_MS[0],
  hiddenSeries: [],
  showsProcess: false,
  showsLimits: false,
  cellOrder: 'cost',
  variableOrder: 'size',
  columns: ['type', 'size'],
};

/** A row that somebody asked to see; another object each time it is asked for. */
export interface Revealed {
  readonly key: string;
}

const SECTIONS: readonly SectionName[] = ['now', 'cells', 'variables', 'tensors', 'caches', 'kernels'];

/** Reads what a layout was saved as, perhaps by another version: what does not fit is as it is at first. */
export function readArrangement(raw: unknown): Arrangement {
  if (typeof raw !== 'object' || raw === null) return initial;
  const saved = raw as Record<string, unknown>;
  const list = <T extends string>(key: string, all: readonly T[], otherwise: readonly T[]): readonly T[] => {
    const value = saved[key];
    return Array.isArray(value) ? all.filter((member) => value.includes(member)) : otherwise;
  };
  const one = <T>(key: string, all: readonly T[], otherwise: T): T =>
    all.includes(saved[key] as T) ? (saved[key] as T) : otherwise;
  return {
    closed: list('closed', SECTIONS, initial.closed),
    rangeMs: one('rangeMs', RANGES_MS as readonly number[], initial.rangeMs),
    hiddenSeries: list('hiddenSeries', SERIES, initial.hiddenSeries),
    showsProcess: one('showsProcess', [true, false], initial.showsProcess),
    showsLimits: one('showsLimits', [true, false], initial.showsLimits),
    cellOrder: one<CellOrder>('cellOrder', ['cost', 'order'], initial.cellOrder),
    variableOrder: one<VariableOrder>('variableOrder', ['name', ...COLUMNS], initial.variableOrder),
    columns: list('columns', COLUMNS, initial.columns),
  };
}

export class PanelState {
  readonly #changed = new Signal<this, void>(this);
  #arrangement = initial;
  #filter = '';
  #opened: string | null = null;
  #revealedRun: Revealed | null = null;

  get changed(): ISignal<this, void> {
    return this.#changed;
  }

  get arrangement(): Arrangement {
    return this.#arrangement;
  }

  /** What the list of variables is filtered by. */
  get filter(): string {
    return this.#filter;
  }

  /** The variable whose details show. */
  get opened(): string | null {
    return this.#opened;
  }

  /** The run of a cell that somebody asked to see. */
  get revealedRun(): Revealed | null {
    return this.#revealedRun;
  }

  /** Brings a run into sight. @param key - from `runKey` */
  revealRun(key: string): void {
    this.#revealedRun = { key };
    if (this.isClosed('cells')) this.toggleSection('cells');
    this.#changed.emit();
  }

  arrange(change: Partial<Arrangement>): void {
    this.#arrangement = { ...this.#arrangement, ...change };
    this.#changed.emit();
  }

  filterBy(filter: string): void {
    this.#filter = filter;
    this.#changed.emit();
  }

  /** Shows the details of a variable, or hides them when they show. */
  toggleDetails(name: string): void {
    this.#opened = this.#opened === name ? null : name;
    this.#changed.emit();
  }

  isClosed(section: SectionName): boolean {
    return this.#arrangement.closed.includes(section);
  }

  toggleSection(section: SectionName): void {
    this.arrange({ closed: toggled(this.#arrangement.closed, section) });
  }

  toggleColumn(column: VariableColumn): void {
    this.arrange({ columns: toggled(this.#arrangement.columns, column) });
  }

  toggleSeries(series: Series): void {
    this.arrange({ hiddenSeries: toggled(this.#arrangement.hiddenSeries, series) });
  }
}

const toggled = <T>(members: readonly T[], member: T): T[] =>
  members.includes(member) ? members.filter((other) => other !== member) : [...members, member];
