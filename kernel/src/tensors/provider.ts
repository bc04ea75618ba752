/** What a tensor library, or a device, tells about its memory. One provider a file or folder; each is passive. */
import type { EmptyCacheRecord, TensorStats } from '@heapmark/protocol';
import type { CellTag } from '../ipc/messages.js';

/** A tensor that was not disposed. */
export interface LiveTensor {
  /** Unique among all providers of a runtime. */
  readonly id: number;
  readonly provider: string;
  readonly backend: string;
  readonly shape: readonly number[];
  readonly dtype: string;
  /** Of its elements, bytes; `null` where the library does not say. Views of one storage each count theirs. */
  readonly bytes: number | null;
  /** The cell that made it. */
  readonly cell: CellTag | null;
}

/** A value of the user that is a tensor. */
export interface FoundTensor {
  readonly id: number;
  /** What its data is known by: tensors with the same storage share their bytes. */
  readonly storage: object;
  /** Of the whole storage. */
  readonly bytes: number;
}

/** What a backend gave back by its own counters. */
export type EmptiedBackend = Pick<
  EmptyCacheRecord['backends'][number],
  'provider' | 'backend' | 'reservedBefore' | 'reservedAfter' | 'reason'
>;

/** Passed in, so that providers know nothing of the runtime. */
export interface Surroundings {
  /** The cell whose code runs now. */
  cell(): CellTag | null;
}

/** One library's tensors. Nothing is imported for it: it is attached when user code has loaded the library. */
export interface TensorProvider {
  readonly name: string;
  /** Whether user code has loaded the library. */
  readonly attached: boolean;
  /** Bytes of live tensors, each storage once. */
  readonly allocated: number;
  /** Highest {@link allocated} since it was set: for measurements that are apart from the user's own. */
  markedPeak: number;
  /** One entry a backend in use. */
  stats(): TensorStats[];
  tensors(): Iterable<LiveTensor>;
  readonly liveCount: number;
  /** What a value is, when it is a tensor of this library. Runs no code of the user. */
  find(value: object): FoundTensor | null;
  /** Objects of the library that reach all tensors there are: a search through the user's values ends at them. */
  isRegistry(value: object): boolean;
  /**
   * Disposes tensors as the user's own call would; gives the ids of those that are gone by it.
   * @param objects the tensors' objects, where they are known.
   */
  dispose(ids: readonly number[], objects: ReadonlyMap<number, object>): number[];
  /** Begins the peaks anew: that of live tensors, that of reserved memory, or both. */
  resetPeak(which: 'allocated' | 'reserved' | 'both'): void;
  /** Gives back what is reserved and free. `rebuild` allows what needs the backend to be made anew. */
  emptyCache(rebuild: boolean): Promise<EmptiedBackend[]>;
}
