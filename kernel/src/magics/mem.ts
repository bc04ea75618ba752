import { memoryBlocks } from '../render/memory.js';
import { memoryDiffBlocks } from '../render/memory-diff.js';
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
    const mark = args.has('--mark');
    const force = args.has('--force');
    if (args.has('--diff')) show(runtime, memoryDiffBlocks(await functions.memoryDiff({ mark, force })));
    else if (mark) {
      await functions.memoryMark({ force });
      runtime.stdout('The mark is set: %mem --diff tells what was added since.\n');
    } else show(runtime, memoryBlocks(await functions.memory()));
  },
};
