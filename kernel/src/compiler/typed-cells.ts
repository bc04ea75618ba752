/** Cells with their types: TypeScript's language service, what it has against a cell, and what it makes of it. */
import type TypeScript from 'typescript';
import { brokenImports } from './broken-imports.js';
import type { CellSource } from './cell-source.js';
import { cellTransformer, type TransformedCell } from './cell-transformer.js';
import type { Configuration } from './compiler-options.js';
import type { Diagnostic } from './contract.js';
import { readDiagnostics, readSyntaxErrors, type Reading } from './diagnostics.js';
import { misplacedReturn, topLevelReturn } from './misplaced.js';
import { emittedCode } from './source-map.js';
import { ts } from './typescript.js';
import type { UntypedCode } from './untyped.js';
import { VirtualHost, type CellLanguage } from './virtual-host.js';

/** A cell as JavaScript that still has its names, and what later cells are told of it. */
export interface TypedCode extends UntypedCode {
  /** Makes the cell's declaration file: no run waits for it. To be called before the program changes. */
  declarations: () => string;
}

interface Check extends Pick<Reading, 'freedIn'> {
  /** `false`: errors of syntax alone. */
  checks: boolean;
}

export class TypedCells {
  readonly host: VirtualHost;
  private current: TypeScript.LanguageService;

  constructor(
    private readonly folder: string,
    private readonly configuration: Configuration,
  ) {
    this.host = new VirtualHost(folder, configuration.options);
    this.current = this.start();
  }

  get service(): TypeScript.LanguageService {
    return this.current;
  }

  /** After a failure of TypeScript itself. What it knew of earlier cells is in the host. */
  restart(): void {
    this.current.dispose();
    this.current = this.start();
  }

  /** Puts a cell into its file, and gives the file's name. */
  show(source: CellSource, language: CellLanguage): string {
    this.host.setCell(language, source.full);
    return this.host.cellFile(language);
  }

  compile(
    code: string,
    source: CellSource,
    language: CellLanguage,
    check: Check,
  ): TypedCode | { diagnostics: Diagnostic[] } {
    const program = this.program(source, language);
    const diagnostics = this.errors(code, source, program, language, check);
    return diagnostics.length > 0 ? { diagnostics } : this.emitFrom(program, source, language);
  }

  /** Only emits, whatever is wrong with the cell. */
  emit(source: CellSource, language: CellLanguage): TypedCode {
    return this.emitFrom(this.program(source, language), source, language);
  }

  private start(): TypeScript.LanguageService {
    const { host } = this;
    const registry = ts.createDocumentRegistry(ts.sys.useCaseSensitiveFileNames, host.folder, host.jsDocParsingMode);
    return ts.createLanguageService(host, registry);
  }

  private program(source: CellSource, language: CellLanguage): TypeScript.Program {
    this.show(source, language);
    const program = this.current.getProgram();
    if (program === undefined) throw new Error('TypeScript made no program.');
    return program;
  }

  private errors(
    code: string,
    source: CellSource,
    program: TypeScript.Program,
    language: CellLanguage,
    { checks, freedIn }: Check,
  ): Diagnostic[] {
    const file = this.fileOf(program, language);
    const reading: Reading = {
      code,
      file,
      codeLength: source.codeLength,
      strict: this.configuration.asked,
      freedIn,
    };
    const syntax = program.getSyntacticDiagnostics(file);
    if (syntax.length > 0) return readSyntaxErrors(syntax, reading);
    const returned = topLevelReturn(file, source.codeLength);
    if (returned !== null) return [misplacedReturn(code, file, returned)];
    const errors = checks ? readDiagnostics(program.getSemanticDiagnostics(file), reading) : [];
    if (errors.length === 0) return errors;
    const broken = brokenImports(code, file, program, this.host, this.folder);
    return broken.length > 0 ? broken : errors;
  }

  private fileOf(program: TypeScript.Program, language: CellLanguage): TypeScript.SourceFile {
    const file = program.getSourceFile(this.host.cellFile(language));
    if (file === undefined) throw new Error('TypeScript lost the cell.');
    return file;
  }

  private emitFrom(program: TypeScript.Program, source: CellSource, language: CellLanguage): TypedCode {
    const file = this.fileOf(program, language);
    const transformed: TransformedCell = { hasResult: false, typeImports: new Set() };
    const transformer = cellTransformer(source.codeLength, source.magics, program.getTypeChecker(), transformed);
    const options = program.getCompilerOptions();
    const outputs = new Map<string, string>();
    const write = (name: string, text: string): void => void outputs.set(name.slice(name.lastIndexOf('.')), text);
    // One emit makes the JavaScript and the declarations, and the cell waits for the first alone.
    options.declaration = false;
    try {
      program.emit(file, write, undefined, false, { before: [transformer] });
    } finally {
      options.declaration = true;
    }
    const declarations = (): string => {
      // Even those that lack a name for one of their types.
      const { outputFiles } = this.current.getEmitOutput(file.fileName, true, true);
      return outputFiles[0]?.text ?? '';
    };
    return { ...emittedCode(outputs.get('.js') ?? '', outputs.get('.map') ?? ''), declarations, transformed };
  }
}
