import { memlimitBlocks } from '../render/memlimit.js';
import type { Magic } from './magic.js';
import { show } from './show.js';

/** `%memlimit [SIZE|off]`: where a cell is stopped for its memory; says so when nothing is given. */
export const memlimit: Magic = {
  name: 'memlimit',
  async line(args, { runtime, functions }) {
    show(runtime, memlimitBlocks(await functions.memlimit(args.bytes('SIZE'))));
  },
};
