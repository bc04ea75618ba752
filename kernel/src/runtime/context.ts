/**
 * The border between the runtime and what is built on it: the runtime gives magics and memory a {@link RuntimeContext},
 * they give back an {@link Extension}. `magics/install.ts` exports `installMagics: Install`; `runtime/main.ts` calls it
 * once, before the first cell.
 */
import type { CellRecord, GcMark, MemoryDelta, RequestMap, RequestMethod } from '@heapmark/protocol';
import type { CellMagic, DeclarationKind, LineTracer } from '../ipc/cell.js';
import type { CellMeasure, CellTag, EventFrame, MimeBundle, QuestionMap, RuntimeSettings } from '../ipc/messages.js';

/** A top-level name of the user and what is known about it. Reading `value` of an entry never runs user code. */
export interface GlobalEntry {
  readonly name: string;
  readonly kind: DeclarationKind;
  /** The cell that last declared it. */
  readonly owner: CellTag;
  /** `false` before the declaration has run and after a free. */
  readonly defined: boolean;
  /** `undefined` when not defined. */
  readonly value: unknown;
}

/** The user's names. */
export interface GlobalsView {
  /** Defined names in the order of their first declaration. */
  entries(): Iterable<GlobalEntry>;
  get(name: string): GlobalEntry | undefined;
  readonly size: number;
  /**
   * Removes names: later reads throw `x was freed`, and the compiler forgets them. Gives those that were defined; no
   * collection is made.
   */
  free(names: readonly string[], reason: 'free' | 'reset'): string[];
  /** Names that user code put on `globalThis` itself since the start; `value` is read from the property's descriptor,
   * an accessor gives `undefined`. */
  addedToGlobalThis(): GlobalEntry[];
}

/** Timers of one cell that look alike. */
export interface PendingTimers {
  readonly cell: CellTag;
  readonly over: boolean;
  /** `setInterval(tick)`. */
  readonly what: string;
  readonly count: number;
}

/** Code that can be run in the notebook's scope, as often as wanted. */
export interface RunnableCode {
  /** The text as the user wrote it, without the magic's line. */
  readonly source: string;
  /**
   * Runs it: `{ value }` when it ends with an expression (boxed: the value is never awaited), else `undefined`. Throws
   * what the code throws.
   */
  run(): Promise<{ value: unknown } | undefined>;
}

export interface DisplayOptions {
  metadata?: Record<string, unknown>;
  /** Display id: a later call with the same id and `update` replaces it everywhere. */
  id?: string;
  update?: boolean;
  buffers?: readonly (ArrayBufferView | ArrayBuffer)[];
}

/** What the runtime offers. Everything that makes output tags it with the cell of the calling async context. */
export interface RuntimeContext {
  readonly globals: GlobalsView;
  /** The cell that the calling async context belongs to, or the last one begun. `null` before the first. */
  currentCell(): CellTag | null;
  /** The cell that the calling async context belongs to; `null` for code of no cell. */
  ownCell(): CellTag | null;
  /** Timers that cells have started and that are still to fire, with whether their cell is over. */
  pendingTimers(): PendingTimers[];
  /** Whether a cell is running now. */
  isRunning(): boolean;
  display(data: MimeBundle, options?: DisplayOptions): void;
  stdout(text: string): void;
  stderr(text: string): void;
  /** As {@link stdout}, from code that interrupts any other; `false` when that was writing: nothing is written then. */
  stdoutBetween(text: string): boolean;
  /** Asks the front; rejects with an Error whose message says what to do, and with the abort's error on interrupt. */
  ask<K extends keyof QuestionMap>(kind: K, params: QuestionMap[K]['params']): Promise<QuestionMap[K]['result']>;
  /**
   * Compiles text as a cell of its own, for `%time EXPRESSION`; rejects with the compiler's error. `traced`: the code runs
   * each line that may allocate in a function `$hm` and the line's number.
   */
  compile(code: string, options?: { traced?: boolean }): Promise<RunnableCode>;
  /** Sends an event to whoever subscribed (the front filters). */
  emit(event: EventFrame): void;
  settled(record: CellRecord): void;
  /** Clears the timers that cells have started, and tells each cell why; gives how many cells had any. */
  stopTimers(why: string): number;
  /** An entry of the reply's `payload` (protocol: `set_next_input`, `page`). */
  payload(entry: Record<string, unknown>): void;
  readonly settings: Readonly<RuntimeSettings>;
  /** Shows bytes of live tensors to the monitor, also while user code spins: one number, `NaN` for unknown. */
  readonly tensorGauge: Float64Array;
  /** Counters now, without RSS, in bytes: cheap enough for each cell (about 10 us). */
  usage(): MemoryDelta;
  /** Runs cells that nobody sees, to be over with what V8 does for the first ones; a cell of the user's ends it. */
  rehearse(): Promise<void>;
  /**
   * Runs `load` and books the memory it leaves behind to the kernel: for packages the kernel loads for itself. The sum
   * is in {@link kernelBytes}.
   */
  bookToKernel<T>(load: () => T): T;
  /** Bytes that the kernel itself took since the start and that belong to no cell (source maps, loaded packages). */
  kernelBytes(): MemoryDelta;
  /** What traces call a script: `cell [3]`, or a module's path; `null` for code that is not the notebook's. */
  labelOf(script: string): string | null;
  /**
   * The user's place for one in code that runs (from 1), with the text of that line; `null` for other code. Without a column
   * the line is the user's already.
   */
  placeOf(script: string, line: number, column?: number): { label: string; line: number; source: string | null } | null;
  /** Rejects when the current cell is interrupted: race long waits against it. */
  aborted(): AbortSignal;
}

/** Thrown by magics for a mistake of the user: printed as its message alone, without a stack. */
export class MagicError extends Error {
  readonly code = 'usage';
  constructor(message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.name = 'UsageError';
  }
}

/** Given to the handler of a request. */
export interface RequestCall {
  /** The cell it came from, when a cell's output sent it. */
  readonly tag: CellTag | null;
  /** Fires when the client cancels. */
  readonly signal: AbortSignal;
}

export type RequestHandlers = {
  [M in RequestMethod]?: (
    params: RequestMap[M]['params'],
    call: RequestCall,
  ) => RequestMap[M]['result'] | Promise<RequestMap[M]['result']>;
};

/** What a cell was, for the hooks. */
export interface CellInfo {
  readonly tag: CellTag;
  readonly silent: boolean;
  readonly status: 'ok' | 'error' | 'aborted';
  readonly measure: CellMeasure;
  /** Names the cell declares. */
  readonly declares: readonly string[];
  /** First line of the source where it is known. */
  readonly source: string | null;
}

/** Code that was compiled to tell which of its lines runs. */
export interface TracedCode {
  readonly filename: string;
  /** `null` for a file. */
  readonly cell: CellTag | null;
  /** `cell [3]`, or a file's path. */
  readonly label: string;
  /** As the user wrote it, where it is kept. */
  readonly source: string | null;
  /** Its function: V8 tells the names of a file only as long as something of the file is alive. */
  readonly body: object;
}

/** What magics and memory plug into the runtime. All members but `line` and `cell` are optional. */
export interface Extension {
  /** Runs `%name args`; resolves when its output was sent. Throws {@link MagicError} for a user's mistake. */
  line(name: string, args: string): Promise<void>;
  /** Runs `%%name args` around a body; what it returns is the cell's result. */
  cell(magic: CellMagic, body: RunnableCode): Promise<{ value: unknown } | undefined>;
  /** Answers to requests of the memory protocol, run on the idle loop, never inside a cell. Throw `ProtocolError`. */
  requests?: RequestHandlers;
  /** Function forms: exported by `import … from "heapmark"`. */
  api?: Record<string, unknown>;
  /** Right before a cell's code, and right after its `done` frame was made. Keep them far below 1 ms. */
  cellBegins?(tag: CellTag, silent: boolean): void;
  cellEnded?(cell: CellInfo): void;
  /** Tensors since {@link cellBegins}; part of what is measured of a cell. */
  tensorMeasure?(): CellMeasure['tensors'];
  /** The highest of V8's counters before the collections since {@link cellBegins}; asked when the cell's code is over. */
  heapPeak?(): CellMeasure['highest'];
  /** A look at the collections so far, and those since the last look; may interrupt any code. */
  lookAtHeap?(): GcMark[];
  /** No cell is queued (or one is again): where the confirming collection is scheduled. */
  quiet?(quiet: boolean): void;
  settingsChanged?(settings: RuntimeSettings): void;
  /** The tracer of such code, when it is about to run. */
  trace?(code: TracedCode): LineTracer;
}

export type Install = (context: RuntimeContext) => Extension;
