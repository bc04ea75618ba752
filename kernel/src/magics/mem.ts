import { memoryBlocks } from '../render/memory.js';
import { snapshotFileBlocks } from '../render/snapshot-file.js';
import type { Magic } from './magic.js';
import { show } from './show.js';

/** `%mem`: where memory stands now, against the limits, and the cells that took most. */
export const mem: Magic = {
  name: 'mem',
  async line(args, { runtime, functions }) {
    const file = args.text('--snapshot');
    if (file !== undefined) {
      const options = { overwrite: args.has('--overwrite'), force: args.has('--force') };
      show(runtime, snapshotFileBlocks(await functions.heapSnapshot(file, options)));
      return;
    }
    show(runtime, memoryBlocks(await functions.memory()));
  },
};
