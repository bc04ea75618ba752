/**
 * Turns the JavaScript of a cell into a function of its bindings: every reference to a top-level name of this or of an
 * earlier cell becomes a property of the name's binding, so that all readers share one value.
 */
import type { DeclarationKind } from '../ipc/cell.js';
import { Edits, type Piece } from './edits.js';
import {
  forEachChild,
  parseJs,
  resolveNames,
  tokenAfter,
  type Identifier,
  type JsNames,
  type Node,
} from './js-tree.js';
import { fastLoop, isLoop, ROUNDS, type FastLoop } from './fast-loops.js';
import type { Names, NameUse } from './name-use.js';

/** Longest parameter list that V8 takes is 65,535; names beyond this many are looked up as the cell begins. */
const MOST_PARAMETERS = 10_000;

export interface RewriteInput {
  js: string;
  /** Encoded mappings of `js`. */
  mappings: string;
  /** Names that this cell declares and shares. */
  declares: ReadonlyMap<string, DeclarationKind>;
  /** Kind of a name of earlier cells. */
  known: (name: string) => DeclarationKind | null;
}

export interface RewriteOutput {
  /** Source of a function expression. */
  js: string;
  mappings: string;
  bindings: string[];
}

/** Throws acorn's SyntaxError for what TypeScript let pass. */
export function rewriteCell(input: RewriteInput): RewriteOutput {
  const program = parseJs(input.js);
  const rewriter = new Rewriter(input, resolveNames(program));
  rewriter.program(program.body);
  return rewriter.finish();
}

type AnyNode = Node & Record<string, unknown>;

class Rewriter implements Names {
  private edits: Edits;
  private readonly bindings = new Set<string>();
  /** Statements at the function's start, in this order. */
  private readonly hoisted: string[] = [];
  private readonly helpers = new Set<keyof typeof HELPERS>();
  private imports = 0;
  private evaluates = false;
  private functionDepth = 0;
  /** The loop whose fast version is being written. */
  private fast: FastLoop | null = null;

  constructor(
    private readonly input: RewriteInput,
    readonly resolved: JsNames,
  ) {
    this.edits = new Edits(input.js);
  }

  program(statements: readonly Node[]): void {
    for (const name of this.input.declares.keys()) this.bind(name);
    for (const [name, kind] of this.input.declares) {
      if (kind === 'var') this.hoisted.push(`$hm.init(${slot(name)}, undefined);`);
    }
    for (const statement of statements) this.topLevel(statement as AnyNode);
  }

  finish(): RewriteOutput {
    const { text, mappings } = this.edits.apply(this.input.mappings);
    const names = [...this.bindings];
    const parameters = names.slice(0, MOST_PARAMETERS);
    const looked = names
      .slice(MOST_PARAMETERS)
      .map((name) => `const ${slot(name)} = $hm.late(${JSON.stringify(name)});`);
    const helpers = [...this.helpers].map((helper) => HELPERS[helper]);
    const start = ['"use strict";', ...looked, ...helpers, ...this.hoisted].join(' ');
    const list = ['$hm', ...parameters.map(slot)].join(', ');
    const body = `{ ${start}\n${text}\n}`;
    const js = this.evaluates
      ? `function (${list}) { with ($hm.scope) { return (async function () ${body})(); } }`
      : `async function (${list}) ${body}`;
    return { js, mappings: `;${mappings ?? ''}`, bindings: parameters };
  }

  /** Statements of the cell itself: only here stand imports, exports and hoisted functions. */
  private topLevel(node: AnyNode): void {
    switch (node.type) {
      case 'ImportDeclaration':
        this.importDeclaration(node);
        return;
      case 'ExportNamedDeclaration': {
        const declaration = node['declaration'] as AnyNode | null;
        if (declaration !== null) {
          this.edits.replace(node.start, declaration.start, '');
          this.topLevel(declaration);
        } else this.reExport(node);
        return;
      }
      case 'ExportAllDeclaration':
        this.reExport(node);
        return;
      case 'ExportDefaultDeclaration':
        this.exportDefault(node);
        return;
      case 'FunctionDeclaration': {
        const { name } = node['id'] as Identifier;
        if (this.input.declares.has(name)) this.hoisted.push(`$hm.init(${slot(name)}, ${name});`);
        this.visit(node);
        return;
      }
      default:
        this.visit(node);
    }
  }

  private visit(node: AnyNode): void {
    switch (node.type) {
      case 'Identifier':
        this.identifier(node);
        return;
      case 'VariableDeclaration':
        if (this.isShared(node)) this.declaration(node, 'statement');
        else this.children(node);
        return;
      case 'ForStatement':
      case 'ForInStatement':
      case 'ForOfStatement':
      case 'WhileStatement':
      case 'DoWhileStatement':
        this.loop(node);
        return;
      case 'LabeledStatement':
        this.labelled(node);
        return;
      case 'ClassDeclaration':
        this.classDeclaration(node);
        return;
      case 'ClassExpression':
      case 'FunctionDeclaration':
      case 'FunctionExpression':
      case 'ArrowFunctionExpression':
        this.functionDepth += 1;
        this.children(node);
        this.functionDepth -= 1;
        return;
      case 'Property':
        this.property(node);
        return;
      case 'CallExpression':
        this.callee(node['callee'] as AnyNode, true);
        for (const argument of node['arguments'] as AnyNode[]) this.visit(argument);
        return;
      case 'TaggedTemplateExpression':
        this.callee(node['tag'] as AnyNode, false);
        this.visit(node['quasi'] as AnyNode);
        return;
      case 'UnaryExpression':
        this.unary(node);
        return;
      case 'UpdateExpression':
        this.target(node['argument'] as AnyNode);
        return;
      case 'AssignmentExpression':
        this.assignment(node);
        return;
      case 'AssignmentPattern':
        this.withDefault(node, (left) => this.visit(left));
        return;
      case 'MetaProperty':
        if ((node['meta'] as Identifier).name === 'import') this.edits.replace(node.start, node.end, '$hm.importMeta');
        return;
      case 'ImportExpression':
        this.importExpression(node);
        return;
      default:
        this.children(node);
    }
  }

  private children(node: Node): void {
    forEachChild(node, (child) => this.visit(child as AnyNode));
  }

  // Names

  private bind(name: string): void {
    this.bindings.add(name);
  }

  use(node: Node): NameUse {
    const own = this.resolved.own.get(node);
    if (own !== undefined) {
      if (!this.input.declares.has(own)) return { kind: 'local' };
      return {
        kind: 'shared',
        name: own,
        constant: this.resolved.constants.has(own) || this.input.declares.get(own) === 'import',
      };
    }
    const free = this.resolved.free.get(node);
    if (free === undefined) return { kind: 'local' };
    if (free === '$hm') return { kind: 'local' };
    if (this.input.declares.has(free)) return { kind: 'shared', name: free, constant: false };
    const known = this.input.known(free);
    if (known !== null) return { kind: 'shared', name: free, constant: known === 'const' || known === 'import' };
    if (free in ENVIRONMENT) return { kind: 'environment', name: free };
    if (free in globalThis || free === 'arguments') return { kind: 'global', name: free };
    return { kind: 'late', name: free };
  }

  /** The text that reads the name an identifier stands for; `null` when it is to stay as it is. */
  private read(node: Node): string | null {
    const use = this.use(node);
    switch (use.kind) {
      case 'shared': {
        const local = this.fast?.locals.get(use.name);
        if (local !== undefined) return local;
        this.bind(use.name);
        return `${slot(use.name)}.v`;
      }
      case 'late':
        return `$hm.late(${JSON.stringify(use.name)}).v`;
      case 'environment':
        return ENVIRONMENT[use.name] as string;
      default:
        return null;
    }
  }

  private identifier(node: Node): void {
    const text = this.read(node);
    if (text !== null) this.edits.replace(node.start, node.end, text);
  }

  /** The text that assigns to a name: a constant of V8's own, for a constant of the user's, gives V8's own error. */
  private written(node: Node): string | null {
    const use = this.use(node);
    if (use.kind === 'shared' && use.constant) {
      this.helpers.add('constant');
      return '$hm_constant';
    }
    return this.read(node);
  }

  /** What is assigned to: an identifier, a member or a pattern. */
  private target(node: AnyNode): void {
    if (node.type === 'Identifier') {
      const text = this.written(node);
      if (text !== null) this.edits.replace(node.start, node.end, text);
    } else this.pattern(node, (each) => this.written(each));
  }

  /** Visits a pattern; `text` says what an identifier bound by it becomes. */
  private pattern(node: AnyNode, text: (identifier: Node) => string | null): void {
    switch (node.type) {
      case 'Identifier': {
        const replacement = text(node);
        if (replacement !== null) this.edits.replace(node.start, node.end, replacement);
        return;
      }
      case 'ObjectPattern':
        for (const each of node['properties'] as AnyNode[]) {
          if (each.type === 'RestElement') this.pattern(each['argument'] as AnyNode, text);
          else this.patternProperty(each, text);
        }
        return;
      case 'ArrayPattern':
        for (const each of node['elements'] as (AnyNode | null)[]) if (each !== null) this.pattern(each, text);
        return;
      case 'RestElement':
        this.pattern(node['argument'] as AnyNode, text);
        return;
      case 'AssignmentPattern':
        this.withDefault(node, (left) => this.pattern(left, text), text);
        return;
      default:
        this.visit(node);
    }
  }

  private patternProperty(node: AnyNode, text: (identifier: Node) => string | null): void {
    const value = node['value'] as AnyNode;
    if (node['shorthand'] === true) {
      const bound = (value.type === 'AssignmentPattern' ? value['left'] : value) as Identifier & AnyNode;
      const replacement = text(bound);
      const shown = replacement === null ? null : `${bound.name}: ${replacement}`;
      this.pattern(value, (each) => (each === bound ? shown : text(each)));
      return;
    }
    if (node['computed'] === true) this.visit(node['key'] as AnyNode);
    this.pattern(value, text);
  }

  private withDefault(
    node: AnyNode,
    visitLeft: (left: AnyNode) => void,
    text: (identifier: Node) => string | null = (each) => this.written(each),
  ): void {
    const left = node['left'] as AnyNode;
    visitLeft(left);
    const renamed = left.type === 'Identifier' && text(left) !== null;
    this.named(
      renamed ? (left as unknown as Identifier).name : null,
      node['right'] as AnyNode,
      left.end,
      '=',
      node.end,
    );
  }

  private property(node: AnyNode): void {
    const value = node['value'] as AnyNode;
    if (node['shorthand'] === true && value.type === 'Identifier') {
      const text = this.read(value);
      if (text !== null)
        this.edits.replace(value.start, value.end, `${(value as unknown as Identifier).name}: ${text}`);
      return;
    }
    if (node['shorthand'] === true) {
      this.patternProperty(node, (each) => this.written(each));
      return;
    }
    if (node['computed'] === true) this.visit(node['key'] as AnyNode);
    this.visit(value);
  }

  // Expressions

  /** Calls without an object: `f()` must not become a method call of the binding. */
  private callee(node: AnyNode, call: boolean): void {
    if (node.type !== 'Identifier') {
      this.visit(node);
      return;
    }
    const { name } = node as unknown as Identifier;
    if (call && name === 'eval' && this.use(node).kind === 'global') this.evaluates = true;
    const text = this.read(node);
    if (text === null) return;
    // V8 places an error of the call at its bracket; with it in the change, that is where the name stands.
    const bracket = this.input.js[node.end] === '(' ? '(' : '';
    this.edits.replace(node.start, node.end + bracket.length, `(0, ${text})${bracket}`);
  }

  private unary(node: AnyNode): void {
    const argument = node['argument'] as AnyNode;
    if (node['operator'] !== 'typeof' || argument.type !== 'Identifier') {
      this.visit(argument);
      return;
    }
    const use = this.use(argument);
    const isFast = use.kind === 'shared' && this.fast?.locals.has(use.name) === true;
    if (isFast || (use.kind !== 'shared' && use.kind !== 'late')) {
      this.identifier(argument);
      return;
    }
    this.helpers.add('typeof');
    if (use.kind === 'shared') this.bind(use.name);
    const binding = use.kind === 'shared' ? slot(use.name) : `$hm.late(${JSON.stringify(use.name)})`;
    this.edits.replace(node.start, node.end, `$hm_typeof(${binding})`);
  }

  private assignment(node: AnyNode): void {
    const left = node['left'] as AnyNode;
    const operator = node['operator'] as string;
    this.target(left);
    const naming =
      ['=', '||=', '&&=', '??='].includes(operator) && left.type === 'Identifier' && this.written(left) !== null;
    const right = node['right'] as AnyNode;
    if (naming) this.named((left as unknown as Identifier).name, right, left.end, operator, node.end);
    else this.visit(right);
  }

  /** Visits a value that follows an operator. A function without a name takes `name`, as it does from an identifier. */
  private named(name: string | null, value: AnyNode, from: number, operator: string, end: number): void {
    if (name === null || !isAnonymousFunction(value)) {
      this.visit(value);
      return;
    }
    const at = tokenAfter(this.input.js, this.afterParentheses(from), operator) + operator.length;
    this.edits.open(at, ` ({ [${JSON.stringify(name)}]: `);
    this.visit(value);
    this.edits.close(end, ` })[${JSON.stringify(name)}]`);
  }

  private afterParentheses(from: number): number {
    let at = from;
    for (;;) {
      const gap = /(?:\s|\/\/[^\n]*|\/\*[^]*?\*\/)*\)/y;
      gap.lastIndex = at;
      if (!gap.test(this.input.js)) return at;
      at = gap.lastIndex;
    }
  }

  private importExpression(node: AnyNode): void {
    this.edits.replace(node.start, node.start + 'import'.length, '$hm.import');
    this.visit(node['source'] as AnyNode);
    const options = node['options'] as AnyNode | null | undefined;
    if (options === null || options === undefined) return;
    this.edits.open(options.start, '(');
    this.visit(options);
    this.edits.close(options.end, ')?.with');
  }

  // Declarations

  private isShared(node: AnyNode): boolean {
    const declared = (node['declarations'] as AnyNode[]).flatMap((each) => boundIdentifiers(each['id'] as AnyNode));
    const shared = declared.filter(
      (each) => this.resolved.declarations.has(each) && this.input.declares.has(each.name),
    );
    if (shared.length > 0 && shared.length < declared.length)
      throw new Error('A declaration mixes names of the cell with others.');
    return shared.length > 0;
  }

  /** A declaration of shared names. In the head of a `for`, assignments take its place: only `var` stands there. */
  private declaration(node: AnyNode, place: 'statement' | 'head'): void {
    const declarations = node['declarations'] as AnyNode[];
    const first = declarations[0] as AnyNode;
    this.edits.replace(node.start, first.start, '');
    for (const each of declarations) {
      const id = each['id'] as AnyNode;
      const init = each['init'] as AnyNode | null;
      if (id.type !== 'Identifier') this.patternDeclaration(each, id, init);
      else this.nameDeclaration(each, id as unknown as Identifier, init);
    }
    if (place === 'statement' && this.input.js[node.end - 1] !== ';') this.edits.close(node.end, ';');
  }

  private isHoisted(name: string): boolean {
    return this.input.declares.get(name) === 'var';
  }

  private nameDeclaration(node: AnyNode, id: Identifier, init: AnyNode | null): void {
    const { name } = id;
    if (this.isHoisted(name)) {
      const text = this.read(id) ?? `${slot(name)}.v`;
      this.edits.replace(id.start, id.end, init === null ? '0' : text);
      if (init !== null) this.named(name, init, id.end, '=', node.end);
      return;
    }
    if (init === null) {
      this.edits.replace(id.start, id.end, `$hm.init(${slot(name)}, undefined)`);
      return;
    }
    const equals = tokenAfter(this.input.js, id.end, '=');
    this.edits.replace(id.start, id.end, `$hm.init(${slot(name)}`);
    this.edits.replace(equals, equals + 1, ',');
    this.named(name, init, id.end, '=', node.end);
    this.edits.close(node.end, ')');
  }

  private patternDeclaration(node: AnyNode, id: AnyNode, init: AnyNode | null): void {
    this.edits.open(node.start, '(');
    this.pattern(id, (each) => this.declared(each as unknown as Identifier));
    if (init !== null) this.visit(init);
    this.edits.close(node.end, ')');
  }

  /** What a name that a pattern declares becomes: an assignment to it initialises the binding. */
  private declared({ name }: Identifier): string {
    if (this.isHoisted(name)) return this.fast?.locals.get(name) ?? `${slot(name)}.v`;
    this.helpers.add('initialiser');
    return `$hm_initialiser(${slot(name)}).v`;
  }

  private classDeclaration(node: AnyNode): void {
    const id = node['id'] as Identifier | null;
    const shared = id !== null && this.resolved.declarations.has(id) && this.input.declares.has(id.name);
    if (shared) this.edits.open(node.start, `$hm.init(${slot(id.name)}, `);
    this.functionDepth += 1;
    this.children(node);
    this.functionDepth -= 1;
    if (shared) this.edits.close(node.end, ');');
  }

  // Loops

  private loop(node: AnyNode): void {
    if (this.fast !== null) this.roundLoop(node, node, this.fast);
    else {
      const found = this.fastVersion(node);
      if (found === null) this.plainLoop(node);
      else this.twoVersions(node, node, found);
    }
  }

  /** The labels of a loop go with it. */
  private labelled(node: AnyNode): void {
    let body = node['body'] as AnyNode;
    while (body.type === 'LabeledStatement') body = body['body'] as AnyNode;
    if (this.fast !== null && isLoop(body)) {
      this.roundLoop(node, body, this.fast);
      return;
    }
    const found = this.fastVersion(body);
    if (found === null) this.visit(node['body'] as AnyNode);
    else this.twoVersions(node, body, found);
  }

  private fastVersion(node: AnyNode): FastLoop | null {
    return this.fast === null && this.functionDepth === 0 && isLoop(node) ? fastLoop(node, this) : null;
  }

  private plainLoop(node: AnyNode): void {
    forEachChild(node, (child, key) => {
      const each = child as AnyNode;
      if ((key === 'init' || key === 'left') && each.type === 'VariableDeclaration' && this.isShared(each)) {
        if (key === 'init') this.declaration(each, 'head');
        else this.loopVariable(each);
      } else if (key === 'left') this.target(each);
      else this.visit(each);
    });
  }

  /** `for (var x of …)`, which may be written to like any other target. */
  private loopVariable(node: AnyNode): void {
    const [only] = node['declarations'] as AnyNode[];
    const id = only?.['id'] as AnyNode;
    this.edits.replace(node.start, id.start, '');
    this.pattern(id, (each) => this.declared(each as unknown as Identifier));
  }

  /** The loop as it is, and the loop on locals, behind the test which of the two may run. */
  private twoVersions(node: AnyNode, loop: AnyNode, found: FastLoop): void {
    for (const name of found.locals.keys()) this.bind(name);
    for (const helper of found.helpers) this.helpers.add(helper);
    const plain = this.apart(node, () => this.plainLoop(loop));
    const fast = this.apart(node, () => {
      this.fast = found;
      this.roundLoop(node, loop, found);
      this.fast = null;
    });
    this.edits.splice(node.start, node.end, [
      `if (${found.condition}) { ${found.begin} try { `,
      fast,
      ` } finally { ${found.flush} } } else `,
      plain,
    ]);
  }

  /** A part of the code, changed apart from the rest. */
  private apart({ start, end }: Node, change: () => void): Piece {
    const outer = this.edits;
    const edits = new Edits(this.input.js);
    this.edits = edits;
    change();
    this.edits = outer;
    return { start, end, edits };
  }

  /** A loop of the fast version: an inner loop that ends every so many rounds, in one that goes on with it. */
  private roundLoop(node: AnyNode, loop: AnyNode, fast: FastLoop): void {
    const part = (key: string): Piece[] => {
      const child = loop[key] as AnyNode | null | undefined;
      if (child === null || child === undefined) return [];
      if (child.type === 'VariableDeclaration' && this.isShared(child))
        return [this.apart(child, () => this.declaration(child, 'head'))];
      return [this.apart(child, () => this.visit(child))];
    };
    const test = part('test');
    const ends = test.length === 0 ? [] : ['if (!(', ...test, ')) break; '];
    const isDo = loop.type === 'DoWhileStatement';
    const labels = this.input.js.slice(node.start, loop.start);
    this.edits.splice(node.start, node.end, [
      isDo ? '{ let $hm_ends = false; ' : '{ ',
      ...part('init'),
      `; for (;;) { let $hm_rounds = 0, $hm_more = false; ${fast.retype(loop)} ${labels}for (;; `,
      ...(isDo ? ['$hm_ends = !(', ...test, ')'] : part('update')),
      `) { ${isDo ? 'if ($hm_ends) break; ' : ''}if ($hm_rounds++ === ${ROUNDS}) { $hm_more = true; break; } `,
      ...(isDo ? [] : ends),
      ...part('body'),
      ` } ${fast.flush} if (!$hm_more) break; } }`,
    ]);
  }

  // Modules

  private importDeclaration(node: AnyNode): void {
    const specifiers = node['specifiers'] as AnyNode[];
    const source = (node['source'] as { raw?: string; value?: unknown }).value as string;
    const attributes = importAttributes(node);
    const call = `await $hm.import(${JSON.stringify(source)}${attributes === null ? '' : `, ${attributes}`})`;
    if (specifiers.length === 0) {
      this.edits.replace(node.start, node.end, `${call};`);
      return;
    }
    const namespace = `$hm_module${(this.imports += 1)}`;
    const parts = [`const ${namespace} = ${call};`];
    for (const specifier of specifiers) {
      const { name } = specifier['local'] as Identifier;
      const value = this.imported(specifier, namespace, source);
      parts.push(this.input.declares.has(name) ? `$hm.init(${slot(name)}, ${value});` : `const ${name} = ${value};`);
    }
    this.edits.replace(node.start, node.end, parts.join(' '));
  }

  private imported(specifier: AnyNode, namespace: string, source: string): string {
    if (specifier.type === 'ImportNamespaceSpecifier') return namespace;
    const imported = specifier['imported'] as { name?: string; value?: string } | undefined;
    const name = specifier.type === 'ImportDefaultSpecifier' ? 'default' : (imported?.name ?? imported?.value ?? '');
    this.helpers.add('imported');
    return `$hm_imported(${namespace}, ${JSON.stringify(name)}, ${JSON.stringify(source)})`;
  }

  /** A cell has no exports; what it re-exports is still loaded. */
  private reExport(node: AnyNode): void {
    const source = node['source'] as { value: string } | null;
    this.edits.replace(
      node.start,
      node.end,
      source === null ? ';' : `await $hm.import(${JSON.stringify(source.value)});`,
    );
  }

  private exportDefault(node: AnyNode): void {
    const declaration = node['declaration'] as AnyNode;
    const hasName = (declaration['id'] ?? null) !== null;
    const isDeclaration = /^(?:Function|Class)Declaration$/.test(declaration.type);
    this.edits.replace(node.start, declaration.start, isDeclaration && !hasName ? 'void ' : '');
    if (isDeclaration && hasName) this.topLevel(declaration);
    else this.visit(declaration);
  }
}

const slot = (name: string): string => `__hm_${name}`;

/** Names that cells have as modules do. A name that the user declares comes before them. */
const ENVIRONMENT: Record<string, string> = Object.assign(Object.create(null) as Record<string, string>, {
  require: '$hm.require',
  module: '$hm.module',
  exports: '$hm.module.exports',
  __filename: '$hm.filename',
  __dirname: '$hm.dirname',
});

const HELPERS = {
  constant: 'const $hm_constant = undefined;',
  typeof: 'const $hm_typeof = (slot) => { try { return typeof slot.v; } catch { return "undefined"; } };',
  initialiser: 'const $hm_initialiser = (slot) => ({ set v(value) { $hm.init(slot, value); } });',
  imported:
    'const $hm_imported = (namespace, name, source) => { if (name in namespace) return namespace[name]; ' +
    "throw new SyntaxError(`The module '${source}' does not provide an export named '${name}'`); };",
  primitive:
    'const $hm_primitive = (slot) => Object.hasOwn(slot, "v") && ' +
    '(slot.v === null || (typeof slot.v !== "object" && typeof slot.v !== "function"));',
  number: 'const $hm_number = (slot) => Object.hasOwn(slot, "v") && typeof slot.v === "number";',
  builtin:
    'const $hm_builtin = (name) => { const own = (from, key) => Object.getOwnPropertyDescriptor(from, key)?.value; ' +
    'const found = own(own(globalThis, "Math") ?? {}, name); return typeof found === "function" && ' +
    'Function.prototype.toString.call(found) === `function ${name}() { [native code] }`; };',
};

function isAnonymousFunction(node: AnyNode): boolean {
  if (node.type === 'ArrowFunctionExpression') return true;
  return (node.type === 'FunctionExpression' || node.type === 'ClassExpression') && (node['id'] ?? null) === null;
}

function boundIdentifiers(node: AnyNode): Identifier[] {
  switch (node.type) {
    case 'Identifier':
      return [node as unknown as Identifier];
    case 'ObjectPattern':
      return (node['properties'] as AnyNode[]).flatMap((each) =>
        boundIdentifiers((each.type === 'RestElement' ? each : each['value']) as AnyNode),
      );
    case 'ArrayPattern':
      return (node['elements'] as (AnyNode | null)[]).flatMap((each) => (each === null ? [] : boundIdentifiers(each)));
    case 'RestElement':
      return boundIdentifiers(node['argument'] as AnyNode);
    case 'AssignmentPattern':
      return boundIdentifiers(node['left'] as AnyNode);
    default:
      return [];
  }
}

function importAttributes(node: AnyNode): string | null {
  const attributes = (node['attributes'] ?? []) as AnyNode[];
  if (attributes.length === 0) return null;
  const pairs = attributes.map((each) => {
    const key = each['key'] as { name?: string; value?: string };
    return `${JSON.stringify(key.name ?? key.value)}: ${JSON.stringify((each['value'] as { value: string }).value)}`;
  });
  return `{ ${pairs.join(', ')} }`;
}
