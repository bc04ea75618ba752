/** Code that declares nothing for others: `user_expressions` and the code arguments of magics. */
import type { CompiledCell, DeclarationKind } from '../ipc/cell.js';
import { languageOf } from './cell-source.js';
import type { Diagnostic } from './contract.js';
import { readMagics } from './magic-lines.js';
import { rewriteCell } from './rewrite.js';
import { sourceMap } from './source-map.js';
import { traceLines } from './trace-lines.js';
import { compileUntyped } from './untyped.js';

/**
 * Compiles without a look at types. Names that no cell has declared are looked up as the code runs.
 *
 * @param known kind of a name of earlier cells.
 * @param traced the code tells which of its lines runs.
 */
export function compileExpression(
  code: string,
  filename: string,
  known: (name: string) => DeclarationKind | null,
  traced = false,
): CompiledCell | { diagnostics: Diagnostic[] } {
  const source = readMagics(code);
  const compiled = compileUntyped(code, source, languageOf(code));
  if ('diagnostics' in compiled) return compiled;
  const { js, mappings } = traced ? traceLines(compiled, '$hm') : compiled;
  const rewritten = rewriteCell({ js, mappings, declares: new Map(), known });
  return {
    filename,
    js: rewritten.js,
    sourceMap: sourceMap(rewritten.mappings, filename, code),
    bindings: rewritten.bindings,
    declares: [],
    hasResult: compiled.transformed.hasResult,
    cellMagic: source.cellMagic,
    moduleName: null,
    ...(traced && { traced }),
  };
}
