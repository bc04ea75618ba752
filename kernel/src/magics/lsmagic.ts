import { magicDeclarations } from '@heapmark/protocol';
import { magicsListBlocks } from '../render/magics-list.js';
import type { Magic } from './magic.js';
import { show } from './show.js';

/** `%lsmagic`: the magics that this kernel answers. */
export const lsmagic: Magic = {
  name: 'lsmagic',
  async line(_args, { runtime }) {
    show(runtime, magicsListBlocks(magicDeclarations.filter(({ available }) => available)));
  },
};
