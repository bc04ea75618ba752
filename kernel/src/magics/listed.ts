import type { Memory } from '../memory/index.js';
import type { NamedValue } from '../render/names.js';

/**
 * The variables of these types, by name; all plain ones when no type is given. Asking for a type shows functions and
 * classes too, which the plain list hides; never what was imported.
 */
export function listed(memory: Memory, types: readonly string[]): NamedValue[] {
  const names =
    types.length === 0
      ? memory.names('plain')
      : memory.names('all').filter((name) => !name.startsWith('_') && memory.entry(name)?.kind !== 'import');
  const wanted = new Set(types.flatMap((type) => type.split(',')).map((type) => type.toLowerCase()));
  return names
    .map((name) => ({ name, ...memory.describe(memory.entry(name)?.value) }))
    .filter(({ type }) => wanted.size === 0 || wanted.has(type.toLowerCase()))
    .sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
}
