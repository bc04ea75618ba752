import { whosBlocks } from '../render/names.js';
import { listed } from './listed.js';
import type { Magic } from './magic.js';
import { show } from './show.js';

/** `%whos`: names with type and value. */
export const whos: Magic = {
  name: 'whos',
  async line(args, { runtime, memory }) {
    show(runtime, whosBlocks(listed(memory, args.rest)));
  },
};
