/** Code that declares nothing for others: `user_expressions` and the code arguments of magics. */
import type { CompiledCell, DeclarationKind } from '../ipc/cell.js';
import { languageOf, syntaxErrors } from './cell-source.js';
import { cellTransformer, type TransformedCell } from './cell-transformer.js';
import type { Diagnostic } from './contract.js';
import { place, readSyntaxErrors } from './diagnostics.js';
import { readMagics } from './magic-lines.js';
import { rewriteCell } from './rewrite.js';
import { emittedCode, sourceMap } from './source-map.js';
import { ts } from './typescript.js';

/**
 * Compiles without a look at types. Names that no cell has declared are looked up as the code runs.
 *
 * @param known kind of a name of earlier cells.
 */
export function compileExpression(
  code: string,
  filename: string,
  known: (name: string) => DeclarationKind | null,
): CompiledCell | { diagnostics: Diagnostic[] } {
  const language = languageOf(code);
  const { text, magics, cellMagic } = readMagics(code);
  const errors = syntaxErrors(text, language);
  if (errors.length > 0) {
    const file = ts.createSourceFile(filename, text, ts.ScriptTarget.ESNext);
    const reading = { code, file, codeLength: text.length, strict: false, freedIn: () => undefined };
    return { diagnostics: readSyntaxErrors(errors, reading) };
  }
  const transformed: TransformedCell = { hasResult: false, typeImports: new Set() };
  const { outputText, sourceMapText } = ts.transpileModule(text, {
    fileName: `cell.${language}`,
    compilerOptions: {
      target: ts.ScriptTarget.ES2024,
      module: ts.ModuleKind.ESNext,
      jsx: ts.JsxEmit.React,
      verbatimModuleSyntax: true,
      sourceMap: true,
    },
    transformers: { before: [cellTransformer(text.length, magics, null, transformed)] },
  });
  try {
    const emitted = emittedCode(outputText, sourceMapText ?? '{"mappings":""}');
    const rewritten = rewriteCell({ ...emitted, declares: new Map(), known });
    return {
      filename,
      js: rewritten.js,
      sourceMap: sourceMap(rewritten.mappings, filename, code),
      bindings: rewritten.bindings,
      declares: [],
      hasResult: transformed.hasResult,
      cellMagic,
      moduleName: null,
    };
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    return { diagnostics: [place('HM3', error.message, code, { line: 1, column: 1, endLine: 1, endColumn: 1 })] };
  }
}
