/** What a name in a cell's code stands for. */
import type { JsNames, Node } from './js-tree.js';

export type NameUse =
  /** A name of an inner scope, or one that TypeScript made up. */
  | { kind: 'local' }
  /** A top-level name of this cell or of an earlier one. */
  | { kind: 'shared'; name: string; constant: boolean }
  /** A global of Node. */
  | { kind: 'global'; name: string }
  /** `require` and the like. */
  | { kind: 'environment'; name: string }
  /** Declared nowhere yet. */
  | { kind: 'late'; name: string };

export interface Names {
  readonly resolved: JsNames;
  use(identifier: Node): NameUse;
}
