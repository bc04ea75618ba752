/**
 * The changes to a cell's tree that need TypeScript's knowledge: which imports have values, where magics stand, and
 * which expression is the result.
 */
import type TypeScript from 'typescript';
import { magicMark, type MagicLine } from './magic-lines.js';
import { ts } from './typescript.js';

export interface TransformedCell {
  hasResult: boolean;
  /** Imported names that turned out to be types only. */
  typeImports: Set<string>;
}

/**
 * @param checker `null` where types are not known: then every import counts as a value.
 * @param codeLength where the user's code ends in the file; what follows is the compiler's own and is not emitted.
 * @param outcome is filled while the tree is transformed.
 */
export function cellTransformer(
  codeLength: number,
  magics: readonly MagicLine[],
  checker: TypeScript.TypeChecker | null,
  outcome: TransformedCell,
): TypeScript.TransformerFactory<TypeScript.SourceFile> {
  return ({ factory }) =>
    (file) => {
      const own = file.statements.filter((statement) => statement.getStart(file) < codeLength);
      const marks = new Map(magics.map((magic, index) => [magicMark(index), magic]));
      const result = resultStatement(own, marks);
      outcome.hasResult = result !== null;

      const returned = (statement: TypeScript.Statement, expression: TypeScript.Expression): TypeScript.Statement => {
        // A function would be named after the property.
        const plain = ts.skipPartiallyEmittedExpressions(expression);
        const value = isFunctionLike(plain)
          ? factory.createComma(factory.createNumericLiteral(0), expression)
          : expression;
        const box = factory.createObjectLiteralExpression([factory.createPropertyAssignment('value', value)]);
        return ts.setTextRange(factory.createReturnStatement(box), statement);
      };

      const statements = own.flatMap((statement): TypeScript.Statement[] => {
        if (ts.isExpressionStatement(statement)) {
          const magic = ts.isStringLiteral(statement.expression) ? marks.get(statement.expression.text) : undefined;
          if (magic !== undefined) return [ts.setTextRange(magicCall(factory, magic), statement)];
          if (statement === result) return [returned(statement, statement.expression)];
        } else if (ts.isExportAssignment(statement) && statement === result) {
          return [returned(statement, statement.expression)];
        } else if (ts.isExportAssignment(statement)) {
          return [ts.setTextRange(factory.createExpressionStatement(statement.expression), statement)];
        } else if (ts.isImportDeclaration(statement)) {
          return [keepImport(factory, statement, checker, outcome)];
        } else if (ts.isImportEqualsDeclaration(statement)) {
          return keepImportEquals(factory, statement, checker, outcome);
        }
        return [statement];
      });
      return factory.updateSourceFile(file, statements);
    };
}

/** The last statement, when its value is the cell's result. */
function resultStatement(
  statements: readonly TypeScript.Statement[],
  marks: ReadonlyMap<string, MagicLine>,
): TypeScript.Statement | null {
  const last = statements.findLast((statement) => !ts.isEmptyStatement(statement));
  if (last === undefined) return null;
  if (ts.isExportAssignment(last)) return last;
  if (!ts.isExpressionStatement(last)) return null;
  return ts.isStringLiteral(last.expression) && marks.has(last.expression.text) ? null : last;
}

function isFunctionLike(node: TypeScript.Expression): boolean {
  if (ts.isParenthesizedExpression(node)) return isFunctionLike(node.expression);
  return ts.isArrowFunction(node) || ts.isFunctionExpression(node) || ts.isClassExpression(node);
}

function magicCall(factory: TypeScript.NodeFactory, { name, args }: MagicLine): TypeScript.Statement {
  const callee = factory.createPropertyAccessExpression(factory.createIdentifier('$hm'), 'magic');
  const call = factory.createCallExpression(callee, undefined, [
    factory.createStringLiteral(name),
    factory.createStringLiteral(args),
  ]);
  return factory.createExpressionStatement(factory.createAwaitExpression(call));
}

/**
 * An import of every name that may have a value, whether this cell uses it or not: a later one may. Nodes that are new
 * to TypeScript are never left out by it.
 */
function keepImport(
  factory: TypeScript.NodeFactory,
  statement: TypeScript.ImportDeclaration,
  checker: TypeScript.TypeChecker | null,
  outcome: TransformedCell,
): TypeScript.Statement {
  const { importClause } = statement;
  if (importClause === undefined || importClause.phaseModifier !== undefined) return statement;
  const keeps = (name: TypeScript.Identifier): boolean => {
    if (hasValue(name, checker)) return true;
    outcome.typeImports.add(name.text);
    return false;
  };
  const specifier = (element: TypeScript.ImportSpecifier): TypeScript.ImportSpecifier =>
    factory.createImportSpecifier(false, element.propertyName, factory.createIdentifier(element.name.text));
  const name =
    importClause.name !== undefined && keeps(importClause.name)
      ? factory.createIdentifier(importClause.name.text)
      : undefined;
  let bindings: TypeScript.NamedImportBindings | undefined;
  const written = importClause.namedBindings;
  if (written !== undefined && ts.isNamespaceImport(written)) {
    bindings = factory.createNamespaceImport(factory.createIdentifier(written.name.text));
  } else if (written !== undefined) {
    const kept = written.elements.filter((element) => !element.isTypeOnly && keeps(element.name));
    bindings = kept.length === 0 ? undefined : factory.createNamedImports(kept.map(specifier));
  }
  if (name === undefined && bindings === undefined && !importsNothing(importClause)) {
    return factory.createNotEmittedStatement(statement);
  }
  const clause =
    name === undefined && bindings === undefined ? undefined : factory.createImportClause(undefined, name, bindings);
  const made = factory.createImportDeclaration(undefined, clause, statement.moduleSpecifier, statement.attributes);
  return ts.setTextRange(made, statement);
}

/** `import {} from "x"`: for its effects alone. */
function importsNothing({ name, namedBindings }: TypeScript.ImportClause): boolean {
  return (
    name === undefined &&
    namedBindings !== undefined &&
    ts.isNamedImports(namedBindings) &&
    namedBindings.elements.length === 0
  );
}

/** `import x = require("y")` and `import A = B.C`, as constants. */
function keepImportEquals(
  factory: TypeScript.NodeFactory,
  statement: TypeScript.ImportEqualsDeclaration,
  checker: TypeScript.TypeChecker | null,
  outcome: TransformedCell,
): TypeScript.Statement[] {
  if (statement.isTypeOnly) return [statement];
  if (!hasValue(statement.name, checker)) {
    outcome.typeImports.add(statement.name.text);
    return [];
  }
  const { moduleReference } = statement;
  const value = ts.isExternalModuleReference(moduleReference)
    ? factory.createCallExpression(factory.createIdentifier('require'), undefined, [moduleReference.expression])
    : asExpression(factory, moduleReference);
  const declaration = factory.createVariableDeclaration(statement.name.text, undefined, undefined, value);
  const list = factory.createVariableDeclarationList([declaration], ts.NodeFlags.Const);
  return [ts.setTextRange(factory.createVariableStatement(undefined, list), statement)];
}

function asExpression(factory: TypeScript.NodeFactory, name: TypeScript.EntityName): TypeScript.Expression {
  if (ts.isIdentifier(name)) return factory.createIdentifier(name.text);
  return factory.createPropertyAccessExpression(asExpression(factory, name.left), name.right.text);
}

/** What cannot be resolved may be anything. */
function hasValue(name: TypeScript.Identifier, checker: TypeScript.TypeChecker | null): boolean {
  const symbol = checker?.getSymbolAtLocation(name);
  if (checker === null || symbol === undefined) return true;
  const target = symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol;
  return !target.declarations?.length || (target.flags & ts.SymbolFlags.Value) !== 0;
}
