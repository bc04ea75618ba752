import { whyBlocks } from '../render/why.js';
import type { Magic } from './magic.js';
import { show } from './show.js';

/** `%why`: what keeps a value alive. */
export const why: Magic = {
  name: 'why',
  async line(args, { runtime, functions }) {
    const name = args.text('NAME') ?? '';
    const record = await functions.why(name, { all: args.has('--all'), force: args.has('--force') });
    show(runtime, whyBlocks(record));
  },
};
