/** The tree of the JavaScript that TypeScript emits, and what its names refer to. */
import { parse } from 'acorn';
import { analyze, type Scope, type Variable } from 'eslint-scope';
import type * as ESTree from 'estree';

/** Any node, with its place in the text (UTF-16 indices). */
export interface Node {
  type: string;
  start: number;
  end: number;
}

export type Placed<T> = T & { start: number; end: number };
export type Identifier = Placed<ESTree.Identifier>;

export interface Program extends Node {
  body: Node[];
}

/** What a scope binds a name to, as far as it matters here. */
export interface JsNames {
  /** Identifiers that refer to a variable of the module's own scope. */
  own: ReadonlyMap<Node, string>;
  /** Identifiers of those variables' declarations. */
  declarations: ReadonlySet<Node>;
  /** Names of the module scope declared by `const`. */
  constants: ReadonlySet<string>;
  /** Identifiers that refer to nothing in this code. */
  free: ReadonlyMap<Node, string>;
  /** Identifiers that refer to a variable of a scope inside, and that scope. */
  inner: ReadonlyMap<Node, { scope: Scope; name: string }>;
  /** Identifiers in declarations of such variables. */
  declared: ReadonlyMap<Node, Variable>;
}

/** Parses emitted code: a module whose top level may return. Throws acorn's SyntaxError. */
export function parseJs(text: string): Program {
  return parse(text, {
    ecmaVersion: 'latest',
    sourceType: 'module',
    allowReturnOutsideFunction: true,
    allowAwaitOutsideFunction: true,
    allowHashBang: true,
    // The scope library reads them.
    ranges: true,
  });
}

/** Resolves the names of a parsed module. */
export function resolveNames(program: Program): JsNames {
  const manager = analyze(program as unknown as ESTree.Program, {
    ecmaVersion: 2022,
    sourceType: 'module',
    ignoreEval: true,
  });
  const own = new Map<Node, string>();
  const inner = new Map<Node, { scope: Scope; name: string }>();
  const free = new Map<Node, string>();
  const declarations = new Set<Node>();
  const constants = new Set<string>();
  const declared = new Map<Node, Variable>();
  for (const scope of manager.scopes) {
    const isModule = scope.type === 'module';
    for (const variable of scope.variables) {
      for (const reference of variable.references) {
        const identifier = reference.identifier as unknown as Node;
        if (isModule) own.set(identifier, variable.name);
        else inner.set(identifier, { scope, name: variable.name });
      }
      for (const definition of variable.defs) {
        const name = definition.name as unknown as Node;
        if (!isModule) {
          declared.set(name, variable);
          continue;
        }
        declarations.add(name);
        const { parent } = definition as { parent?: { kind?: string } | null };
        if (parent?.kind === 'const') constants.add(variable.name);
      }
    }
  }
  for (const reference of manager.globalScope?.through ?? []) {
    const identifier = reference.identifier as Identifier;
    free.set(identifier, identifier.name);
  }
  return { own, declarations, constants, free, inner, declared };
}

const SKIPPED = new Set(['type', 'start', 'end', 'loc', 'range', 'raw', 'value', 'regex', 'bigint']);

/** Calls `visit` for each child of a node, in the order of the text. */
export function forEachChild(node: Node, visit: (child: Node, key: string) => void): void {
  for (const key of Object.keys(node)) {
    const value = (node as unknown as Record<string, unknown>)[key];
    if (typeof value !== 'object' || value === null) continue;
    if (SKIPPED.has(key) && !isNode(value)) continue;
    if (Array.isArray(value)) {
      for (const each of value) if (isNode(each)) visit(each, key);
    } else if (isNode(value)) visit(value, key);
  }
}

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && typeof (value as Node).type === 'string';
}

/** The index of `token` after `from`, past white space and comments. */
export function tokenAfter(text: string, from: number, token: string): number {
  const gap = /(?:\s|\/\/[^\n]*|\/\*[^]*?\*\/)*/y;
  gap.lastIndex = from;
  gap.exec(text);
  const at = gap.lastIndex;
  if (!text.startsWith(token, at)) throw new Error(`Expected ${token} at ${at} of the emitted code.`);
  return at;
}
