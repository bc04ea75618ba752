import type { Memory } from '../memory/index.js';
import { MagicError } from '../runtime/context.js';
import { suggestion } from './nearest.js';

/**
 * Names as a user wrote them, each once; commas between them are no part of them. Throws a usage error when one is not
 * defined, so that a slip of the pen frees nothing.
 */
export function definedNames(
  memory: Pick<Memory, 'entry' | 'leftovers' | 'names'>,
  written: readonly string[],
): string[] {
  const names = new Set(written.flatMap((word) => word.split(',')).filter((name) => name !== ''));
  for (const name of names) {
    if (memory.entry(name)?.defined === true) continue;
    if (memory.leftovers(name) !== null)
      throw new MagicError(`${name} was freed already, and a part of it lives on: %why ${name} tells who holds it.`);
    const nothing = names.size > 1 ? ' Nothing was deleted.' : '';
    throw new MagicError(`No variable is called ${name}.${suggestion(name, memory.names('all'))}${nothing}`);
  }
  return [...names];
}
