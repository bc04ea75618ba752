import { gcBlocks } from '../render/gc.js';
import type { Magic } from './magic.js';
import { show } from './show.js';

/**
 * `%gc`: a forced collection and what it returned. `--confirm` is the switch of those that the kernel makes by itself,
 * `--debug` that of a line for each collection.
 */
export const gc: Magic = {
  name: 'gc',
  async line(args, { runtime, memory, functions }) {
    const confirm = args.text('--confirm');
    const debug = args.text('--debug');
    const watch = args.text('--watch');
    if (confirm !== undefined) {
      const on = memory.confirming(confirm === 'on');
      runtime.stdout(`Collections in idle time ${on ? 'confirm' : 'no longer confirm'} what cells cost.\n`);
    }
    if (debug !== undefined) {
      const on = memory.printing(debug === 'on');
      runtime.stdout(`Each collection is ${on ? 'printed as it happens' : 'no longer printed'}.\n`);
    }
    if (watch === 'off') {
      memory.watching(false);
      runtime.stdout('Promises and handles are no longer noted down.\n');
    }
    const more = ['--minor', '--stats', '--count'].some((name) => args.has(name));
    if ((confirm ?? debug ?? watch) !== undefined && watch !== 'on' && !more) return;
    const after = args.number('--after');
    const record = await functions.gc({
      minor: args.has('--minor'),
      stats: args.has('--stats'),
      count: args.has('--count'),
      force: args.has('--force'),
      ...(watch === 'on' ? { watch: true } : {}),
      ...(after === undefined ? {} : { after }),
    });
    show(runtime, gcBlocks(record));
  },
};
