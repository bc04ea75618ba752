/** The parts of TensorFlow.js that are looked at: the engine stands at `globalThis._tfengine`, whichever copy made it. */
import type { STORAGE, Storage } from './ledger.js';

/** Identity of a tensor's data; reshaped and cloned tensors have the same one. */
export type DataId = object;

export interface TfTensor {
  readonly id: number;
  readonly shape: number[];
  readonly dtype: string;
  readonly size: number;
  dataId: DataId;
  dispose(): void;
}

/** What `disposeTensor` reads of a tensor. */
export type DisposableData = Pick<TfTensor, 'dataId' | 'dtype' | 'size'> & { readonly id?: number };

export interface GpuResource {
  destroy(): void;
}

/** The pool of the webgpu backend: free buffers by size and usage. */
export interface BufferManager {
  freeBuffers: Map<string, (GpuResource & { size: number })[]>;
  numFreeBuffers: number;
  numBytesUsed: number;
  numBytesAllocated: number;
  acquireBuffer(...args: unknown[]): unknown;
}

/** The same for textures. */
export interface TextureManager {
  freeTextures: Map<string, (GpuResource & { width: number; height: number })[]>;
  numFreeTextures: number;
  numBytesUsed: number;
  numBytesAllocated: number;
}

export interface Backend {
  /** wasm */
  wasm?: { HEAPU8: Uint8Array } | null;
  /** webgpu */
  bufferManager?: BufferManager;
  textureManager?: TextureManager;
  device?: object;
  queue?: { onSubmittedWorkDone(): Promise<void> };
  commandEncoder?: object | null;
  endComputePassEncoder?(): void;
  submitQueue?(): void;
}

/** What the engine notes of data; one object as long as the data lives, also when it moves to another backend. */
export interface DataInfo {
  backend: Backend;
  dtype: string;
  bytes: number;
  [STORAGE]?: Storage;
}

export interface EngineState {
  numTensors: number;
  numStringTensors: number;
  numBytes: number;
  numDataBuffers: number;
  tensorInfo: WeakMap<DataId, DataInfo>;
  registeredVariables: Record<string, TfTensor>;
}

export interface Engine {
  readonly state: EngineState;
  readonly backendName: string | null | undefined;
  /** Backends that are initialised. */
  readonly registry: Record<string, Backend>;
  readonly registryFactory: Record<string, { factory: () => unknown; priority: number }>;
  makeTensor(...args: unknown[]): TfTensor;
  trackTensor(tensor: TfTensor, backend?: Backend): void;
  disposeTensor(tensor: DisposableData): void;
  moveData(backend: Backend, dataId: DataId): void;
  findBackend(name: string): Backend | null;
  removeBackend(name: string): void;
  registerBackend(name: string, factory: () => unknown, priority: number): boolean;
  setBackend(name: string): Promise<boolean>;
  reset(): void;
}

const METHODS = ['makeTensor', 'trackTensor', 'disposeTensor', 'moveData', 'reset'] as const;

/** Whether a value looks like the engine; another library may use the name. */
export function isEngine(value: unknown): value is Engine {
  if (typeof value !== 'object' || value === null) return false;
  const candidate = value as Record<string, unknown>;
  return METHODS.every((name) => typeof candidate[name] === 'function') && typeof candidate['state'] === 'object';
}
