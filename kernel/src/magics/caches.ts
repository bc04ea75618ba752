import { formatBytes } from '@heapmark/protocol';
import { line } from '../render/blocks.js';
import { cachesBlocks } from '../render/caches.js';
import { count } from '../render/phrases.js';
import { MagicError } from '../runtime/context.js';
import type { Magic } from './magic.js';
import { show } from './show.js';

/** `%caches`: every cache in the process; empties one or sets its bound. */
export const caches: Magic = {
  name: 'caches',
  async line(args, { runtime, caches: desk }) {
    const action = args.text('ACTION');
    const name = args.text('NAME');
    if (action === undefined) {
      show(runtime, cachesBlocks(await desk.functions.caches()));
      return;
    }
    if (name === undefined) throw new MagicError(`%caches ${action} needs the name of a cache: %caches lists them.`);
    if (action === 'add') {
      show(runtime, cachesBlocks(await desk.functions.caches({ add: name })));
    } else if (action === 'clear') {
      const { cleared, bytes } = desk.clear(name);
      const held = bytes === null ? '' : `, which held ${formatBytes(bytes, 'estimate')}`;
      show(runtime, [line(`Cleared ${name}: ${count(cleared, 'entry', 'entries')}${held}.`)]);
    } else {
      const size = args.number('N');
      if (size === undefined) throw new MagicError(`%caches resize needs the new bound: %caches resize ${name} 100`);
      const { evicted } = desk.resize(name, size);
      show(runtime, [line(`${name} now holds at most ${count(size, 'entry', 'entries')}; ${evicted} left.`)]);
    }
  },
};
