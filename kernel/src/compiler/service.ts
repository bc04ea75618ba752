/** The compiler of one notebook, in the thread that calls it. */
import type { CompiledModule, DeclarationKind } from '../ipc/cell.js';
import { languageOf, parse, readCell, type CellSource } from './cell-source.js';
import { completeness } from './completeness.js';
import { completeMagic, magicAt } from './complete-magic.js';
import { completeCode } from './complete.js';
import { readConfiguration, type Configuration } from './compiler-options.js';
import type {
  Compilation,
  CompilerMethods,
  CompilerSettings,
  Completeness,
  Completion,
  Diagnostic,
  Inspection,
} from './contract.js';
import { place, reportDiagnostics } from './diagnostics.js';
import { compileExpression } from './expression.js';
import { inspectCode, inspectMagic } from './inspect.js';
import { compileModule } from './module.js';
import { unknownMagicAlone } from './magic-lines.js';
import { misplacedMagic, misplacedReturn, topLevelReturn } from './misplaced.js';
import { Notebook, type PendingCell } from './notebook.js';
import { practiceCell } from './practice.js';
import { rewriteCell } from './rewrite.js';
import { traceLines } from './trace-lines.js';
import { sourceMap } from './source-map.js';
import type { Restoration } from './session-record.js';
import { TypedCells, type TypedCode } from './typed-cells.js';
import { saveCodeCache } from './typescript.js';
import { compileUntyped, untypedDeclarations } from './untyped.js';
import type { CellLanguage } from './virtual-host.js';

/** Practice begins anew after so many cells: its names need not be kept. */
const PRACTICE_LENGTH = 8;
/**
 * Longest cell whose types are looked at, UTF-16 units. TypeScript's time grows with the square of a cell's statements;
 * what a longer one declares has the type `any`.
 */
const LONGEST_CHECKED = 300_000;
const UNCHECKED =
  'This cell is longer than 300,000 characters: its types were not checked, and what it declares has the type any. Data of that size loads faster from a file.';
/** More names than V8 can be sure to run in one function: each takes of its stack. */
const MOST_NAMES = 50_000;
/** The magic below which a cell is traced, whether others are or not. */
const TRACING_MAGIC = 'memtrace';

export class CompilerService implements CompilerMethods {
  private readonly configuration: Configuration;
  private readonly typed: TypedCells;
  private notebook: Notebook;
  private readonly practice: Notebook;
  private rehearsed = 0;
  private readonly pending = new Map<number, PendingCell>();
  private undescribed: (() => void) | null = null;
  private lastId = 0;
  private executionCount = 0;
  private checks = true;
  /** Whether cells tell which of their lines runs. */
  private traces = false;

  constructor(settings: CompilerSettings) {
    this.configuration = readConfiguration(settings.folder);
    this.typed = new TypedCells(settings.folder.replaceAll('\\', '/'), this.configuration);
    this.notebook = new Notebook(this.typed.host);
    this.practice = new Notebook(this.typed.host, PRACTICE_LENGTH);
  }

  /** Does what the first check would do, and keeps V8's compiled code for the next start. */
  warmUp(): void {
    const source = readCell('const warm = [1].map((each) => each * 2); console.log(warm);', 'ts', this.notebook);
    this.typed.emit(source, 'ts');
    saveCodeCache();
    this.typed.host.saveLibraries();
  }

  /** Compiles a cell of a notebook that nobody sees: V8 optimises what it has seen run. */
  rehearse(): void {
    const { notebook, lastCount } = this;
    const code = practiceCell(this.rehearsed);
    this.notebook = this.practice;
    try {
      const compiled = this.guarded(code, () => this.compileCell(code, this.rehearsed));
      if (compiled.ok)
        this.settle(
          compiled.id,
          compiled.cell.declares.map(({ name }) => name),
        );
    } finally {
      this.notebook = notebook;
      this.lastCount = lastCount;
    }
    this.rehearsed += 1;
    if (this.rehearsed % PRACTICE_LENGTH === 0) this.practice.reset();
  }

  compile(code: string, executionCount: number): Compilation {
    this.executionCount = executionCount;
    return this.guarded(code, () => this.compileCell(code, executionCount));
  }

  compileExpression(code: string, traced = false): Compilation {
    const id = (this.lastId += 1);
    return this.guarded(code, () => {
      const result = compileExpression(code, `expression-${id}.ts`, (name) => this.notebook.kindOf(name), traced);
      return 'diagnostics' in result ? failed(result.diagnostics) : { ok: true, id, cell: result };
    });
  }

  /**
   * Makes the declarations of the cell that was compiled last, if they are still wanted: to be called when its answer is
   * on its way. What changes the program does it first.
   */
  describe(): void {
    const { undescribed } = this;
    this.undescribed = null;
    undescribed?.();
  }

  settle(id: number, defined: readonly string[]): void {
    this.describe();
    const cell = this.pending.get(id);
    if (cell === undefined) return;
    this.pending.delete(id);
    this.notebook.settle(cell, defined);
  }

  forget(names: readonly string[]): void {
    this.describe();
    this.notebook.forget(names, this.executionCount);
  }

  traceLines(on: boolean): void {
    this.traces = on;
  }

  reset(): void {
    this.undescribed = null;
    this.traces = false;
    this.pending.clear();
    this.notebook.reset();
  }

  restore({ untyped, steps }: Restoration): void {
    const { checks } = this;
    this.checks = false;
    if (untyped.length > 0) this.relive(`let ${untyped.join(': any, ')}: any`, 0, untyped);
    for (const step of steps) {
      if ('forget' in step) this.forget(step.forget);
      else this.relive(step.code, step.executionCount, step.defined);
    }
    this.checks = checks;
  }

  private relive(code: string, executionCount: number, defined: readonly string[]): void {
    const compiled = this.compile(code, executionCount);
    if (compiled.ok) this.settle(compiled.id, defined);
  }

  typecheck(on: boolean | null): boolean {
    if (on !== null) this.checks = on;
    return this.checks;
  }

  complete(code: string, cursor: number): Completion {
    const magic = magicAt(code, cursor);
    const names = [...this.notebook.known].filter(([, { kind }]) => kind !== null).map(([name]) => name);
    if (magic !== null) return completeMagic(magic, cursor, names);
    const { source, file } = this.show(code);
    return completeCode(this.typed.service, file, source, cursor, this.notebook.known);
  }

  inspect(code: string, cursor: number, detail: number): Inspection | null {
    const magic = magicAt(code, cursor, true);
    if (magic !== null) return inspectMagic(magic);
    const { source, file } = this.show(code);
    return inspectCode(this.typed.service, this.typed.host, file, source, cursor, detail);
  }

  isComplete(code: string): Completeness {
    return completeness(code);
  }

  compileModule(path: string, source: string): CompiledModule {
    return compileModule(path, source, this.configuration.options, this.traces);
  }

  /** Turns a failure of TypeScript itself into an error of this cell. What it knew of earlier cells is in the host. */
  private guarded(code: string, compile: () => Compilation): Compilation {
    try {
      return compile();
    } catch (error) {
      const whole = { line: 1, column: 1, endLine: 1, endColumn: 1 };
      // What TypeScript let pass and JavaScript does not.
      if (error instanceof SyntaxError) {
        return failed([place('HM3', error.message.replace(/ \(\d+:\d+\)$/, ''), code, whole)]);
      }
      this.typed.restart();
      return failed([place('HM2', internalMessage(error), code, whole)]);
    }
  }

  private show(code: string): { source: CellSource; file: string } {
    this.describe();
    const language = languageOf(code);
    const source = readCell(code, language, this.notebook);
    return { source, file: this.typed.show(source, language) };
  }

  private compileCell(code: string, executionCount: number): Compilation {
    this.describe();
    const language = languageOf(code);
    const source = readCell(code, language, this.notebook);
    if (source.misplaced !== null) return failed([misplacedMagic(code, source.misplaced)]);
    const alone = unknownMagicAlone(code, source);
    if (alone !== null && alone !== code) return this.compileCell(alone, executionCount);
    if (source.names.values.length > MOST_NAMES) return failed([tooManyNames(code, source.names.values.length)]);
    const isLong = code.length > LONGEST_CHECKED;
    const emitted = isLong
      ? this.untyped(code, source, language)
      : this.notebook.without(source.augmented, () => this.typedCell(code, source, language));
    if ('diagnostics' in emitted) return failed(emitted.diagnostics);
    const compiled = this.finish(code, executionCount, source, emitted);
    return isLong && this.checks ? { ...compiled, notice: UNCHECKED } : compiled;
  }

  private typedCell(
    code: string,
    source: CellSource,
    language: CellLanguage,
  ): TypedCode | { diagnostics: Diagnostic[] } {
    const { checks } = this;
    const compiled = this.typed.compile(code, source, language, {
      checks,
      freedIn: (name) => this.notebook.freedIn(name),
    });
    if ('diagnostics' in compiled || source.augmented.size === 0) return compiled;
    // What it replaces is left out only now.
    const declarations = compiled.declarations();
    return { ...compiled, declarations: () => declarations };
  }

  private untyped(code: string, source: CellSource, language: CellLanguage): TypedCode | { diagnostics: Diagnostic[] } {
    const file = parse(source.text, language);
    const returned = topLevelReturn(file, source.codeLength);
    if (returned !== null) return { diagnostics: [misplacedReturn(code, file, returned)] };
    const compiled = compileUntyped(code, source, language);
    return 'diagnostics' in compiled
      ? compiled
      : { ...compiled, declarations: () => untypedDeclarations(source.names) };
  }

  private finish(
    code: string,
    executionCount: number,
    source: CellSource,
    emitted: TypedCode,
  ): Compilation & { ok: true } {
    const { declarations, transformed } = emitted;
    const traced = this.traces || source.cellMagic?.name === TRACING_MAGIC;
    const { js, mappings } = traced ? traceLines(emitted, '$hm') : emitted;
    const declares = source.names.values.filter(({ name }) => !transformed.typeImports.has(name));
    const kinds = new Map<string, DeclarationKind>(declares.map(({ name, kind }) => [name, kind]));
    const id = (this.lastId += 1);
    const filename = `cell-${executionCount}${this.isRepeated(executionCount) ? `.${id}` : ''}.ts`;
    const rewritten = rewriteCell({ js, mappings, declares: kinds, known: (name) => this.notebook.kindOf(name) });
    const types = new Set([...source.names.types, ...transformed.typeImports]);
    const names = { ...source.names, values: declares, types };
    const { cellMagic, moduleName, augmented } = source;
    const pending: PendingCell = { executionCount, names, declarations: '', moduleName, augmented };
    this.pending.set(id, pending);
    this.undescribed = (): void => {
      try {
        pending.declarations = declarations();
      } catch {
        this.typed.restart();
        pending.declarations = untypedDeclarations(names);
      }
    };
    const { bindings } = rewritten;
    const map = sourceMap(rewritten.mappings, filename, code);
    const { hasResult } = transformed;
    return {
      ok: true,
      id,
      cell: {
        filename,
        js: rewritten.js,
        sourceMap: map,
        bindings,
        declares,
        hasResult,
        cellMagic,
        moduleName,
        ...(traced && { traced }),
      },
    };
  }

  private lastCount = -1;

  private isRepeated(executionCount: number): boolean {
    const repeated = this.lastCount === executionCount;
    this.lastCount = executionCount;
    return repeated;
  }
}

function failed(diagnostics: Diagnostic[]): Compilation {
  return { ok: false, error: reportDiagnostics(diagnostics), diagnostics };
}

function tooManyNames(code: string, count: number): Diagnostic {
  const message = `This cell declares ${count.toLocaleString('en')} names, more than the ${MOST_NAMES.toLocaleString('en')} that one cell may. Split it, or keep what belongs together in an array or an object.`;
  return place('HM4', message, code, { line: 1, column: 1, endLine: 1, endColumn: 1 });
}

function internalMessage(error: unknown): string {
  if (error instanceof RangeError) return 'The code is nested too deeply to be compiled. Split it into parts.';
  const reason = error instanceof Error ? error.message : String(error);
  return `TypeScript failed on this cell: ${reason} Later cells are not affected.`;
}
