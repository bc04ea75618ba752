/**
 * Local files that a cell imports and that have syntax errors. TypeScript reads such a file as far as it can, and has
 * against the cell only that an export is missing; what helps is the file's own error.
 */
import { relative } from 'node:path';
import type TypeScript from 'typescript';
import type { Diagnostic } from './contract.js';
import { place, readSyntaxErrors } from './diagnostics.js';
import { ts } from './typescript.js';

/** What brings a file in: an import of the cell, and the files between the two. */
interface Path {
  specifier: TypeScript.FileReference;
  through: readonly TypeScript.SourceFile[];
}

/**
 * The first error of each broken file that the cell's imports reach, placed at the import, with the file's lines as its
 * frame.
 * @param code of the cell as the user wrote it
 * @param folder from which files are named
 */
export function brokenImports(
  code: string,
  cell: TypeScript.SourceFile,
  program: TypeScript.Program,
  host: TypeScript.ModuleResolutionHost,
  folder: string,
): Diagnostic[] {
  const found: Diagnostic[] = [];
  const seen = new Set<TypeScript.SourceFile>([cell]);
  const visit = (from: TypeScript.SourceFile, path: Path | null): void => {
    for (const specifier of ts.preProcessFile(from.text).importedFiles) {
      const file = localFile(specifier.fileName, from, program, host);
      if (file === undefined || seen.has(file)) continue;
      seen.add(file);
      const here = path ?? { specifier, through: [] };
      const errors = program.getSyntacticDiagnostics(file);
      if (errors.length > 0) found.push(describe(code, cell, file, errors, here, folder));
      else visit(file, { ...here, through: [...here.through, file] });
    }
  };
  visit(cell, null);
  return found;
}

/** The file that an import means, as far as it is code of the user's own. */
function localFile(
  specifier: string,
  from: TypeScript.SourceFile,
  program: TypeScript.Program,
  host: TypeScript.ModuleResolutionHost,
): TypeScript.SourceFile | undefined {
  const { resolvedModule } = ts.resolveModuleName(specifier, from.fileName, program.getCompilerOptions(), host);
  if (resolvedModule === undefined || resolvedModule.isExternalLibraryImport === true) return undefined;
  const file = program.getSourceFile(resolvedModule.resolvedFileName);
  return file === undefined || file.isDeclarationFile ? undefined : file;
}

function describe(
  code: string,
  cell: TypeScript.SourceFile,
  file: TypeScript.SourceFile,
  errors: readonly TypeScript.Diagnostic[],
  { specifier, through }: Path,
  folder: string,
): Diagnostic {
  const reading = { code: file.text, file, codeLength: file.text.length, strict: false, freedIn: () => undefined };
  const [error] = readSyntaxErrors(errors.slice(0, 1), reading) as [Diagnostic];
  const name = (each: TypeScript.SourceFile): string => relative(folder, each.fileName).replaceAll('\\', '/');
  const between = through.length === 0 ? '' : ` by way of ${through.map(name).join(', ')}`;
  const message = `${name(file)}:${error.line}:${error.column}: ${error.message} It is imported by '${specifier.fileName}'${between}.`;
  const from = cell.getLineAndCharacterOfPosition(specifier.pos);
  const to = cell.getLineAndCharacterOfPosition(specifier.end);
  const at = { line: from.line + 1, column: from.character + 1, endLine: to.line + 1, endColumn: to.character + 1 };
  return { ...place(error.code, message, code, at), frame: error.frame };
}
