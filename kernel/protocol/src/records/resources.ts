import { Precision } from '../precision.js';
import {
  array,
  boolean,
  byteChange,
  bytes,
  integer,
  ms,
  nullable,
  number,
  object,
  oneOf,
  string,
  timestamp,
  type Static,
} from '../schema.js';
import { CellRef } from './variable.js';

export const TensorRecord = object({
  id: integer(),
  shape: array(integer()),
  dtype: string(),
  bytes: nullable(bytes()),
  backend: string(),
  provider: string(),
  cell: nullable(CellRef, 'the cell that made it'),
  variables: array(string(), 'globals that reach it'),
});
export type TensorRecord = Static<typeof TensorRecord>;

/** One provider's figures, in the terms of `torch.cuda.memory_allocated` and its family. */
export const TensorStats = object({
  provider: string(),
  backend: string(),
  active: boolean('new tensors are made on it'),
  allocated: nullable(bytes('live tensors, shared storage once')),
  viewBytes: nullable(bytes('live tensors, each view for itself: what `tf.memory().numBytes` counts')),
  peak: nullable(bytes('highest `allocated` since the last reset')),
  reserved: nullable(bytes('held from the device or the system')),
  peakReserved: nullable(bytes()),
  cachedFree: nullable(bytes('reserved and free for reuse')),
  liveCount: nullable(integer()),
  precision: Precision,
  reason: nullable(string('why figures are missing')),
});
export type TensorStats = Static<typeof TensorStats>;

const GpuResources = object({ count: integer(), bytes: bytes() });

/** Buffers and textures that any library made through WebGPU. Those of TensorFlow.js are among them. */
export const WebGpuRecord = object({
  devices: integer('made and not destroyed'),
  live: GpuResources,
  destroyed: GpuResources,
  collected: object({
    count: integer(),
    bytes: bytes('never destroyed by the program: the device frees them at the next submit after the collection'),
  }),
  peak: bytes('highest bytes of live ones since the last reset'),
  byLabel: array(
    object({ label: string(), kind: oneOf(['buffer', 'texture']), count: integer(), bytes: bytes() }),
    'live ones, the largest first',
  ),
  truncated: boolean(),
  precision: Precision,
});
export type WebGpuRecord = Static<typeof WebGpuRecord>;

/** Sessions of ONNX Runtime, whose memory only the process's own figures show. */
export const OnnxSession = object({
  id: integer(),
  model: string(),
  bytes: nullable(bytes('by which the resident memory of the process grew while it was made')),
  precision: Precision,
  cell: nullable(CellRef, 'the cell that made it'),
});
export type OnnxSession = Static<typeof OnnxSession>;

/** What `tensors()` gives. Figures of different sources overlap: never add them up. */
export const TensorsRecord = object({
  stats: array(TensorStats),
  tensors: array(TensorRecord),
  truncated: boolean(),
  webgpu: nullable(WebGpuRecord, 'null while no library uses WebGPU'),
  onnxSessions: array(OnnxSession),
  freesCollected: boolean('tensors whose last reference was collected are freed'),
  notes: array(string()),
});
export type TensorsRecord = Static<typeof TensorsRecord>;

export const GpuProcess = object({
  pid: integer(),
  name: nullable(string()),
  bytes: nullable(bytes()),
  own: boolean('belongs to the same user, so it may be ended'),
  thisKernel: boolean('the runtime of this kernel, or a process it started'),
  notebook: nullable(string('of the kernel that it is, or that it belongs to')),
});
export type GpuProcess = Static<typeof GpuProcess>;

export const GpuRecord = object({
  index: integer(),
  name: string(),
  total: nullable(bytes()),
  used: nullable(bytes()),
  free: nullable(bytes()),
  utilisation: nullable(number('0 to 1')),
  processes: array(GpuProcess),
  source: oneOf(['nvml', 'nvidia-smi', 'sysfs']),
});
export type GpuRecord = Static<typeof GpuRecord>;

export const GpusRecord = object({
  devices: array(GpuRecord),
  reason: nullable(string('why there are none')),
  notes: array(string()),
});
export type GpusRecord = Static<typeof GpusRecord>;

export const EmptyCacheRecord = object({
  backends: array(
    object({
      provider: string(),
      backend: string(),
      reservedBefore: nullable(bytes()),
      reservedAfter: nullable(bytes()),
      measuredBefore: nullable(
        bytes('the same, counted on its own: what the device was asked for, or the process holds'),
      ),
      measuredAfter: nullable(bytes()),
      measuredBy: nullable(string('how it was counted')),
      reason: nullable(string()),
    }),
  ),
  rssChange: nullable(byteChange('a second, independent measure')),
});
export type EmptyCacheRecord = Static<typeof EmptyCacheRecord>;

export const CacheRecord = object({
  name: string('the variable that holds it, or its own name'),
  kind: string('memoize, lru-cache, WeakValueMap, Map …'),
  hits: nullable(integer()),
  misses: nullable(integer()),
  size: nullable(integer()),
  maxSize: nullable(integer('null: unbounded')),
  maxBytes: nullable(bytes('null: unbounded')),
  bytes: nullable(bytes()),
  precision: Precision,
  evictions: nullable(integer()),
  loads: nullable(integer()),
  averageLoadMs: nullable(ms()),
  savedMs: nullable(ms()),
  oldest: nullable(timestamp()),
  clearable: boolean(),
  resizable: boolean(),
  advice: nullable(string()),
});
export type CacheRecord = Static<typeof CacheRecord>;

/** A process of this kernel. */
export const ProcessRecord = object({
  pid: integer(),
  role: oneOf(['front', 'runtime', 'child', 'other']),
  name: string(),
  rss: nullable(bytes()),
  pss: nullable(bytes('resident memory with shared pages divided among their users')),
  cpu: nullable(number('share of one core, 0 to 1')),
});
export type ProcessRecord = Static<typeof ProcessRecord>;
