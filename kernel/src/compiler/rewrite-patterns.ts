/** What is assigned to or bound: names, members, patterns and their defaults. */
import { isAnonymousFunction, type AnyNode } from './js-shapes.js';
import { tokenAfter, type Identifier, type Node } from './js-tree.js';
import { NameRewriter } from './rewrite-names.js';

export abstract class PatternRewriter extends NameRewriter {
  protected abstract visit(node: AnyNode): void;

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
}
