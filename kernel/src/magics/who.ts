import { visible } from '../render/visible.js';
import { listed } from './listed.js';
import type { Magic } from './magic.js';

/** `%who`: the names alone, between tabs. */
export const who: Magic = {
  name: 'who',
  async line(args, { runtime, memory }) {
    const names = listed(memory, args.rest).map(({ name }) => visible(name));
    runtime.stdout(names.length === 0 ? 'No variables.\n' : `${names.join('\t')}\n`);
  },
};
