/** References and assignments to shared names, in every form that an expression can give them. */
import type { DeclarationKind } from '../ipc/cell.js';
import { Edits } from './edits.js';
import type { FastLoop } from './fast-loops.js';
import { isAnonymousFunction, type AnyNode } from './js-shapes.js';
import { forEachChild, tokenAfter, type Identifier, type JsNames, type Node } from './js-tree.js';
import type { Names, NameUse } from './name-use.js';
import { ENVIRONMENT, slot, type HELPERS } from './rewrite-words.js';

export interface RewriteInput {
  js: string;
  /** Encoded mappings of `js`. */
  mappings: string;
  /** Names that this cell declares and shares. */
  declares: ReadonlyMap<string, DeclarationKind>;
  /** Kind of a name of earlier cells. */
  known: (name: string) => DeclarationKind | null;
}

/** What stands inside statements; statements themselves are left to those who extend it. */
export abstract class ExpressionRewriter implements Names {
  protected edits: Edits;
  protected readonly bindings = new Set<string>();
  protected readonly helpers = new Set<keyof typeof HELPERS>();
  protected evaluates = false;
  protected functionDepth = 0;
  /** The loop whose fast version is being written. */
  protected fast: FastLoop | null = null;

  constructor(
    protected readonly input: RewriteInput,
    readonly resolved: JsNames,
  ) {
    this.edits = new Edits(input.js);
  }

  /** Whether a variable declaration declares shared names. */
  protected abstract isShared(node: AnyNode): boolean;
  protected abstract declaration(node: AnyNode, place: 'statement' | 'head'): void;
  protected abstract classDeclaration(node: AnyNode): void;
  protected abstract loop(node: AnyNode): void;
  protected abstract labelled(node: AnyNode): void;

  protected visit(node: AnyNode): void {
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
      case 'AwaitExpression':
        this.awaited(node);
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

  protected children(node: Node): void {
    forEachChild(node, (child) => this.visit(child as AnyNode));
  }

  protected bind(name: string): void {
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
  protected read(node: Node): string | null {
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

  protected identifier(node: Node): void {
    const text = this.read(node);
    if (text !== null) this.edits.replace(node.start, node.end, text);
  }

  /** The text that assigns to a name: a constant of V8's own, for a constant of the user's, gives V8's own error. */
  protected written(node: Node): string | null {
    const use = this.use(node);
    if (use.kind === 'shared' && use.constant) {
      this.helpers.add('constant');
      return '$hm_constant';
    }
    return this.read(node);
  }

  /** What is assigned to: an identifier, a member or a pattern. */
  protected target(node: AnyNode): void {
    if (node.type === 'Identifier') {
      const text = this.written(node);
      if (text !== null) this.edits.replace(node.start, node.end, text);
    } else this.pattern(node, (each) => this.written(each));
  }

  /** Visits a pattern; `text` says what an identifier bound by it becomes. */
  protected pattern(node: AnyNode, text: (identifier: Node) => string | null): void {
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

  protected patternProperty(node: AnyNode, text: (identifier: Node) => string | null): void {
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

  protected withDefault(
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

  protected property(node: AnyNode): void {
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

  /** Calls without an object: `f()` must not become a method call of the binding. */
  protected callee(node: AnyNode, call: boolean): void {
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

  /** An await that rejects once its cell was interrupted. */
  protected awaited(node: AnyNode): void {
    this.helpers.add('awaiting');
    this.edits.open(node.start, '$hm_after(');
    this.edits.open(node.start + 'await'.length, ' $hm_wait(');
    this.visit(node['argument'] as AnyNode);
    this.edits.close(node.end, '))');
  }

  protected unary(node: AnyNode): void {
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

  protected assignment(node: AnyNode): void {
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
  protected named(name: string | null, value: AnyNode, from: number, operator: string, end: number): void {
    if (name === null || !isAnonymousFunction(value)) {
      this.visit(value);
      return;
    }
    const at = tokenAfter(this.input.js, this.afterParentheses(from), operator) + operator.length;
    this.edits.open(at, ` ({ [${JSON.stringify(name)}]: `);
    this.visit(value);
    this.edits.close(end, ` })[${JSON.stringify(name)}]`);
  }

  protected afterParentheses(from: number): number {
    let at = from;
    for (;;) {
      const gap = /(?:\s|\/\/[^\n]*|\/\*[^]*?\*\/)*\)/y;
      gap.lastIndex = at;
      if (!gap.test(this.input.js)) return at;
      at = gap.lastIndex;
    }
  }

  protected importExpression(node: AnyNode): void {
    this.edits.replace(node.start, node.start + 'import'.length, '$hm.import');
    this.visit(node['source'] as AnyNode);
    const options = node['options'] as AnyNode | null | undefined;
    if (options === null || options === undefined) return;
    this.edits.open(options.start, '(');
    this.visit(options);
    this.edits.close(options.end, ')?.with');
  }
}
