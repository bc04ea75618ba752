/** The files that TypeScript sees: the cell, the declarations of earlier cells, and what is on disk. */
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type TypeScript from 'typescript';
import { Libraries } from './libraries.js';
import { ownDeclarationFile, ownDeclarations } from './own-declarations.js';
import { libraryFolder, ts } from './typescript.js';

/** The notebook's cell stands in one of these: the other is empty. JSX changes the meaning of `<T>` in a file. */
export type CellLanguage = 'ts' | 'tsx';

const EMPTY = 'export {};';

export class VirtualHost implements TypeScript.LanguageServiceHost {
  readonly jsDocParsingMode = ts.JSDocParsingMode.ParseNone;
  private readonly texts = new Map<string, { text: string; version: number }>();
  private readonly roots: string[] = [];
  private readonly snapshots = new Map<string, { version: string; snapshot: TypeScript.IScriptSnapshot }>();
  private readonly slotFiles: string[] = [];
  private readonly resolutions: TypeScript.ModuleResolutionCache;
  private readonly libraries: Libraries;
  private readonly options: TypeScript.CompilerOptions;
  private projectVersion = 0;

  constructor(
    readonly folder: string,
    options: TypeScript.CompilerOptions,
  ) {
    this.resolutions = ts.createModuleResolutionCache(folder, (name) => name, options);
    this.libraries = new Libraries(folder, options.lib ?? []);
    // They are the roots above: TypeScript is to add none of its own.
    this.options = { ...options, lib: undefined, noLib: true };
    this.roots.push(...this.libraries.roots);
    for (const name of ['node.d.ts', 'globals.d.ts']) {
      const file = ownDeclarationFile(name);
      if (file !== null) this.roots.push(file);
    }
    this.roots.push(this.cellFile('ts'), this.cellFile('tsx'));
    this.write(this.cellFile('ts'), EMPTY);
    this.write(this.cellFile('tsx'), EMPTY);
  }

  /** The two have different names: one compiles to the same file as the other would. */
  cellFile(language: CellLanguage): string {
    return join(this.folder, `__heapmark_cell_${language}.${language}`).replaceAll('\\', '/');
  }

  setCell(language: CellLanguage, text: string): void {
    this.write(this.cellFile(language), text);
    this.write(this.cellFile(language === 'ts' ? 'tsx' : 'ts'), EMPTY);
    // The same text may mean something else: files on disk have changed.
    this.projectVersion += 1;
  }

  /**
   * More files for declarations, empty ones. The list of files is constant otherwise: a change of it costs a whole new
   * program, and each file that is there costs some microseconds for each cell.
   */
  addSlots(count: number): number[] {
    return Array.from({ length: count }, () => {
      const slot = this.slotFiles.length;
      const file = join(this.folder, `__heapmark_slot_${slot}.d.ts`).replaceAll('\\', '/');
      this.slotFiles.push(file);
      this.roots.push(file);
      this.write(file, EMPTY);
      return slot;
    });
  }

  setSlot(index: number, text: string): void {
    this.write(this.slotFiles[index] as string, text === '' ? EMPTY : text);
  }

  /** Declarations of a cell that is a module of the notebook: importable as `./name`. */
  setCellModule(name: string, text: string): void {
    this.write(join(this.folder, `${name}.d.ts`).replaceAll('\\', '/'), text);
  }

  private write(file: string, text: string): void {
    const known = this.texts.get(file);
    if (known?.text === text) return;
    this.texts.set(file, { text, version: (known?.version ?? 0) + 1 });
    this.projectVersion += 1;
  }

  /** Changes with each cell: in between, TypeScript need not look at every file again. */
  getProjectVersion(): string {
    return String(this.projectVersion);
  }

  getCompilationSettings(): TypeScript.CompilerOptions {
    return this.options;
  }

  getScriptFileNames(): string[] {
    return this.roots;
  }

  getScriptVersion(file: string): string {
    const virtual = this.texts.get(file);
    if (virtual !== undefined) return String(virtual.version);
    // What was installed does not change under a running kernel; the user's own files do.
    if (this.libraries.has(file) || file.includes('/node_modules/')) return '1';
    try {
      return String(statSync(file).mtimeMs);
    } catch {
      return '0';
    }
  }

  /** TypeScript asks for every file at every change: what has not changed is not read again. */
  getScriptSnapshot(file: string): TypeScript.IScriptSnapshot | undefined {
    const version = this.getScriptVersion(file);
    const known = this.snapshots.get(file);
    if (known?.version === version) return known.snapshot;
    const text = this.readFile(file);
    if (text === undefined) return undefined;
    const snapshot = ts.ScriptSnapshot.fromString(text);
    this.snapshots.set(file, { version, snapshot });
    return snapshot;
  }

  /** Where TypeScript keeps the `package.json` files it has read. */
  getModuleResolutionCache(): TypeScript.ModuleResolutionCache {
    return this.resolutions;
  }

  getCurrentDirectory(): string {
    return this.folder;
  }

  getDefaultLibFileName(options: TypeScript.CompilerOptions): string {
    return join(libraryFolder, ts.getDefaultLibFileName(options));
  }

  useCaseSensitiveFileNames(): boolean {
    return ts.sys.useCaseSensitiveFileNames;
  }

  fileExists(file: string): boolean {
    if (this.libraries.has(file)) return this.libraries.read(file) !== undefined;
    return this.texts.has(file) || ts.sys.fileExists(file);
  }

  readFile(file: string): string | undefined {
    const virtual = this.texts.get(file);
    if (virtual !== undefined) return virtual.text;
    if (this.libraries.has(file)) return this.libraries.read(file);
    try {
      return readFileSync(file, 'utf8').replace(/^\ufeff/, '');
    } catch {
      return undefined;
    }
  }

  /** A place in a file as it was written, with its comments; `null` for a file that is not there. */
  documented(file: string, position: number): { text: string; position: number } | null {
    if (this.libraries.has(file)) return this.libraries.documented(file, position);
    const text = this.readFile(file);
    return text === undefined ? null : { text, position };
  }

  /** Keeps the declarations of the language and of Node for the next start. */
  saveLibraries(): void {
    this.libraries.save();
  }

  directoryExists(path: string): boolean {
    return !this.libraries.has(path) && ts.sys.directoryExists(path);
  }

  getDirectories(path: string): string[] {
    return ts.sys.getDirectories(path);
  }

  readDirectory(
    path: string,
    extensions?: readonly string[],
    exclude?: readonly string[],
    include?: readonly string[],
    depth?: number,
  ): string[] {
    return ts.sys.readDirectory(path, extensions, exclude, include, depth);
  }

  realpath(path: string): string {
    return this.texts.has(path) || this.libraries.has(path) ? path : (ts.sys.realpath?.(path) ?? path);
  }

  resolveModuleNameLiterals(
    literals: readonly TypeScript.StringLiteralLike[],
    containing: string,
    redirect: TypeScript.ResolvedProjectReference | undefined,
    options: TypeScript.CompilerOptions,
    file: TypeScript.SourceFile,
  ): readonly TypeScript.ResolvedModuleWithFailedLookupLocations[] {
    if (this.libraries.has(containing))
      return literals.map(({ text }) => declarationFile(this.libraries.resolve(text, containing)));
    return literals.map((literal) => {
      const own = ownDeclarations(literal.text);
      if (own !== null)
        return {
          resolvedModule: { resolvedFileName: own, extension: ts.Extension.Dts, isExternalLibraryImport: true },
        };
      const mode = ts.getModeForUsageLocation(file, literal, options);
      // Cells come and go: what failed to resolve for one may exist for the next.
      const cache = containing.includes('/node_modules/') ? this.resolutions : undefined;
      return ts.resolveModuleName(literal.text, containing, options, this, cache, redirect, mode);
    });
  }

  resolveTypeReferenceDirectiveReferences<T extends TypeScript.FileReference | string>(
    references: readonly T[],
    containing: string,
    redirect: TypeScript.ResolvedProjectReference | undefined,
    options: TypeScript.CompilerOptions,
  ): readonly TypeScript.ResolvedTypeReferenceDirectiveWithFailedLookupLocations[] {
    return references.map((reference) => {
      const name = typeof reference === 'string' ? reference : reference.fileName;
      // Two versions of Node's types in one program contradict each other.
      if (name === 'node') {
        return { resolvedTypeReferenceDirective: { resolvedFileName: this.libraries.node, primary: true } };
      }
      return ts.resolveTypeReferenceDirective(name, containing, options, this, redirect);
    });
  }
}

function declarationFile(file: string | null): TypeScript.ResolvedModuleWithFailedLookupLocations {
  if (file === null) return { resolvedModule: undefined };
  return { resolvedModule: { resolvedFileName: file, extension: ts.Extension.Dts, isExternalLibraryImport: true } };
}
