import { listed } from './listed.js';
import type { Magic } from './magic.js';

/** `%who_ls`: the sorted names as an array. */
export const whoLs: Magic = {
  name: 'who_ls',
  async line(args, { memory, showValue }) {
    await showValue(listed(memory, args.rest).map(({ name }) => name));
  },
};
