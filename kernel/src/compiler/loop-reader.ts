/** What a loop that may run on locals does with its variables (see `fast-loops.ts`). */
import type { AnyNode } from './js-shapes.js';
import type { Scope, Variable } from 'eslint-scope';
import { isNumeric, type Assignments } from './numeric.js';
import { forEachChild, type Identifier, type Node } from './js-tree.js';
import type { Names } from './name-use.js';

/** A shared name, or a variable of a scope inside. */
type Target = string | Variable;

interface Write {
  target: Target;
  name: string;
  node: Node;
}

const STATEMENTS = new Set([
  'BlockStatement',
  'ExpressionStatement',
  'IfStatement',
  'ForStatement',
  'WhileStatement',
  'DoWhileStatement',
  'BreakStatement',
  'ContinueStatement',
  'LabeledStatement',
  'SwitchStatement',
  'SwitchCase',
  'EmptyStatement',
]);
const EXPRESSIONS = new Set([
  'LogicalExpression',
  'ConditionalExpression',
  'SequenceExpression',
  'TemplateLiteral',
  'TemplateElement',
]);

/** Finds out whether a loop is closed, and what it reads and writes. */
export class LoopReader {
  readonly shared = new Set<string>();
  /** Shared names that are assigned to. */
  readonly written = new Set<string>();
  /** Locals of the blocks around the loop. */
  readonly outer = new Map<Variable, string>();
  /** Functions of `Math`. */
  readonly functions = new Set<string>();
  readonly writes: Write[] = [];
  /** What each variable is given: an expression, or `null` for `undefined`. */
  private readonly given: Assignments<Target> = new Map();
  private readonly targets = new Map<Node, Target>();

  constructor(
    private readonly loop: Node,
    private readonly names: Names,
  ) {}

  /** The variables that are numbers throughout, if they are at the start. */
  numbers(): Set<Target> {
    const numbers = new Set<Target>(this.targets.values());
    for (let before = -1; before !== numbers.size;) {
      before = numbers.size;
      for (const [target, expressions] of this.given) {
        const holds = expressions.every(
          (each) => each !== null && isNumeric(each, (node) => this.isNumber(node, numbers)),
        );
        if (!holds) numbers.delete(target);
      }
    }
    return numbers;
  }

  private isNumber(node: Node, numbers: ReadonlySet<Target>): boolean {
    const target = this.targets.get(node);
    return target === undefined ? (node as Identifier).name !== 'undefined' : numbers.has(target);
  }

  isClosed(node: AnyNode): boolean {
    switch (node.type) {
      case 'Identifier':
        return this.identifier(node);
      case 'Literal':
        return (node['regex'] ?? null) === null;
      case 'UnaryExpression':
        return node['operator'] !== 'delete' && this.isClosed(node['argument'] as AnyNode);
      case 'BinaryExpression':
        return node['operator'] !== 'in' && node['operator'] !== 'instanceof' && this.children(node);
      case 'UpdateExpression':
        return this.write(node['argument'] as AnyNode, node);
      case 'AssignmentExpression':
        return this.isClosed(node['right'] as AnyNode) && this.write(node['left'] as AnyNode, node);
      case 'CallExpression':
        return this.call(node);
      case 'VariableDeclaration':
        return (node['declarations'] as AnyNode[]).every((each) => this.declaration(each, node['kind'] === 'var'));
      default:
        return (STATEMENTS.has(node.type) || EXPRESSIONS.has(node.type)) && this.children(node);
    }
  }

  private children(node: AnyNode): boolean {
    let closed = true;
    forEachChild(node, (child, key) => {
      // Labels are no names.
      if (key === 'label' || !closed) return;
      closed = this.isClosed(child as AnyNode);
    });
    return closed;
  }

  private identifier(node: Node): boolean {
    const use = this.names.use(node);
    if (use.kind === 'shared') {
      this.shared.add(use.name);
      this.targets.set(node, use.name);
      return true;
    }
    if (use.kind === 'global') return use.name === 'undefined' || use.name === 'NaN' || use.name === 'Infinity';
    return use.kind === 'local' && this.local(node);
  }

  /** A local of the loop itself is primitive by what is assigned to it; one from outside is tested at the start. */
  private local(node: Node): boolean {
    const found = this.names.resolved.inner.get(node);
    const variable = found?.scope.set.get(found.name);
    const definition = variable?.defs[0];
    if (found === undefined || variable === undefined || definition?.type !== 'Variable') return false;
    this.targets.set(node, variable);
    const declared = definition.name as Identifier;
    if (declared.start >= this.loop.start && declared.end <= this.loop.end) return true;
    // Before its declaration has run, even a test would throw.
    if (declared.end > this.loop.start || isSwitch(found.scope)) return false;
    this.outer.set(variable, found.name);
    return true;
  }

  private write(node: AnyNode, by: AnyNode): boolean {
    if (node.type !== 'Identifier' || !this.identifier(node)) return false;
    const use = this.names.use(node);
    const target = this.targets.get(node);
    if (target === undefined || (use.kind === 'shared' && use.constant)) return false;
    if (use.kind === 'shared') this.written.add(use.name);
    this.gives(target, by);
    this.writes.push({ target, name: (node as unknown as Identifier).name, node });
    return true;
  }

  private gives(target: Target, expression: Node | null): void {
    const known = this.given.get(target);
    if (known === undefined) this.given.set(target, [expression]);
    else known.push(expression);
  }

  private declaration(node: AnyNode, isVar: boolean): boolean {
    const id = node['id'] as AnyNode;
    if (id.type !== 'Identifier') return false;
    const init = node['init'] as AnyNode | null;
    if (init !== null && !this.isClosed(init)) return false;
    // `var` in the loop is a name of the cell.
    if (this.names.resolved.declarations.has(id)) return isVar && (init === null || this.write(id, init));
    const variable = this.names.resolved.declared.get(id);
    if (variable === undefined) return false;
    this.targets.set(id, variable);
    this.gives(variable, init);
    return true;
  }

  /** `Math.sqrt(x)`: what the names stand for is tested at the start. */
  private call(node: AnyNode): boolean {
    const callee = node['callee'] as AnyNode;
    if (callee.type !== 'MemberExpression' || callee['computed'] === true || node['optional'] === true) return false;
    const object = callee['object'] as AnyNode;
    if (object.type !== 'Identifier' || callee['optional'] === true) return false;
    const use = this.names.use(object);
    if (use.kind !== 'global' || use.name !== 'Math') return false;
    this.functions.add((callee['property'] as Identifier).name);
    return (node['arguments'] as AnyNode[]).every((each) => each.type !== 'SpreadElement' && this.isClosed(each));
  }
}

function isSwitch(scope: Scope): boolean {
  return scope.type === 'switch';
}
