/** What the compiler answers, in its own thread and through {@link Compiler} to the front. */
import type { CompiledCell, CompiledModule } from '../ipc/cell.js';
import type { Restoration } from './session-record.js';
import type { ErrorReport } from '../ipc/messages.js';

/** One thing wrong with a cell. Lines and columns count from 1, columns in UTF-16 units. */
export interface Diagnostic {
  /** `TS2304`, or `HM1` for a mistake that only a notebook can make. */
  code: string;
  message: string;
  category: 'error' | 'warning';
  line: number;
  column: number;
  endLine: number;
  endColumn: number;
  /** The lines around it with a mark below, without colours. */
  frame: string;
}

/** `id` names the compilation in `settle`; `notice` is a line for the user, as the code runs all the same. */
export type Compilation =
  | { ok: true; id: number; cell: CompiledCell; notice?: string }
  | { ok: false; error: ErrorReport; diagnostics: Diagnostic[] };

/** Indices are UTF-16 units of the code. */
export interface Completion {
  matches: { text: string; type: string; signature?: string }[];
  start: number;
  end: number;
}

export interface Inspection {
  /** MIME bundle: `text/plain`, `text/markdown`. */
  data: Record<string, string>;
}

export interface Completeness {
  status: 'complete' | 'incomplete' | 'invalid' | 'unknown';
  indent?: string;
}

/** Where the compiler finds things. */
export interface CompilerSettings {
  /** The notebook's folder: packages, local files and `tsconfig.json` are looked up from here. */
  folder: string;
}

/** Everything that can be asked of the compiler, as methods of its service: one thread answers them in order. */
export interface CompilerMethods {
  compile(code: string, executionCount: number): Compilation;
  compileExpression(code: string, traced?: boolean): Compilation;
  settle(id: number, defined: readonly string[]): void;
  forget(names: readonly string[]): void;
  reset(): void;
  /** Learns what another compiler of this session knew: names, then what has happened, in order. */
  restore(known: Restoration): void;
  complete(code: string, cursor: number): Completion;
  inspect(code: string, cursor: number, detail: number): Inspection | null;
  isComplete(code: string): Completeness;
  compileModule(path: string, source: string): CompiledModule;
  typecheck(on: boolean | null): boolean;
  traceLines(on: boolean): void;
}

/** The compiler as the front sees it. */
export interface Compiler {
  /**
   * Compiles a cell; `settle` must follow when it has run, or was not run after all. Once `signal` fires it takes a moment
   * more at most, and rejects with `CompilerEndedError` when that is not enough.
   */
  compile(code: string, executionCount: number, signal?: AbortSignal): Promise<Compilation>;
  /**
   * Compiles code whose declarations stay its own; types are not checked, unknown names are looked up as it runs. `traced`
   * code tells which of its lines runs.
   */
  compileExpression(code: string, traced?: boolean): Promise<Compilation>;
  /** The cell of that compilation is over: of its names, only these exist. */
  settle(id: number, defined: readonly string[]): void;
  /** These names are gone. */
  forget(names: readonly string[]): void;
  /** No name exists: the runtime is a new one. */
  reset(): void;
  complete(code: string, cursor: number): Promise<Completion>;
  inspect(code: string, cursor: number, detail: number): Promise<Inspection | null>;
  isComplete(code: string): Promise<Completeness>;
  /** Rejects with an error that has `diagnostics` when the file has a syntax error. */
  compileModule(path: string, source: string): Promise<CompiledModule>;
  /** Turns the type check on or off; `null` only asks. Resolves to the state. */
  typecheck(on: boolean | null): Promise<boolean>;
  /** Cells and modules compiled from now on tell which of their lines runs, or no longer do. */
  traceLines(on: boolean): void;
  close(): Promise<void>;
}
