import { gcBlocks } from '../render/gc.js';
import type { Magic } from './magic.js';
import { show } from './show.js';

/** `%gc`: a forced collection and what it returned. */
export const gc: Magic = {
  name: 'gc',
  async line(args, { runtime, functions }) {
    const record = await functions.gc({
      minor: args.has('--minor'),
      stats: args.has('--stats'),
      count: args.has('--count'),
      force: args.has('--force'),
    });
    show(runtime, gcBlocks(record));
  },
};
