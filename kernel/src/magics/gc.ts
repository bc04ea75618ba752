import { gcBlocks } from '../render/gc.js';
import type { Magic } from './magic.js';
import { show } from './show.js';

/** `%gc`: a forced collection and what it returned; `--confirm` is the switch of those that the kernel makes by itself. */
export const gc: Magic = {
  name: 'gc',
  async line(args, { runtime, memory, functions }) {
    const confirm = args.text('--confirm');
    if (confirm !== undefined) {
      const on = memory.confirming(confirm === 'on');
      runtime.stdout(`Collections in idle time ${on ? 'confirm' : 'no longer confirm'} what cells cost.\n`);
      return;
    }
    const record = await functions.gc({
      minor: args.has('--minor'),
      stats: args.has('--stats'),
      count: args.has('--count'),
      force: args.has('--force'),
    });
    show(runtime, gcBlocks(record));
  },
};
