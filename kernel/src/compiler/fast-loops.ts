/**
 * Loops at a cell's top level that can keep its variables in locals, because nothing in them can tell the difference.
 *
 * A loop is closed when all it does is calculate with primitive values: no call but of functions of `Math`, no property,
 * no closure, no await. Operators on primitives run no code of the user, and their results are primitives again, so
 * that no code but the loop's own runs until it ends, and no object is ever held by a local. That all variables are
 * primitive at the start is tested as the program runs; where it does not hold, the loop runs as it was written.
 *
 * The locals go back to the bindings at the loop's end, whatever ends it but a termination, and every 1024 times before.
 */
import type { Scope } from 'eslint-scope';
import { forEachChild, type Identifier, type Node } from './js-tree.js';
import type { Names } from './name-use.js';

export interface FastLoop {
  /** The local that stands for each shared name. */
  locals: Map<string, string>;
  /** Expression that is true when the fast version may run. */
  condition: string;
  /** Declares the locals. */
  begin: string;
  /** Stands at the start of each loop body. */
  eachTime: string;
  /** Writes the locals back. */
  flush: string;
  helpers: Set<'primitive' | 'builtin'>;
}

type AnyNode = Node & Record<string, unknown>;

export function isLoop(node: Node): boolean {
  return node.type === 'ForStatement' || node.type === 'WhileStatement' || node.type === 'DoWhileStatement';
}

/** The fast version of a loop; `null` when the loop is not closed, or gains nothing. */
export function fastLoop(node: Node, names: Names): FastLoop | null {
  const reader = new Reader(node, names);
  if (!reader.isClosed(node as AnyNode) || reader.shared.size === 0) return null;
  const locals = new Map([...reader.shared].map((name) => [name, `__hm_local_${name}`]));
  const flush = [...reader.assigned].map((name) => `__hm_${name}.v = ${locals.get(name)};`).join(' ');
  const helpers = new Set<'primitive' | 'builtin'>(['primitive']);
  if (reader.functions.size > 0) helpers.add('builtin');
  const condition = [
    ...[...locals.keys()].map((name) => `__hm_primitive(__hm_${name})`),
    ...[...reader.outer].map(
      (name) => `(${name} === null || (typeof ${name} !== "object" && typeof ${name} !== "function"))`,
    ),
    ...[...reader.functions].map((name) => `__hm_builtin(${JSON.stringify(name)})`),
  ].join(' && ');
  const declared = [...locals].map(([name, local]) => `${local} = __hm_${name}.v`);
  return {
    locals,
    condition,
    begin: `let ${[...declared, '__hm_count = 0'].join(', ')};`,
    eachTime: flush === '' ? '' : `if ((__hm_count = (__hm_count + 1) & 1023) === 0) { ${flush} }`,
    flush,
    helpers,
  };
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
  'VariableDeclarator',
]);
const EXPRESSIONS = new Set([
  'LogicalExpression',
  'ConditionalExpression',
  'SequenceExpression',
  'TemplateLiteral',
  'TemplateElement',
]);

class Reader {
  readonly shared = new Set<string>();
  readonly assigned = new Set<string>();
  /** Locals of the blocks around the loop. */
  readonly outer = new Set<string>();
  /** Functions of `Math`. */
  readonly functions = new Set<string>();

  constructor(
    private readonly loop: Node,
    private readonly names: Names,
  ) {}

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
        return this.write(node['argument'] as AnyNode);
      case 'AssignmentExpression':
        return this.write(node['left'] as AnyNode) && this.isClosed(node['right'] as AnyNode);
      case 'CallExpression':
        return this.call(node);
      case 'VariableDeclaration':
        return this.declaration(node);
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
      return true;
    }
    if (use.kind === 'global') return use.name === 'undefined' || use.name === 'NaN' || use.name === 'Infinity';
    if (use.kind !== 'local') return false;
    return this.local(node);
  }

  /** A local of the loop itself is primitive by what is assigned to it; one from outside is tested at the start. */
  private local(node: Node): boolean {
    const found = this.names.resolved.inner.get(node);
    if (found === undefined) return false;
    const variable = found.scope.set.get(found.name);
    const definition = variable?.defs[0];
    if (variable === undefined || definition === undefined || definition.type !== 'Variable') return false;
    const declared = definition.name as Identifier;
    if (declared.start >= this.loop.start && declared.end <= this.loop.end) return true;
    // Before its declaration has run, even a test would throw.
    if (declared.end > this.loop.start || isSwitch(found.scope)) return false;
    this.outer.add(found.name);
    return true;
  }

  private write(node: AnyNode): boolean {
    if (node.type !== 'Identifier' || !this.identifier(node)) return false;
    const use = this.names.use(node);
    if (use.kind === 'global') return false;
    if (use.kind !== 'shared') return true;
    this.assigned.add(use.name);
    return !use.constant;
  }

  private declaration(node: AnyNode): boolean {
    return (node['declarations'] as AnyNode[]).every((each) => {
      const id = each['id'] as AnyNode;
      if (id.type !== 'Identifier') return false;
      const init = each['init'] as AnyNode | null;
      if (init !== null && !this.isClosed(init)) return false;
      // `var` in the loop is a name of the cell.
      if (this.names.resolved.declarations.has(id)) {
        if (node['kind'] !== 'var') return false;
        return init === null || this.write(id);
      }
      return true;
    });
  }

  /** `Math.sqrt(x)`: what the names stand for is tested at the start. */
  private call(node: AnyNode): boolean {
    const callee = node['callee'] as AnyNode;
    if (callee.type !== 'MemberExpression' || callee['computed'] === true || node['optional'] === true) return false;
    const object = callee['object'] as AnyNode;
    if (object.type !== 'Identifier') return false;
    const use = this.names.use(object);
    if (use.kind !== 'global' || use.name !== 'Math') return false;
    this.functions.add((callee['property'] as Identifier).name);
    return (node['arguments'] as AnyNode[]).every(
      (argument) => argument.type !== 'SpreadElement' && this.isClosed(argument),
    );
  }
}

function isSwitch(scope: Scope): boolean {
  return scope.type === 'switch';
}
