import { freeBlocks } from '../render/free.js';
import type { Magic } from './magic.js';
import { definedNames } from './names.js';
import { show } from './show.js';

/** `%xdel`: deletes a name; with `-n`, every other name of the same value too. */
export const xdel: Magic = {
  name: 'xdel',
  async line(args, { runtime, memory }) {
    const names = definedNames(memory, [args.text('NAME') ?? '']);
    const others = args.has('-n') ? names.flatMap((name) => memory.aliases(name)) : [];
    show(runtime, freeBlocks(await memory.free([...names, ...others])));
  },
};
