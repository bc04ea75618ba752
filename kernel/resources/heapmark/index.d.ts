/**
 * What holds this notebook's memory: the function forms of the magics. Each returns a promise of the record that its
 * magic shows; as a cell's result the record is shown as the magic shows it.
 */
import type {
  CellRecord,
  FreeRecord,
  GcRecord,
  GcThresholdRecord,
  GlobalNamesRecord,
  MemoryRecord,
  VariablesRecord,
} from './records.js';

export type * from './records.js';
export * from './output.js';

export interface VariablesOptions {
  /** Only names that match, with `*` and `?`. */
  pattern?: string;
  /** Only values of this type, e.g. `Map`. */
  type?: string;
  /** Order of the rows; by size when absent. */
  sort?: 'size' | 'name' | 'cell';
  /** Functions, classes, imports, `_names` and names set on `globalThis` too. */
  all?: boolean;
  /** Most rows. */
  limit?: number;
  /** Longest time the sizes may take, in ms; 50 when absent. */
  budgetMs?: number;
}

/** Your variables with type, shape, size, owner cell and notes. No getter and no proxy trap is run. */
export function vars(options?: VariablesOptions): Promise<VariablesRecord>;

/** The plain list of your global variables; with their values on request. */
export function checkGlobalVariable(options?: { values?: boolean }): Promise<GlobalNamesRecord>;

export interface FreeOptions {
  /** What to free. */
  names?: readonly string[];
  /** All that `vars()` lists; functions, classes, imports and `_names` stay. */
  all?: boolean;
  /** Names that this regular expression finds. */
  pattern?: string | RegExp;
}

/**
 * Deletes variables, collects, and tells what came back and what still holds the rest.
 *
 * Names are given as text: `await free("rows", "index")`. A name that does not exist is an error, and then nothing is freed.
 */
export function free(...names: (string | FreeOptions)[]): Promise<FreeRecord>;

/** Collects garbage and tells what it returned. */
export function gc(options?: {
  /** The young generation only. */
  minor?: boolean;
  /** Collections and pauses by kind since the start. */
  stats?: boolean;
}): Promise<GcRecord>;

/** Sizes and limits of V8's generations. */
export function gcThreshold(): Promise<GcThresholdRecord>;

/** Where memory stands now, against the limits, and the cells that took most. */
export function memory(): Promise<MemoryRecord>;

/** What each cell cost, the newest last. */
export function cells(): Promise<CellRecord[]>;

export interface DisplayOptions {
  metadata?: Record<string, unknown>;
  /** Display id: a later call with the same id and `update` replaces it everywhere. */
  id?: string;
  update?: boolean;
  buffers?: Uint8Array[];
  /** The value is a MIME bundle, whatever its keys look like. */
  raw?: boolean;
}

/** An output that can be replaced. */
export interface DisplayHandle {
  readonly id: string;
  update(value: unknown, options?: DisplayOptions): void;
}

/** Shows a value, or content of a known type: `display.html("<b>hi</b>")`. */
export interface Display {
  (value: unknown, options?: DisplayOptions): DisplayHandle;
  javascript(content: string | Uint8Array): void;
  html(content: string | Uint8Array): void;
  markdown(content: string | Uint8Array): void;
  latex(content: string | Uint8Array): void;
  svg(content: string | Uint8Array): void;
  png(content: string | Uint8Array): void;
  jpeg(content: string | Uint8Array): void;
  gif(content: string | Uint8Array): void;
  pdf(content: string | Uint8Array): void;
  json(content: unknown): void;
  text(content: string | Uint8Array): void;
  /** Shows content of any MIME type. */
  raw(type: string, content: unknown): void;
}

/** Shows a value as a cell's result is shown, from anywhere in a cell. Known without an import too. */
export const display: Display;

/** A display whose every later call replaces its output. */
export function newDisplay(): Display;

/** Removes the cell's output; with `wait`, when the next output comes. */
export function clearOutput(options?: { wait?: boolean }): void;

/**
 * Asks the person at the notebook for a line; `password` does not show what is typed. Rejects where the front end cannot
 * ask. Known without an import too.
 */
export function input(prompt?: string, options?: { password?: boolean }): Promise<string>;

export interface CommExtras {
  metadata?: Record<string, unknown>;
  buffers?: Uint8Array[];
}

export interface CommEvent {
  data: unknown;
  metadata: Record<string, unknown>;
  buffers: Uint8Array[];
}

/** One end of a comm: messages between a cell and a widget or another front end's code. */
export interface Comm {
  readonly commId: string;
  readonly targetName: string;
  readonly closed: boolean;
  /** Sends data that JSON can hold; `buffers` go beside it as they are. Throws when the comm is closed. */
  send(data: unknown, extras?: CommExtras): void;
  close(data?: unknown, extras?: CommExtras): void;
  onMessage(handler: (event: CommEvent) => void): this;
  onClose(handler: (event: CommEvent) => void): this;
}

/** Opens a comm to the front end's target of that name. */
export function createComm(targetName: string, data?: unknown, extras?: CommExtras): Comm;

/** Lets front ends open comms of this name; a later handler replaces an earlier one. */
export function registerCommTarget(targetName: string, handler: (comm: Comm, opening: CommEvent) => void): void;

type OwnDisplay = Display;
type OwnInput = typeof input;

declare global {
  const display: OwnDisplay;
  const input: OwnInput;
}
