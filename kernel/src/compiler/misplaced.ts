/** What TypeScript or the magics' parser lets pass and a cell cannot hold: a `return`, a `%%magic` below the first line. */
import type TypeScript from 'typescript';
import type { Diagnostic } from './contract.js';
import { place } from './diagnostics.js';
import { ts } from './typescript.js';

/** The first `return` outside of functions. */
export function topLevelReturn(file: TypeScript.SourceFile, codeLength: number): TypeScript.Node | null {
  const find = (node: TypeScript.Node): TypeScript.Node | undefined => {
    if (ts.isReturnStatement(node)) return node;
    if (ts.isFunctionLike(node) || ts.isClassLike(node) || ts.isExpression(node)) return undefined;
    return ts.forEachChild(node, find);
  };
  for (const statement of file.statements) {
    if (statement.pos >= codeLength) break;
    const found = find(statement);
    if (found !== undefined) return found;
  }
  return null;
}

export function misplacedReturn(code: string, file: TypeScript.SourceFile, node: TypeScript.Node): Diagnostic {
  const start = file.getLineAndCharacterOfPosition(node.getStart(file));
  return place('TS1108', 'A cell cannot return. To show a value, end the cell with it.', code, {
    line: start.line + 1,
    column: start.character + 1,
    endLine: start.line + 1,
    endColumn: start.character + 1 + 'return'.length,
  });
}

export function misplacedMagic(code: string, at: number): Diagnostic {
  const before = code.slice(0, at);
  const line = before.split('\n').length;
  const column = at - before.lastIndexOf('\n');
  return place('HM1', "A magic with two percent signs stands on the cell's first line.", code, {
    line,
    column,
    endLine: line,
    endColumn: column + 2,
  });
}
