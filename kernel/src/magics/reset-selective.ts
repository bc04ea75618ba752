import { freeBlocks } from '../render/free.js';
import { MagicError } from '../runtime/context.js';
import { confirmed } from './confirm.js';
import type { Magic } from './magic.js';
import { show } from './show.js';

/** `%reset_selective`: clears the names that a regular expression finds. */
export const resetSelective: Magic = {
  name: 'reset_selective',
  async line(args, { runtime, memory }) {
    const pattern = args.regexp('REGEX');
    const names = pattern === undefined ? [] : memory.matching(pattern);
    if (names.length === 0) throw new MagicError(`No name matches ${pattern?.source}. %who lists the names.`);
    if (!args.has('-f') && !(await confirmed(runtime, '%reset_selective'))) return;
    show(runtime, freeBlocks(await memory.free(names, { reason: 'reset' })));
  },
};
