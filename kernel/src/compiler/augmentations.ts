/**
 * What a cell adds to modules and globals that are not its own. A cell that runs again says the same again, or has
 * changed its mind: what it says then takes the place of what it said before, name by name, and of interfaces member
 * by member, as cells may each add to one.
 */
import type TypeScript from 'typescript';
import { ts } from './typescript.js';

/** A declaration in a `declare module` or `declare global`, or a member of an interface there. */
interface Addition {
  /** The module, the namespaces in it, the name, and the member; each part quoted. */
  key: string;
  node: TypeScript.Node;
}

/** A name for each thing that the file adds to others. */
export function augmentedKeys(file: TypeScript.SourceFile): Set<string> {
  return new Set([...additions(file)].map(({ key }) => key));
}

/** Declarations of a cell without what is among the keys. */
export function withoutKeys(declarations: string, keys: ReadonlySet<string>): string {
  const file = parseDeclarations(declarations);
  const superseded = new Set([...additions(file)].filter(({ key }) => keys.has(key)).map(({ node }) => node));
  let rest = declarations;
  // From the end, so that places before stay what they are.
  const remove = (node: TypeScript.Node): void => {
    rest = rest.slice(0, node.pos) + rest.slice(node.end);
  };
  const visit = (node: TypeScript.Node): void => {
    if (superseded.has(node)) return remove(node);
    if (ts.isVariableStatement(node)) {
      const { declarations: all } = node.declarationList;
      const kept = all.filter((each) => !superseded.has(each));
      if (kept.length === 0) return remove(node);
      const list = kept.map((each) => declarations.slice(each.pos, each.end)).join(',');
      rest = rest.slice(0, all.pos) + list + rest.slice(all.end);
    } else if (ts.isModuleDeclaration(node) || ts.isModuleBlock(node) || ts.isInterfaceDeclaration(node)) {
      const children: TypeScript.Node[] = [];
      ts.forEachChild(node, (child) => void children.push(child));
      children.reverse().forEach(visit);
    }
  };
  [...file.statements].reverse().forEach(visit);
  return rest;
}

/** Whether declarations add anything to others. */
export const augments = (declarations: string): boolean =>
  MAYBE.test(declarations) && augmentedKeys(parseDeclarations(declarations)).size > 0;

const MAYBE = /^declare (?:global|module ["'])/m;

const parseDeclarations = (text: string): TypeScript.SourceFile =>
  ts.createSourceFile('cell.d.ts', text, ts.ScriptTarget.ESNext);

function* additions(file: TypeScript.SourceFile): Generator<Addition> {
  for (const statement of file.statements) {
    if (!ts.isModuleDeclaration(statement)) continue;
    const isGlobal = (statement.flags & ts.NodeFlags.GlobalAugmentation) !== 0;
    if (isGlobal || ts.isStringLiteral(statement.name)) {
      yield* inside(statement, isGlobal ? 'global' : JSON.stringify(statement.name.text));
    }
  }
}

function* inside({ body }: TypeScript.ModuleDeclaration, path: string): Generator<Addition> {
  if (body === undefined || !ts.isModuleBlock(body)) return;
  for (const statement of body.statements) {
    if (ts.isVariableStatement(statement)) {
      for (const node of statement.declarationList.declarations) {
        if (ts.isIdentifier(node.name)) yield { key: `${path} ${node.name.text}`, node };
      }
    } else if (ts.isModuleDeclaration(statement)) {
      yield* inside(statement, `${path} ${statement.name.text}`);
    } else if (ts.isInterfaceDeclaration(statement)) {
      for (const node of statement.members) {
        // Signatures without a name are many by nature: the same one twice is none too many.
        const name = node.name === undefined ? null : nameOf(node.name);
        if (name !== null) yield { key: `${path} ${statement.name.text} ${name}`, node };
      }
    } else if (isNamed(statement)) {
      yield { key: `${path} ${statement.name.text}`, node: statement };
    }
  }
}

type Named = TypeScript.Statement & { readonly name: TypeScript.Identifier };

const isNamed = (node: TypeScript.Statement): node is Named =>
  (ts.isClassDeclaration(node) ||
    ts.isFunctionDeclaration(node) ||
    ts.isEnumDeclaration(node) ||
    ts.isTypeAliasDeclaration(node)) &&
  node.name !== undefined;

function nameOf(name: TypeScript.PropertyName): string | null {
  return ts.isIdentifier(name) || ts.isStringLiteralLike(name) || ts.isNumericLiteral(name)
    ? JSON.stringify(name.text)
    : null;
}
