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
  MemitRecord,
  MemtraceComparison,
  MemtraceRecord,
  MemlimitRecord,
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
  /** Collections and pauses by kind since the start. */
  stats?: boolean;
  /** Which objects went since the last count, by heap snapshots. */
  count?: boolean;
  /** Takes the snapshot whatever it costs. */
  force?: boolean;
}): Promise<GcRecord>;

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

/** Sizes and limits of V8's generations. */
export function gcThreshold(): Promise<GcThresholdRecord>;

/** Where memory stands now, against the limits, and the cells that took most. */
export function memory(): Promise<MemoryRecord>;

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
