import { gpuBlocks } from '../render/gpu.js';
import type { Magic } from './magic.js';
import { show, showJson } from './show.js';

/** `%gpu`: devices and the processes that hold their memory. */
export const gpu: Magic = {
  name: 'gpu',
  async line(args, { runtime, tensorFunctions }) {
    const record = await tensorFunctions.gpu();
    if (args.has('--json')) showJson(runtime, record);
    else show(runtime, gpuBlocks(record));
  },
};
