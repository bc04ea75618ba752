/** Function forms about tensors and devices: what `import … from "heapmark"` gives to cells. */
import type { EmptyCacheRecord, GpusRecord, TensorsRecord } from '@heapmark/protocol';
import { emptyCacheBlocks } from '../render/empty-cache.js';
import { gpuBlocks } from '../render/gpu.js';
import { tensorsBlocks } from '../render/tensors.js';
import { MagicError } from '../runtime/context.js';
import type { TensorPart } from '../tensors/create.js';
import { displayable } from './show.js';

export type PeakKind = 'allocated' | 'reserved' | 'both';

export interface TensorFunctions {
  tensors(options?: { limit?: number }): Promise<TensorsRecord>;
  gpu(): Promise<GpusRecord>;
  emptyCache(options?: { all?: boolean }): Promise<EmptyCacheRecord>;
  resetPeak(which?: PeakKind): Promise<void>;
  disposeTensors(ids: readonly number[]): Promise<{ disposed: number[]; bytes: number | null }>;
  /** Says, and with an argument decides, whether tensors whose last reference was collected are freed. */
  freeCollectedTensors(on?: boolean): Promise<boolean>;
}

export function createTensorFunctions({ tensors, gpu }: Pick<TensorPart, 'tensors' | 'gpu'>): TensorFunctions {
  return {
    async tensors({ limit } = {}) {
      if (limit !== undefined && (!Number.isInteger(limit) || limit < 0))
        throw new MagicError('The limit of tensors is a whole number, 0 or more.');
      return displayable(tensors.record(limit), tensorsBlocks);
    },
    async gpu() {
      return displayable(await gpu.record(), gpuBlocks);
    },
    async emptyCache({ all = false } = {}) {
      return displayable(await tensors.emptyCache(all), emptyCacheBlocks);
    },
    async resetPeak(which = 'both') {
      if (!['allocated', 'reserved', 'both'].includes(which))
        throw new MagicError('resetPeak takes allocated, reserved or both.');
      tensors.resetPeak(which);
    },
    async disposeTensors(ids) {
      if (!Array.isArray(ids) || !ids.every((id) => Number.isInteger(id)))
        throw new MagicError('disposeTensors takes the ids that tensors() lists: disposeTensors([12, 13]).');
      return tensors.dispose(ids);
    },
    async freeCollectedTensors(on) {
      if (on !== undefined) tensors.freesCollected = on;
      return tensors.freesCollected;
    },
  };
}
