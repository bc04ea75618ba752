import { emptyCacheBlocks } from '../render/empty-cache.js';
import type { Magic } from './magic.js';
import { show } from './show.js';

/** `%empty_cache`: gives the free buffers of tensor pools back. */
export const emptyCache: Magic = {
  name: 'empty_cache',
  async line(args, { runtime, tensorFunctions }) {
    show(runtime, emptyCacheBlocks(await tensorFunctions.emptyCache({ all: args.has('--all') })));
  },
};
