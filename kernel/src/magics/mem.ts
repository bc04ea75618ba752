import { memoryBlocks } from '../render/memory.js';
import type { Magic } from './magic.js';
import { show } from './show.js';

/** `%mem`: where memory stands now, against the limits, and the cells that took most. */
export const mem: Magic = {
  name: 'mem',
  async line(_args, { runtime, functions }) {
    show(runtime, memoryBlocks(await functions.memory()));
  },
};
