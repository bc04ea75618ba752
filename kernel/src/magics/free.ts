import { freeBlocks } from '../render/free.js';
import { MagicError } from '../runtime/context.js';
import type { Magic } from './magic.js';
import { show } from './show.js';

/** `%free`: deletes, collects once, tells what came back. */
export const free: Magic = {
  name: 'free',
  async line(args, { runtime, functions }) {
    const all = args.has('--all');
    const pattern = args.regexp('--pattern');
    if ([args.rest.length > 0, all, pattern !== undefined].filter(Boolean).length !== 1) {
      throw new MagicError('%free takes names, or --all, or --pattern RE: one of the three. %free? shows more.');
    }
    const record = await functions.free({
      names: args.rest,
      all,
      ...(pattern === undefined ? {} : { pattern }),
      dispose: args.has('--dispose'),
      why: args.has('--why'),
      force: args.has('--force'),
    });
    show(runtime, freeBlocks(record));
  },
};
