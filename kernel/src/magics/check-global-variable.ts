import { namesBlocks } from '../render/names.js';
import type { Magic } from './magic.js';
import { show } from './show.js';

/** `%check_global_variable`: the plain list of user globals; with values on request. */
export const checkGlobalVariable: Magic = {
  name: 'check_global_variable',
  async line(args, { runtime, functions }) {
    show(runtime, namesBlocks(await functions.checkGlobalVariable({ values: args.has('--values') })));
  },
};
