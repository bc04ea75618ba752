/** What a cell declares at its top level, read from TypeScript's tree. */
import type TypeScript from 'typescript';
import type { DeclarationKind, DeclaredName } from '../ipc/cell.js';
import { ts } from './typescript.js';

/** How later cells are told of a name: variables may be assigned to, everything else is an alias of all its meanings. */
export type NameForm = 'let' | 'const' | 'alias';

export interface TopLevelNames {
  /** Names that exist at run time, in the order of the code; imports are among them as far as they may be values. */
  values: DeclaredName[];
  /** Interfaces, type aliases, ambient declarations, namespaces without code, `import type`. */
  types: Set<string>;
  /** Form for each of all names. */
  forms: Map<string, NameForm>;
  /** Names that the cell itself exports under their own name. */
  exported: Set<string>;
}

/** Reads the declarations of a cell's tree. Nested `var`s count: they belong to the cell as a whole. */
export function topLevelNames(file: TypeScript.SourceFile): TopLevelNames {
  const reader = new Reader();
  for (const statement of file.statements) reader.statement(statement);
  for (const name of reader.kinds.keys()) {
    if (reader.types.has(name)) reader.forms.set(name, 'alias');
  }
  return {
    values: [...reader.kinds].map(([name, kind]) => ({ name, kind })),
    types: reader.types,
    forms: reader.forms,
    exported: reader.exported,
  };
}

class Reader {
  readonly kinds = new Map<string, DeclarationKind>();
  readonly types = new Set<string>();
  readonly forms = new Map<string, NameForm>();
  readonly exported = new Set<string>();

  statement(node: TypeScript.Statement): void {
    const exported = hasModifier(node, ts.SyntaxKind.ExportKeyword) && !hasModifier(node, ts.SyntaxKind.DefaultKeyword);
    const before = exported ? new Set(this.forms.keys()) : null;
    this.read(node);
    if (before === null) return;
    for (const name of this.forms.keys()) if (!before.has(name)) this.exported.add(name);
  }

  private read(node: TypeScript.Statement): void {
    if (ts.isVariableStatement(node)) {
      if (isAmbient(node)) this.ambient(node.declarationList);
      else this.variables(node.declarationList);
    } else if (ts.isFunctionDeclaration(node) || ts.isClassDeclaration(node)) {
      if (node.name === undefined) return;
      if (isAmbient(node)) this.type(node.name.text);
      else this.value(node.name.text, ts.isClassDeclaration(node) ? 'class' : 'function');
    } else if (ts.isEnumDeclaration(node)) {
      if (isAmbient(node)) this.type(node.name.text);
      else this.value(node.name.text, 'enum');
    } else if (ts.isInterfaceDeclaration(node) || ts.isTypeAliasDeclaration(node)) {
      this.type(node.name.text);
    } else if (ts.isModuleDeclaration(node)) {
      if (!ts.isIdentifier(node.name) || node.flags & ts.NodeFlags.GlobalAugmentation) return;
      if (isAmbient(node) || !hasCode(node)) this.type(node.name.text);
      else this.value(node.name.text, 'namespace');
    } else if (ts.isImportDeclaration(node)) {
      this.imports(node);
    } else if (ts.isImportEqualsDeclaration(node)) {
      if (node.isTypeOnly) this.type(node.name.text);
      else this.value(node.name.text, 'import');
    } else if (ts.isExportDeclaration(node)) {
      if (node.exportClause === undefined || !ts.isNamedExports(node.exportClause)) return;
      for (const element of node.exportClause.elements) this.exported.add(element.name.text);
    } else {
      this.nestedVars(node);
    }
  }

  private imports({ importClause }: TypeScript.ImportDeclaration): void {
    if (importClause === undefined) return;
    const whole = importClause.phaseModifier === ts.SyntaxKind.TypeKeyword;
    const add = (name: string, typeOnly: boolean): void => {
      if (whole || typeOnly) this.type(name);
      else this.value(name, 'import');
    };
    if (importClause.name !== undefined) add(importClause.name.text, false);
    const { namedBindings } = importClause;
    if (namedBindings === undefined) return;
    if (ts.isNamespaceImport(namedBindings)) add(namedBindings.name.text, false);
    else for (const element of namedBindings.elements) add(element.name.text, element.isTypeOnly);
  }

  private variables(list: TypeScript.VariableDeclarationList): void {
    const kind = kindOf(list);
    for (const { name } of list.declarations) {
      for (const each of boundNames(name)) this.value(each, kind);
    }
  }

  private ambient(list: TypeScript.VariableDeclarationList): void {
    for (const { name } of list.declarations) {
      for (const each of boundNames(name)) {
        this.type(each);
        this.forms.set(each, list.flags & ts.NodeFlags.Const ? 'const' : 'let');
      }
    }
  }

  /** `var` in blocks, loops and the like, but not in functions. */
  private nestedVars(node: TypeScript.Node): void {
    if (ts.isFunctionLike(node) || ts.isClassLike(node) || ts.isModuleDeclaration(node)) return;
    if (ts.isExpression(node) || ts.isTypeNode(node)) return;
    if (ts.isVariableDeclarationList(node)) {
      if ((node.flags & ts.NodeFlags.BlockScoped) === 0) this.variables(node);
      return;
    }
    ts.forEachChild(node, (child) => this.nestedVars(child));
  }

  private value(name: string, kind: DeclarationKind): void {
    // A function that a namespace extends stays a function.
    const known = this.kinds.get(name);
    if (known === undefined || kind !== 'namespace') this.kinds.set(name, kind);
    if (kind === 'let' || kind === 'var') this.forms.set(name, 'let');
    else if (kind === 'const' || kind === 'using') this.forms.set(name, 'const');
    else this.forms.set(name, 'alias');
  }

  private type(name: string): void {
    this.types.add(name);
    if (!this.forms.has(name)) this.forms.set(name, 'alias');
  }
}

function kindOf({ flags }: TypeScript.VariableDeclarationList): DeclarationKind {
  const scoped = flags & ts.NodeFlags.BlockScoped;
  if (scoped === 0) return 'var';
  if (scoped === Number(ts.NodeFlags.Let)) return 'let';
  return scoped === Number(ts.NodeFlags.Const) ? 'const' : 'using';
}

function hasModifier(node: TypeScript.Statement, modifier: TypeScript.SyntaxKind): boolean {
  return ts.canHaveModifiers(node) && (ts.getModifiers(node)?.some(({ kind }) => kind === modifier) ?? false);
}

const isAmbient = (node: TypeScript.Statement): boolean => hasModifier(node, ts.SyntaxKind.DeclareKeyword);

/** Whether a namespace makes anything at run time. */
function hasCode(node: TypeScript.ModuleDeclaration): boolean {
  const { body } = node;
  if (body === undefined || !('kind' in body)) return false;
  if (ts.isModuleDeclaration(body)) return hasCode(body);
  if (!ts.isModuleBlock(body)) return false;
  return body.statements.some((statement) => {
    if (ts.isInterfaceDeclaration(statement) || ts.isTypeAliasDeclaration(statement)) return false;
    if (ts.isModuleDeclaration(statement)) return hasCode(statement);
    return !isAmbient(statement);
  });
}

function* boundNames(name: TypeScript.BindingName): Generator<string> {
  if (ts.isIdentifier(name)) {
    if (name.text !== '') yield name.text;
    return;
  }
  for (const element of name.elements) {
    if (ts.isBindingElement(element)) yield* boundNames(element.name);
  }
}

const WORD = /[\p{ID_Start}_$][\p{ID_Continue}$\u200c\u200d]*/gu;
const ESCAPE = /\\u(?:\{([0-9a-fA-F]{1,6})\}|([0-9a-fA-F]{4}))/g;

/** The words of a text that are among `names`: all that it can refer to, and words in strings and comments besides. */
export function wordsAmong(text: string, names: ReadonlyMap<string, unknown>): Set<string> {
  const found = new Set<string>();
  if (names.size === 0) return found;
  const written = text.includes('\\u')
    ? text.replace(ESCAPE, (all, braced: string | undefined, plain: string | undefined) => {
        const point = parseInt(braced ?? plain ?? '', 16);
        return point <= 0x10ffff ? String.fromCodePoint(point) : all;
      })
    : text;
  for (const [word] of written.matchAll(WORD)) {
    if (names.has(word)) found.add(word);
  }
  return found;
}
