/**
 * The contract between front and runtime: every frame on the two pipes and on the monitor's channel.
 *
 * Frames are a 32-bit little-endian length and a `v8.serialize` payload (see `frames.ts`). All output, results and
 * "done" travel in one sequence, so their order is the order in which user code made them.
 */
import type {
  CellRecord,
  GcMark,
  MemlimitRecord,
  MemoryDelta,
  MemorySample,
  RequestMap,
  EventMap,
  RequestMethod,
} from '@heapmark/protocol';
import type { CompiledCell, CompiledModule } from './cell.js';
import type { HeapQuestionMap } from './heap.js';

/** Raised when either side speaks another version; the two are built together, so this means a mixed installation. */
export const IPC_VERSION = 1;

/** Which cell a piece of output belongs to. */
export interface CellTag {
  /** The execute request's `msg_id`: the parent of the Jupyter messages made from this output. */
  parentId: string;
  /** JupyterLab's cell id, from the request's metadata. */
  cellId: string | null;
  executionCount: number;
}

/** An error as the front needs it for `error` messages and replies. */
export interface ErrorReport {
  ename: string;
  evalue: string;
  /** Lines, coloured with ANSI escapes; the first says what happened. */
  traceback: string[];
}

export type MimeBundle = Record<string, unknown>;

/** A cell to run. */
export interface RunMessage {
  type: 'run';
  id: number;
  tag: CellTag;
  /** When the cell began, ms since 1970: also before it was compiled. Names it in its record, with the count. */
  startedAt: number;
  cell: CompiledCell;
  silent: boolean;
  allowStdin: boolean;
  /** Compiled expressions of `user_expressions`, by key. */
  userExpressions: Record<string, CompiledCell | ErrorReport>;
}

/** From the front to the runtime (fd 5). */
export type ToRuntime =
  | RunMessage
  /**
   * End the cell: its awaits reject, its timers are cleared, `done` follows even for an unknown id. `at` is where its
   * code was when it was stopped.
   */
  | { type: 'abort'; id: number; reason: 'interrupt' | 'memory'; at?: RawFrame[] | null }
  /** Clear the timers that cells have left behind, and tell their cells; answered by `reply` with how many cells. */
  | { type: 'stopBackground'; id: number }
  /** A request of the memory protocol that only the runtime can answer. */
  | { type: 'request'; id: number; method: RequestMethod; params: unknown; tag: CellTag | null }
  | { type: 'cancel'; id: number }
  | { type: 'answer'; id: number; ok: true; value: unknown }
  | { type: 'answer'; id: number; ok: false; error: ErrorReport }
  | { type: 'comm'; message: CommMessage }
  /** No cell is queued: the runtime may confirm deltas by a collection when it has been idle long enough. */
  | { type: 'quiet'; quiet: boolean }
  | { type: 'configure'; settings: RuntimeSettings }
  | { type: 'shutdown' };

/** What the front decides and the runtime obeys. */
export interface RuntimeSettings {
  /** Longest pause, in ms, that a confirming collection may be predicted to take; 0 turns forced collections off. */
  settlePauseLimitMs: number;
  /** Idle time, in ms, after the last reply before a confirming collection. */
  settleDelayMs: number;
  /** Whether anybody shows variables: `variables` events are made only then. */
  variablesWanted: boolean;
}

export interface CommMessage {
  kind: 'open' | 'msg' | 'close';
  commId: string;
  targetName?: string;
  data: unknown;
  metadata: Record<string, unknown>;
  buffers: Uint8Array[];
}

/** What the runtime measured of a cell; the front adds the peak. */
export interface CellMeasure {
  /** That of the {@link RunMessage}. */
  startedAt: number;
  elapsedMs: number;
  before: MemoryDelta | null;
  after: MemoryDelta | null;
  /** Highest of V8's counters before a collection, bytes; `null` or absent without any. */
  highest?: { heapUsed: number; external: number } | null;
  /** Of live tensors, bytes; `null` while no library that tells them is in use. */
  tensors?: { delta: number; peak: number } | null;
}

/** From the runtime to the front (fd 4), in order. */
export type FromRuntime =
  | { type: 'ready'; version: number; pid: number; node: string; heapLimit: number }
  | { type: 'stream'; tag: CellTag; name: 'stdout' | 'stderr'; text: string }
  | {
      type: 'display';
      tag: CellTag;
      data: MimeBundle;
      metadata: Record<string, unknown>;
      transient: Record<string, unknown>;
      update: boolean;
      buffers?: Uint8Array[];
    }
  | { type: 'clearOutput'; tag: CellTag; wait: boolean }
  | { type: 'result'; tag: CellTag; data: MimeBundle; metadata: Record<string, unknown> }
  /** An error that belongs to a cell which is over: a timer's throw, an unhandled rejection. */
  | { type: 'lateError'; tag: CellTag; error: ErrorReport }
  | {
      type: 'done';
      id: number;
      tag: CellTag;
      status: 'ok' | 'error' | 'aborted';
      error: ErrorReport | null;
      /** Names of `cell.declares` that were initialised: the compiler keeps these. */
      defined: string[];
      userExpressions: Record<string, unknown>;
      payload: Record<string, unknown>[];
      measure: CellMeasure;
    }
  | { type: 'reply'; id: number; ok: true; value: unknown }
  | { type: 'reply'; id: number; ok: false; code: number; message: string; data?: unknown }
  | { type: 'event'; event: EventFrame }
  /** The confirmed or corrected figures of one cell or of a batch. */
  | { type: 'settled'; record: CellRecord }
  | { type: 'ask'; id: number; tag: CellTag | null; question: Question }
  /** Nobody waits for the answer any longer. */
  | { type: 'withdraw'; id: number }
  /** Names that are gone: the compiler must not know them any longer. */
  | { type: 'forget'; names: string[]; reason: 'free' | 'reset' }
  | { type: 'comm'; tag: CellTag | null; message: CommMessage };

export type EventFrame = { [K in keyof EventMap]: { name: K; params: EventMap[K] } }[keyof EventMap];

/** What the runtime may ask of the front; each answered by `answer`. */
export interface QuestionMap extends HeapQuestionMap {
  input: { params: { prompt: string; password: boolean }; result: string };
  compileModule: { params: { path: string; source: string }; result: CompiledModule };
  /** Compiles a cell's text for `%time` and the like, whose code is an argument. `traced`: it tells which line runs. */
  compileFragment: { params: { code: string; traced?: boolean }; result: CompiledCell };
  cells: { params: null; result: CellRecord[] };
  sample: { params: null; result: MemorySample };
  memlimit: { params: { bytes: number | null | 'get' }; result: MemlimitRecord };
  typecheck: { params: { on: boolean | null }; result: { on: boolean } };
  /** Whether code compiled from now on tells which of its lines runs. */
  traceLines: { params: { on: boolean }; result: null };
  history: { params: { n: number }; result: { executionCount: number; code: string }[] };
  resetRuntime: { params: null; result: null };
  /** Limits of V8's generations for the next runtime; what is left out stays. What is pending, in words. */
  heapLimits: { params: Partial<HeapLimits>; result: { pending: string | null } };
}

/** Limits of V8's generations, bytes; `null` for V8's own choice. */
export interface HeapLimits {
  semiSpace: number | null;
  oldSpace: number | null;
}

export type Question = { [K in keyof QuestionMap]: { kind: K; params: QuestionMap[K]['params'] } }[keyof QuestionMap];

/** A frame of the runtime's stack. Positions count from 1, in the code that runs. */
export interface RawFrame {
  functionName: string;
  url: string;
  line: number;
  column: number;
}

/** From the front to the monitor worker (fd 3). */
export type ToMonitor =
  | { type: 'sample'; id: number }
  /** Push a sample each `everyMs`; `null` stops. */
  | { type: 'watch'; everyMs: number | null }
  /** End the JavaScript that runs on the main thread, within so many ms. `runs`: some does, whatever it looks like. */
  | { type: 'halt'; id: number; withinMs: number; runs: boolean }
  /**
   * Collect garbage, also while the main thread spins; answered by `usage`. With more heap in use after it than
   * `stopAbove`, bytes, the code that runs is ended at once.
   */
  | { type: 'collect'; id: number; stopAbove: number | null }
  /** Stop the code that brings V8's heap to its end, or no longer. */
  | { type: 'watchHeapEnd'; on: boolean }
  /** Write a heap snapshot to this channel; with `keepIds`, objects have the same ids in the next one. */
  | { type: 'snapshot'; id: number; keepIds: boolean };

/** V8's and Node's counters, bytes; `null` when the main thread did not answer. */
export interface RawUsage {
  time: number;
  rss: number;
  heapUsed: number | null;
  heapTotal: number | null;
  arrayBuffers: number | null;
  external: number | null;
  /** Bytes of live tensors; `null` while no library that tells them is in use. */
  tensors?: number | null;
  /** Collections since the reading before, one entry a kind. */
  collections?: GcMark[];
}

/** From the monitor worker to the front (fd 3). */
export type FromMonitor =
  | { type: 'ready'; version: number }
  /** `stoppedAt`: where code was that a collection has ended. */
  | { type: 'usage'; id: number | null; usage: RawUsage; stoppedAt?: RawFrame[] | null }
  /** Where the code was that was ended; `null` when none ran, or it was inside something that cannot be ended. */
  | { type: 'halted'; id: number; at: RawFrame[] | null }
  /** A part of the snapshot `id`, in order. */
  | { type: 'snapshotPart'; id: number; bytes: Uint8Array }
  /** The snapshot is complete; `message` says why it is not. */
  | { type: 'snapshotEnd'; id: number; message: string | null }
  /** V8's heap was at its end, and the code that ran has been stopped there. */
  | { type: 'heapEnd'; at: RawFrame[] };

export type { RequestMap, RequestMethod };
