import type { Diagnostic } from './contract.js';

/** A local file that cannot be compiled; its message says where, and shows the place. */
export class CompileError extends Error {
  readonly code = 'compile';
  constructor(
    readonly path: string,
    readonly diagnostics: readonly Diagnostic[],
  ) {
    const [first] = diagnostics;
    super(first === undefined ? path : `${path}:${first.line}:${first.column}: ${first.message}\n${first.frame}`);
    this.name = 'SyntaxError';
  }
}
