/** References and assignments to shared names, in every form that an expression can give them. */
import type { AnyNode } from './js-shapes.js';
import { forEachChild, type Identifier, type Node } from './js-tree.js';
import { PatternRewriter } from './rewrite-patterns.js';
import { slot } from './rewrite-words.js';

/** What stands inside statements; statements themselves are left to those who extend it. */
export abstract class ExpressionRewriter extends PatternRewriter {
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
