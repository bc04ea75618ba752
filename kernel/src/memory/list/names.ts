/** Which names a listing holds. */
import type { DeclarationKind } from '../../ipc/cell.js';
import { charCodeAt } from '../primordials.js';
import type { NameRule } from '../memory.js';
import { isClass } from './type.js';

export interface Named {
  readonly name: string;
  readonly kind: DeclarationKind;
  readonly value: unknown;
}

const UNDERSCORE = 95;

/** Functions, classes, imports and `_names` are tools, not data: not listed unless asked for. */
export function isHidden({ name, kind, value }: Named, rule: NameRule): boolean {
  if (rule === 'all') return false;
  if (kind === 'import' || charCodeAt(name, 0) === UNDERSCORE) return true;
  if (typeof value !== 'function') return false;
  return rule === 'data' || !isClass(value);
}

/** A glob with `*` (any characters) and `?` (one) as a regular expression on the whole name. */
export function globToRegExp(glob: string): RegExp {
  const source = glob
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replace(/\*/g, '.*')
    .replace(/\?/g, '.');
  return new RegExp(`^${source}$`, 'u');
}
