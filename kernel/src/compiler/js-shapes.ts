/** Readings of single nodes. */
import { forEachChild, type Identifier, type Node } from './js-tree.js';

export type AnyNode = Node & Record<string, unknown>;

/** The name of an identifier, or the text of a string that stands for one. */
export const nameOf = (node: AnyNode): string => String(node['name'] ?? node['value']);

/** Whether a value takes its name from what it is assigned to. */
export function isAnonymousFunction(node: AnyNode): boolean {
  if (node.type === 'ArrowFunctionExpression') return true;
  return (node.type === 'FunctionExpression' || node.type === 'ClassExpression') && (node['id'] ?? null) === null;
}

/** The identifiers that a pattern binds. */
export function boundIdentifiers(node: AnyNode): Identifier[] {
  if (node.type === 'Identifier') return [node as unknown as Identifier];
  if (node.type === 'AssignmentPattern') return boundIdentifiers(node['left'] as AnyNode);
  if (node.type === 'Property') return boundIdentifiers(node['value'] as AnyNode);
  const found: Identifier[] = [];
  if (node.type === 'ObjectPattern' || node.type === 'ArrayPattern' || node.type === 'RestElement') {
    forEachChild(node, (child) => found.push(...boundIdentifiers(child as AnyNode)));
  }
  return found;
}

/** The attributes of an import as an object's text; `null` when there are none. */
export function importAttributes(node: AnyNode): string | null {
  const attributes = (node['attributes'] ?? []) as AnyNode[];
  if (attributes.length === 0) return null;
  const pairs = attributes.map((each) => {
    const value = (each['value'] as { value: string }).value;
    return `${JSON.stringify(nameOf(each['key'] as AnyNode))}: ${JSON.stringify(value)}`;
  });
  return `{ ${pairs.join(', ')} }`;
}
