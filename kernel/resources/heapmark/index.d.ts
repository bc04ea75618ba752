/**
 * What holds this notebook's memory: the function forms of the magics. Each returns a promise of the record that its
 * magic shows; as a cell's result the record is shown as the magic shows it.
 */
import type {
  CacheRecord,
  CellRecord,
  EmptyCacheRecord,
  FreeRecord,
  GcRecord,
  GcThresholdRecord,
  GlobalNamesRecord,
  GpusRecord,
  LeakRecord,
  MemitRecord,
  MemtraceComparison,
  MemtraceRecord,
  MemlimitRecord,
  MemoryDiffRecord,
  MemoryRecord,
  SnapshotFileRecord,
  TensorsRecord,
  VariablesRecord,
  WhyRecord,
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
  /** Retained sizes from a heap snapshot: what comes back if the name alone is freed. */
  exact?: boolean;
  /** Takes the snapshot whatever it costs. */
  force?: boolean;
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
  /** Disposes the tensors that only these values hold. */
  dispose?: boolean;
  /** Looks for holders of what survives in a heap snapshot where the walk finds none. */
  why?: boolean;
  /** Takes the snapshot whatever it costs. */
  force?: boolean;
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
  /** Collections, pauses, what they freed and what lived on, by kind since the start; spaces of the heap. */
  stats?: boolean;
  /** Which objects went since the last count, by heap snapshots. */
  count?: boolean;
  /** Takes the snapshot whatever it costs. */
  force?: boolean;
  /** Whether each collection is printed as it happens, from now on. */
  debug?: boolean;
  /**
   * Whether each record lists what was to go and has not, from now on: tracked objects with their holders, timers,
   * listeners, promises, handles, threads. Promises are noted down meanwhile, which slows each await a little.
   */
  watch?: boolean;
  /** Full collections that a tracked object may survive; 2 by default. */
  after?: number;
}): Promise<GcRecord>;

/**
 * Expects an object to go: `gc({ watch: true })` and `%gc --watch on` list it with its holder when it has not. It is held
 * weakly. Gives the object itself.
 */
export function track<T extends object>(value: T, label?: string): T;

/** What keeps the value of a variable alive: the shortest path, or with `all` every direct holder, counted. */
export function why(
  name: string,
  options?: {
    /** Every direct holder, counted in a heap snapshot. */
    all?: boolean;
    /** `false`: only a walk through the other variables. */
    snapshot?: boolean;
    /** Takes the snapshot whatever it costs. */
    force?: boolean;
  },
): Promise<WhyRecord>;

/** Writes a heap snapshot that Chrome DevTools opens; relative paths begin at the notebook's folder. */
export function heapSnapshot(
  file: string,
  options?: {
    /** Replaces the file where there is one. */
    overwrite?: boolean;
    /** Takes the snapshot whatever it costs. */
    force?: boolean;
  },
): Promise<SnapshotFileRecord>;

/**
 * Reads the limits of V8's generations that are in force. V8 takes new ones when a runtime starts: a change is pending
 * until then, and `%reset --runtime` starts a fresh one.
 */
export function gcThreshold(options?: {
  /** Highest size of a semi-space in bytes; `null` for V8's own choice. Rounded up to a power of two of MiB. */
  semiSpace?: number | null;
  /** Limit of the old generation in bytes; `null` for V8's own choice. Rounded up to MiB. */
  oldSpace?: number | null;
}): Promise<GcThresholdRecord>;

/** Where memory stands now, against the limits, and the cells that took most. */
export function memory(): Promise<MemoryRecord>;

/** Sets the mark that {@link memoryDiff} compares with, by a heap snapshot. `force` takes it whatever it costs. */
export function memoryMark(options?: { force?: boolean }): Promise<void>;

/** What was added since the mark, by kind and holder, from two heap snapshots; without a mark, sets one. */
export function memoryDiff(options?: {
  /** Sets the mark anew afterwards. */
  mark?: boolean;
  /** Takes the snapshot whatever it costs. */
  force?: boolean;
}): Promise<MemoryDiffRecord>;

/**
 * Reads the memory limit, or sets it: bytes of resident memory at which a cell is stopped; `null` turns the guard off, also
 * near V8's heap limit.
 */
export function memlimit(bytes?: number | null): Promise<MemlimitRecord>;

/** What each cell cost, the newest last. */
export function cells(): Promise<CellRecord[]>;

/** Every cache in the process: those of `heapmark/caches`, instances of lru-cache, and the Maps and objects that were added. */
export function caches(options?: {
  /** Names of Maps, Sets, arrays or objects of yours that are to be listed too, from now on. */
  add?: string | readonly string[];
}): Promise<CacheRecord[]>;

export interface PeakOptions {
  /** How many runs, the highest counts; 1 when absent. */
  repeat?: number;
  /** No run begins, and none is waited for, after so many seconds. */
  timeout?: number;
  /** Seconds between two looks where the system keeps no high-water mark; 0.01 when absent. */
  interval?: number;
  /** Child processes count too. */
  children?: boolean;
}

/** Runs a function and tells how high memory rose meanwhile. A full collection comes before each run. */
export function memit(code: () => unknown, options?: PeakOptions): Promise<MemitRecord>;

export interface LeakOptions {
  /** Iterations that are measured; as many as it takes when absent. */
  iterations?: number;
  /** Iterations before them, in which code is compiled and caches fill; chosen when absent. */
  warmup?: number;
  /** Waits after each group of iterations for timers, files and the like that they have started. */
  async?: boolean;
  /** Most seconds for measuring; 10 when neither this nor a number of iterations is given. */
  timeout?: number;
  /** `false`: only the verdict and the rate, without heap snapshots. */
  snapshot?: boolean;
  /** Takes the snapshots whatever they cost. */
  force?: boolean;
}

/**
 * Calls a function many times and tells whether that leaks: bytes per iteration with their confidence interval, what grows,
 * who holds it and which line made it. A function that gives a promise is awaited. Some more calls between two heap
 * snapshots tell what grows.
 *
 * @param body gets the number of the iteration, from 0.
 * @param options a number stands for `{ iterations }`.
 */
export function leaks(body: (iteration: number) => unknown, options?: number | LeakOptions): Promise<LeakRecord>;

/** Live tensors with the cell that made them, and what their allocators hold. Figures of different sources overlap. */
export function tensors(options?: {
  /** Most tensors, the largest first; 1000 when absent. */
  limit?: number;
}): Promise<TensorsRecord>;

/** Devices and the processes that hold their memory. */
export function gpu(): Promise<GpusRecord>;

/** Gives the free buffers of tensor pools back; frees no live tensor. */
export function emptyCache(options?: {
  /** Makes backends anew that cannot shrink (wasm), around their live tensors. */
  all?: boolean;
}): Promise<EmptyCacheRecord>;

/** Begins the peaks of tensor memory anew: that of live tensors, that of reserved memory, or both. */
export function resetPeak(which?: 'allocated' | 'reserved' | 'both'): Promise<void>;

/** Disposes tensors by the ids that `tensors()` lists. */
export function disposeTensors(ids: readonly number[]): Promise<{
  /** Those that are gone by it. */
  disposed: number[];
  /** What came back; `null` where it is not known. */
  bytes: number | null;
}>;

/** Says, and with an argument decides, whether tensors whose last reference was collected are freed. */
export function freeCollectedTensors(on?: boolean): Promise<boolean>;

/** Traces which lines allocate what, from one cell to another. Tracing makes each run of an allocating line some µs slower. */
export const memtrace: {
  /**
   * Begins: code compiled from the next cell on is traced, its functions and local files too. Code of earlier cells and of
   * packages counts for the line that calls it.
   */
  start(options?: {
    /** Mean number of bytes between two samples of living objects; 8192 when absent, 1 samples each. */
    interval?: number;
  }): Promise<void>;
  /** What was allocated until now, by line, after a full collection. */
  snapshot(options?: {
    /** Lines shown; 10 when absent. The record has them all. */
    top?: number;
  }): Promise<MemtraceRecord>;
  /** How the living bytes of each line changed between two snapshots; the later one is taken now when absent. */
  compare(before: MemtraceRecord, after?: MemtraceRecord, options?: { top?: number }): Promise<MemtraceComparison>;
  /** Ends tracing and gives the last snapshot. */
  stop(options?: { top?: number }): Promise<MemtraceRecord>;
};
