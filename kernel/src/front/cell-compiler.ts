/** What the front needs of the compiler. All answers come from another thread: this one never waits. */
import type { CompiledCell, CompiledModule } from '../ipc/cell.js';
import type { ErrorReport } from '../ipc/messages.js';

export type Compilation = { ok: true; id: number; cell: CompiledCell } | { ok: false; error: ErrorReport };

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

export interface CellCompiler {
  compile(code: string, executionCount: number): Promise<Compilation>;
  /** An expression of `user_expressions`: declares nothing. */
  compileExpression(code: string): Promise<Compilation>;
  /** The cell of that compilation is over: of its names, only these exist. */
  settle(id: number, defined: readonly string[]): void;
  forget(names: readonly string[]): void;
  /** The runtime is a new one: no name exists. */
  reset(): void;
  complete(code: string, cursor: number): Promise<Completion>;
  inspect(code: string, cursor: number, detail: number): Promise<Inspection | null>;
  isComplete(code: string): Promise<Completeness>;
  compileModule(path: string, source: string): Promise<CompiledModule>;
  typecheck(on: boolean | null): Promise<boolean>;
  close(): Promise<void>;
}
