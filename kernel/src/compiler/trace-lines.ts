/**
 * Code that tells which of its lines runs, for `%%memtrace`: every expression that may allocate becomes a small arrow
 * function that the tracer calls, so that it stands on the stack under a name that says its line. `this`, `arguments` and
 * `super` mean the same inside; what awaits or yields is taken apart around the await.
 */
import { decode, type SourceMapMappings } from '@jridgewell/sourcemap-codec';
import { Edits } from './edits.js';
import { isAnonymousFunction, type AnyNode } from './js-shapes.js';
import { forEachChild, parseJs, type Node } from './js-tree.js';
import type { EmittedCode } from './source-map.js';

/**
 * @param environment the variable by which the code reaches its tracer: `$hm.trace` of a cell, `$module.trace` of a module.
 * @returns code and mappings with the tracer's calls in them. Throws acorn's SyntaxError.
 */
export function traceLines({ js, mappings }: EmittedCode, environment: '$hm' | '$module'): EmittedCode {
  const tracing = new TraceRewriter(js, decode(mappings), `${environment}.trace`);
  tracing.visit(parseJs(js) as unknown as AnyNode, null);
  const { text, mappings: moved } = tracing.edits.apply(mappings);
  return { js: text, mappings: moved ?? '' };
}

/** Expressions that make something by themselves. */
const ALLOCATING = new Set([
  'CallExpression',
  'NewExpression',
  'ArrayExpression',
  'ObjectExpression',
  'TemplateLiteral',
  'TaggedTemplateExpression',
  'ClassExpression',
  'ImportExpression',
]);

class TraceRewriter {
  readonly edits: Edits;
  private readonly lineStarts: number[] = [0];

  constructor(
    js: string,
    private readonly mappings: SourceMapMappings,
    private readonly tracer: string,
  ) {
    this.edits = new Edits(js);
    for (let at = js.indexOf('\n'); at >= 0; at = js.indexOf('\n', at + 1)) this.lineStarts.push(at + 1);
  }

  /** @param line that the enclosing expression counts for; `null` where none does. */
  visit(node: AnyNode, line: number | null): void {
    const own = this.lineOf(node);
    if (own !== null && own !== line && isExpression(node) && wrappable(node)) {
      this.edits.open(node.start, `${this.tracer}.line(${this.tracer}.pre(${own}), {$hm${own}: () => (`);
      this.parts(node, own);
      this.edits.close(node.end, `)}.$hm${own})`);
      return;
    }
    const watched = own !== null && mayGiveBuffer(node);
    if (watched) this.edits.open(node.start, `${this.tracer}.seen(${line ?? own}, `);
    this.parts(node, line);
    if (watched) this.edits.close(node.end, ')');
  }

  /** What stands inside: names, patterns and targets of assignments are no values and stay as they are. */
  private parts(node: AnyNode, line: number | null): void {
    switch (node.type) {
      case 'FunctionDeclaration':
      case 'FunctionExpression':
      case 'ArrowFunctionExpression':
        this.functionBody(node);
        return;
      case 'ReturnStatement':
        this.visitAll([resultBox(node['argument'] as AnyNode | null) ?? node['argument']], line);
        return;
      case 'VariableDeclarator':
        this.visitAll([node['init']], line);
        return;
      case 'AssignmentExpression':
        this.visitAll([node['right']], line);
        return;
      case 'ForOfStatement':
      case 'ForInStatement':
        this.visitAll([node['right'], node['body']], line);
        return;
      case 'CatchClause':
        this.visitAll([node['body']], line);
        return;
      case 'CallExpression':
        this.callee(node['callee'] as AnyNode, line);
        this.arguments(node, line);
        return;
      case 'NewExpression':
        this.arguments(node, line);
        return;
      case 'TaggedTemplateExpression':
        this.visitAll([node['quasi']], line);
        return;
      case 'MemberExpression':
        this.visitAll([node['object'], node['computed'] === true ? node['property'] : null], line);
        return;
      case 'ChainExpression':
        this.chain(node['expression'] as AnyNode, line);
        return;
      case 'UpdateExpression':
      case 'MetaProperty':
      case 'ImportDeclaration':
      case 'ExportAllDeclaration':
        return;
      case 'ExportNamedDeclaration':
        this.visitAll([node['declaration']], line);
        return;
      case 'UnaryExpression':
        if (node['operator'] !== 'delete') this.visitAll([node['argument']], line);
        return;
      case 'Property':
      case 'MethodDefinition':
      case 'PropertyDefinition':
        this.visitAll([node['computed'] === true ? node['key'] : null, node['value']], line);
        return;
      default:
        forEachChild(node, (child) => this.visit(child as AnyNode, line));
    }
  }

  /**
   * What a loop in a function makes for the tracing (a scope for each round, so that the small functions see its names)
   * must not count for the line that called the function.
   */
  private functionBody(node: AnyNode): void {
    const body = node['body'] as AnyNode;
    const loops =
      body.type === 'BlockStatement' && node['async'] !== true && node['generator'] !== true && hasLoop(body);
    if (loops) this.edits.open(body.start + 1, ` const $hm_outer = ${this.tracer}.within(); try {`);
    this.visit(body, null);
    if (loops) this.edits.close(body.end - 1, `} finally { ${this.tracer}.without($hm_outer); } `);
  }

  private visitAll(nodes: readonly unknown[], line: number | null): void {
    for (const node of nodes) if (node !== null && node !== undefined) this.visit(node as AnyNode, line);
  }

  /** What is called keeps its object: only what stands before the last point is a value. */
  private callee(node: AnyNode, line: number | null): void {
    if (node.type === 'MemberExpression' || isFunction(node)) this.parts(node, line);
  }

  /** A function that stays on the line of the call that takes it counts for that line, without a step of its own. */
  private arguments(node: AnyNode, line: number | null): void {
    for (const argument of node['arguments'] as AnyNode[]) {
      const within = isFunction(argument) && line !== null && this.lineAt(argument.start) === line;
      if (within) this.visit(argument['body'] as AnyNode, line);
      else this.visit(argument, line);
    }
  }

  /** `a?.b(c).d`: taken apart, its parts would not stop at `?.` any longer; arguments are free of that. */
  private chain(node: AnyNode, line: number | null): void {
    if (node.type === 'CallExpression') {
      this.chain(node['callee'] as AnyNode, line);
      this.arguments(node, line);
    } else if (node.type === 'MemberExpression') {
      this.chain(node['object'] as AnyNode, line);
      if (node['computed'] === true) this.visit(node['property'] as AnyNode, line);
    } else this.visit(node, line);
  }

  /** The user's line of an expression, from 1: of a call on a member, that of the member's name, as in stack traces. */
  private lineOf(node: AnyNode): number | null {
    const callee = node.type === 'CallExpression' ? (node['callee'] as AnyNode) : null;
    return this.lineAt(callee?.type === 'MemberExpression' ? (callee['property'] as AnyNode).start : node.start);
  }

  private lineAt(position: number): number | null {
    let low = 0;
    let high = this.lineStarts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((this.lineStarts[middle] as number) <= position) low = middle;
      else high = middle - 1;
    }
    const column = position - (this.lineStarts[low] as number);
    let found: number | null = null;
    for (const segment of this.mappings[low] ?? []) {
      if (segment[0] > column && found !== null) break;
      if (segment.length > 1) found = (segment[2] as number) + 1;
    }
    return found;
  }
}

const isFunction = ({ type }: AnyNode): boolean =>
  type === 'FunctionDeclaration' || type === 'FunctionExpression' || type === 'ArrowFunctionExpression';

const isExpression = ({ type }: AnyNode): boolean => type.endsWith('Expression') || type === 'TemplateLiteral';

const hasLoop = (node: AnyNode): boolean =>
  /^(?:For|While|DoWhile)/.test(node.type) || (!isFunction(node) && someChild(node, hasLoop));

/** `$hm.…(…)`: the compiler's own calls. */
function isOurs(node: AnyNode): boolean {
  if (node.type === 'AwaitExpression') return isOurs(node['argument'] as AnyNode);
  if (node.type !== 'CallExpression') return false;
  const callee = node['callee'] as AnyNode;
  return callee.type === 'MemberExpression' && (callee['object'] as AnyNode)['name'] === '$hm';
}

/** The value in `return { value: … }`, by which a cell gives its result. */
function resultBox(node: AnyNode | null): unknown {
  const properties = node?.type === 'ObjectExpression' ? (node['properties'] as AnyNode[]) : [];
  const [only] = properties;
  if (properties.length !== 1 || only?.type !== 'Property' || only['method'] === true) return null;
  return only['computed'] !== true && (only['key'] as AnyNode)['name'] === 'value' ? only['value'] : null;
}

/** A function keeps its name only where it stands; a spread and a pattern are no values. */
const wrappable = (node: AnyNode): boolean =>
  !isAnonymousFunction(node) && !isFunction(node) && !isOurs(node) && allocates(node) && !suspends(node);

/** Whether a value of this may be a buffer that was not seen before. */
function mayGiveBuffer(node: AnyNode): boolean {
  if (node.type === 'NewExpression' || node.type === 'AwaitExpression') return !isOurs(node);
  if (node.type !== 'CallExpression' || isOurs(node)) return false;
  const callee = node['callee'] as AnyNode;
  return callee.type !== 'Super' && callee['name'] !== 'eval';
}

/** Whether evaluating the expression itself, not functions that it makes, may allocate. */
function allocates(node: AnyNode): boolean {
  if (ALLOCATING.has(node.type)) return true;
  if (isFunction(node)) return false;
  // Numbers are added in place; texts are not.
  if (node.type === 'BinaryExpression' && node['operator'] === '+' && !addsNumber(node)) return true;
  if (node.type === 'AssignmentExpression') {
    if (node['operator'] === '+=' && !addsNumber(node)) return true;
    // A list or a table grows as it is written to.
    if ((node['left'] as AnyNode).type === 'MemberExpression') return true;
  }
  return someChild(node, allocates);
}

const addsNumber = (node: AnyNode): boolean =>
  [node['left'], node['right']].some((side) => typeof (side as AnyNode)['value'] === 'number');

/** Whether the expression awaits or yields, so that no other function can evaluate it. A direct eval neither. */
function suspends(node: AnyNode): boolean {
  if (node.type === 'AwaitExpression' || node.type === 'YieldExpression' || node.type === 'Super') return true;
  if (node.type === 'CallExpression' && (node['callee'] as AnyNode)['name'] === 'eval') return true;
  return isFunction(node) ? false : someChild(node, suspends);
}

function someChild(node: Node, test: (child: AnyNode) => boolean): boolean {
  let found = false;
  forEachChild(node, (child) => {
    found ||= test(child as AnyNode);
  });
  return found;
}
