import type { RequestHandlers } from '../runtime/context.js';
import type { GpuDevices } from '../tensors/gpu/devices.js';
import type { TensorFunctions } from './tensor-functions.js';

/** What the answers are made of. */
export interface TensorRequestServices {
  functions: TensorFunctions;
  gpu: Pick<GpuDevices, 'end'>;
  /** Called when tensors went by a request, outside of any cell. */
  freed(): void;
}

/** Answers to the memory protocol's requests about tensors and devices. */
export function tensorRequests({ functions, gpu, freed }: TensorRequestServices): RequestHandlers {
  return {
    tensors: (params) => functions.tensors(params),
    gpu: () => functions.gpu(),
    async dispose({ ids }) {
      const result = await functions.disposeTensors(ids);
      freed();
      return result;
    },
    async resetPeak({ which }) {
      await functions.resetPeak(which);
      return {};
    },
    async emptyCache({ all = false }) {
      const record = await functions.emptyCache({ all });
      freed();
      return record;
    },
    async endProcess({ pid }) {
      return { ended: await gpu.end(pid) };
    },
  };
}
