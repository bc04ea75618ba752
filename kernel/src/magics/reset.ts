import { freeBlocks } from '../render/free.js';
import { confirmed } from './confirm.js';
import type { Magic } from './magic.js';
import { show } from './show.js';

/** `%reset`: clears every name of the user, or starts a fresh runtime. */
export const reset: Magic = {
  name: 'reset',
  async line(args, { runtime, memory }) {
    if (!args.has('-f') && !(await confirmed(runtime, '%reset'))) return;
    if (args.has('--runtime')) {
      await runtime.ask('resetRuntime', null);
      runtime.stdout('A fresh runtime starts when this cell is over.\n');
      return;
    }
    runtime.stopTimers('%reset');
    // Names on `globalThis` stay: libraries keep their own state there.
    const names = [...runtime.globals.entries()].map(({ name }) => name);
    show(runtime, freeBlocks(await memory.free(names, { reason: 'reset' })));
  },
};
