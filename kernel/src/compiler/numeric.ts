/** Which expressions can be nothing but numbers. */
import type { AnyNode } from './js-shapes.js';
import type { Node } from './js-tree.js';

/** The expressions that a variable is given; `null` is `undefined`. */
export type Assignments<T> = Map<T, (Node | null)[]>;

const ARITHMETIC = new Set(['+', '-', '*', '/', '%', '**', '|', '&', '^', '<<', '>>', '>>>']);

/**
 * Whether an expression of a closed loop is a number whenever it has a value at all.
 *
 * @param isNumber tells it of an identifier.
 */
export function isNumeric(node: Node, isNumber: (identifier: Node) => boolean): boolean {
  const all = (...nodes: unknown[]): boolean => nodes.every((each) => isNumeric(each as Node, isNumber));
  const any = node as AnyNode;
  switch (node.type) {
    case 'Identifier':
      return isNumber(node);
    case 'Literal':
      return typeof any['value'] === 'number';
    case 'UnaryExpression':
      // Plus throws for what it cannot make a number of.
      return any['operator'] === '+' || ((any['operator'] === '-' || any['operator'] === '~') && all(any['argument']));
    case 'UpdateExpression':
      return all(any['argument']);
    case 'BinaryExpression':
      return ARITHMETIC.has(any['operator'] as string) && all(any['left'], any['right']);
    case 'AssignmentExpression':
      return any['operator'] === '=' ? all(any['right']) : all(any['left'], any['right']);
    case 'LogicalExpression':
      return all(any['left'], any['right']);
    case 'ConditionalExpression':
      return all(any['consequent'], any['alternate']);
    case 'SequenceExpression':
      return all((any['expressions'] as Node[])[(any['expressions'] as Node[]).length - 1]);
    // The only calls of a closed loop are of functions of `Math`.
    case 'CallExpression':
      return true;
    default:
      return false;
  }
}
