/** Local modules in TypeScript or JavaScript, compiled for the runtime's loader: ES modules as one async function each. */
import type TypeScript from 'typescript';
import type { CompiledModule } from '../ipc/cell.js';
import { CompileError } from './compile-error.js';
import { readSyntaxErrors } from './diagnostics.js';
import { rewriteModule } from './module-rewrite.js';
import { emittedCode, sourceMap } from './source-map.js';
import { traceLines } from './trace-lines.js';
import { ts } from './typescript.js';
import { isSyntaxError } from './untyped.js';

/** What of a `tsconfig.json` changes the code that is emitted. */
const EMITTED = [
  'jsx',
  'jsxFactory',
  'jsxFragmentFactory',
  'jsxImportSource',
  'experimentalDecorators',
  'emitDecoratorMetadata',
  'useDefineForClassFields',
] as const;

/** Throws {@link CompileError} for a file with syntax errors. Types are not checked: that is the work of an editor. */
export function compileModule(
  path: string,
  source: string,
  options: TypeScript.CompilerOptions,
  traced = false,
): CompiledModule {
  const text = source.replace(/^\ufeff/, ' ');
  const chosen: TypeScript.CompilerOptions = {
    target: ts.ScriptTarget.ES2024,
    module: ts.ModuleKind.ESNext,
    sourceMap: true,
    isolatedModules: true,
  };
  for (const name of EMITTED) if (options[name] !== undefined) Object.assign(chosen, { [name]: options[name] });
  const { outputText, sourceMapText, diagnostics } = ts.transpileModule(text, {
    fileName: path,
    reportDiagnostics: true,
    compilerOptions: chosen,
  });
  const errors = (diagnostics ?? []).filter(isSyntaxError);
  if (errors.length > 0) {
    const file = ts.createSourceFile(path, text, ts.ScriptTarget.ESNext);
    const reading = { code: source, file, codeLength: text.length, strict: false, freedIn: () => undefined };
    throw new CompileError(path, readSyntaxErrors(errors, reading));
  }
  const emitted = emittedCode(outputText, sourceMapText ?? '{"mappings":""}');
  const { js, mappings } = rewriteModule(traced ? traceLines(emitted, '$module') : emitted);
  return { path, filename: path, js, sourceMap: sourceMap(mappings, path, source), ...(traced && { traced }) };
}
