/** Compiling without a look at types: for expressions of requests, and for cells too large to be checked in time. */
import type TypeScript from 'typescript';
import type { CellText } from './magic-lines.js';
import { cellTransformer, type TransformedCell } from './cell-transformer.js';
import type { Diagnostic } from './contract.js';
import type { TopLevelNames } from './declared-names.js';
import { readSyntaxErrors } from './diagnostics.js';
import { emittedCode, type EmittedCode } from './source-map.js';
import { ts } from './typescript.js';
import type { CellLanguage } from './virtual-host.js';

export interface UntypedCode extends EmittedCode {
  transformed: TransformedCell;
}

/** @param code as the user wrote it, for the frames of errors. */
export function compileUntyped(
  code: string,
  { text, magics }: CellText,
  language: CellLanguage,
): UntypedCode | { diagnostics: Diagnostic[] } {
  const transformed: TransformedCell = { hasResult: false, typeImports: new Set() };
  const { outputText, sourceMapText, diagnostics } = ts.transpileModule(text, {
    fileName: `cell.${language}`,
    reportDiagnostics: true,
    compilerOptions: {
      target: ts.ScriptTarget.ES2024,
      module: ts.ModuleKind.ESNext,
      jsx: ts.JsxEmit.React,
      verbatimModuleSyntax: true,
      sourceMap: true,
    },
    transformers: { before: [cellTransformer(text.length, magics, null, transformed)] },
  });
  const errors = (diagnostics ?? []).filter(isSyntaxError);
  const [first] = errors;
  if (first?.file !== undefined) {
    const reading = { code, file: first.file, codeLength: text.length, strict: false, freedIn: () => undefined };
    return { diagnostics: readSyntaxErrors(errors, reading) };
  }
  return { ...emittedCode(outputText, sourceMapText ?? '{"mappings":""}'), transformed };
}

/** Whether a diagnostic of one file by itself is of its syntax, rather than of the options. */
export const isSyntaxError = ({ category, file }: TypeScript.Diagnostic): boolean =>
  category === ts.DiagnosticCategory.Error && file !== undefined;

/** Declarations of names whose types are not known. */
export function untypedDeclarations({ values, types, forms }: TopLevelNames): string {
  const named = new Set(values.map(({ name }) => name));
  const lines = values.map(
    ({ name }) => `export declare ${forms.get(name) === 'const' ? 'const' : 'let'} ${name}: any;`,
  );
  for (const name of [...types, ...named]) lines.push(`export type ${name} = any;`);
  return `${[...new Set(lines)].join('\n')}\nexport {};\n`;
}
