/** All tensors of a runtime, whichever library made them: what `%tensors`, the panel and the variables' list read. */
import type { CellTag } from '../ipc/messages.js';
import type { EmptyCacheRecord, TensorRecord, TensorsRecord } from '@heapmark/protocol';
import type { GlobalEntry } from '../runtime/context.js';
import type { OnnxProvider } from './onnx/provider.js';
import type { EmptiedBackend, LiveTensor, TensorProvider } from './provider.js';
import type { TfjsProvider } from './tfjs/provider.js';
import type { WebGpuDevices } from './webgpu/devices.js';
import { heldOnlyBy, reachOf, storageBytes, type Reached, type VariableReach } from './reach.js';

/** Time to look through the variables for tensors, ms. */
const REACH_BUDGET = 25;
/** Where nothing may be missed, because tensors are disposed by it, ms. */
const CAREFUL_BUDGET = 2_000;
/** Rows of a list. */
const ROWS = 1_000;

/** How a backend's memory is counted without the backend. */
type Measure = 'device' | 'external';
const SECOND_MEASURE: Record<string, Measure | undefined> = { webgpu: 'device', wasm: 'external' };
const MEASURED_BY: Record<Measure, string> = {
  device: 'all buffers and textures made on WebGPU devices and not destroyed',
  external: "the process's external memory, where WebAssembly's memories are",
};

const NOTES = [
  "A device's figure is larger: it has what is reserved, the driver's own part and other programs' memory in it.",
  'Emptying a cache gives back what is reserved and free; it frees no live tensor.',
];

export interface TensorWorld {
  entries(): Iterable<GlobalEntry>;
  now(): number;
  /** Of the process, bytes. `external` without ArrayBuffers: memories of WebAssembly are in it. */
  memory(): { rss: number; external: number };
  collect(): Promise<void>;
}

/** What is watched beside the libraries' tensors. */
export interface Watched {
  readonly tfjs: TfjsProvider;
  readonly webgpu: WebGpuDevices;
  readonly onnx: OnnxProvider;
}

/** Tensors that variables about to be freed hold. */
export interface HeldTensors {
  /** Reached from these variables alone. */
  readonly only: readonly Reached[];
  /** Of all they reach, what others reach too. */
  readonly sharedBytes: number;
  /** The search was not ended early, so that "alone" is certain. */
  readonly certain: boolean;
}

export class Tensors {
  private readonly providers: readonly TensorProvider[];

  constructor(
    private readonly watched: Watched,
    private readonly world: TensorWorld,
  ) {
    this.providers = [watched.tfjs, watched.onnx];
  }

  /** Whether tensors whose last reference was collected are freed. */
  get freesCollected(): boolean {
    return this.watched.tfjs.freesCollected;
  }

  set freesCollected(on: boolean) {
    this.watched.tfjs.freesCollected = on;
  }

  /** Whether any library is in use. */
  get attached(): boolean {
    return this.providers.some((provider) => provider.attached);
  }

  /** Bytes of live tensors, `null` while no library that tells them is in use. */
  get allocated(): number | null {
    return this.watched.tfjs.attached ? this.providers.reduce((sum, provider) => sum + provider.allocated, 0) : null;
  }

  get liveCount(): number {
    return this.providers.reduce((sum, provider) => sum + provider.liveCount, 0);
  }

  /**
   * Begins to watch for a peak; the function ends that and gives the highest since then, `null` while no library is in
   * use. Watches may stand within each other.
   */
  watchPeak(): () => number | null {
    const earlier = this.providers.map((provider) => {
      const { markedPeak, allocated } = provider;
      provider.markedPeak = allocated;
      return markedPeak;
    });
    return () => {
      const peak = this.providers.reduce((sum, provider) => sum + provider.markedPeak, 0);
      this.providers.forEach((provider, index) => {
        provider.markedPeak = Math.max(provider.markedPeak, earlier[index] ?? 0);
      });
      return this.watched.tfjs.attached ? peak : null;
    };
  }

  /** Every live tensor. */
  *all(): Iterable<LiveTensor> {
    for (const provider of this.providers) yield* provider.tensors();
  }

  /** Those of some that are alive: their number and the bytes of their elements. */
  alive(ids: readonly number[]): { count: number; bytes: number } {
    const wanted = new Set(ids);
    let count = 0;
    let bytes = 0;
    for (const tensor of this.all()) {
      if (!wanted.has(tensor.id)) continue;
      count += 1;
      bytes += tensor.bytes ?? 0;
    }
    return { count, bytes };
  }

  /** What each variable reaches. Empty where there are no tensors. */
  reach(budget = REACH_BUDGET): VariableReach[] {
    if (this.liveCount === 0 && !this.watched.onnx.attached) return [];
    return reachOf(this.world.entries(), this.providers, () => this.world.now(), budget);
  }

  /** The list of live tensors, the largest first, and what each backend holds. */
  record(limit = ROWS): TensorsRecord {
    const variables = new Map<number, string[]>();
    for (const { name, tensors } of this.reach())
      for (const { id } of tensors) {
        const known = variables.get(id);
        if (known === undefined) variables.set(id, [name]);
        else known.push(name);
      }
    const all = [...this.all()];
    all.sort((a, b) => (b.bytes ?? 0) - (a.bytes ?? 0) || a.id - b.id);
    return {
      stats: this.providers.flatMap((provider) => provider.stats()),
      tensors: all.slice(0, limit).map((tensor) => recordOf(tensor, variables.get(tensor.id) ?? [])),
      truncated: all.length > limit,
      webgpu: this.watched.webgpu.record(),
      onnxSessions: this.watched.onnx.sessions(),
      freesCollected: this.freesCollected,
      notes: this.attached ? NOTES : [],
    };
  }

  /** Tensors that variables hold. */
  heldBy(names: readonly string[]): HeldTensors {
    const reaches = this.reach(CAREFUL_BUDGET);
    const wanted = new Set(names);
    const only = heldOnlyBy(wanted, reaches);
    const all = reaches.filter(({ name }) => wanted.has(name)).flatMap(({ tensors }) => tensors);
    return {
      only,
      sharedBytes: storageBytes(all) - storageBytes(only),
      certain: reaches.every(({ complete }) => complete),
    };
  }

  /** Disposes tensors; gives those that are gone by it and their bytes. */
  dispose(ids: readonly number[], objects?: ReadonlyMap<number, object>): { disposed: number[]; bytes: number | null } {
    const before = this.allocated;
    const known = objects ?? this.objects(ids);
    const disposed = this.providers.flatMap((provider) => provider.dispose(ids, known));
    const after = this.allocated;
    return { disposed, bytes: before === null || after === null ? null : before - after };
  }

  resetPeak(which: 'allocated' | 'reserved' | 'both' = 'both'): void {
    for (const provider of this.providers) provider.resetPeak(which);
    if (which !== 'reserved') this.watched.webgpu.resetPeak();
  }

  /** Gives back what libraries keep for reuse; measured by their own counters, and once more without them. */
  async emptyCache(rebuild: boolean): Promise<EmptyCacheRecord> {
    await this.world.collect();
    const before = this.measures();
    const emptied: EmptiedBackend[] = [];
    for (const provider of this.providers) emptied.push(...(await provider.emptyCache(rebuild)));
    await this.world.collect();
    const after = this.measures();
    return {
      backends: emptied.map((backend) => {
        const measure = SECOND_MEASURE[backend.backend];
        return {
          ...backend,
          measuredBefore: measure === undefined ? null : before[measure],
          measuredAfter: measure === undefined ? null : after[measure],
          measuredBy: measure === undefined ? null : MEASURED_BY[measure],
        };
      }),
      rssChange: after.rss - before.rss,
    };
  }

  private measures(): Record<Measure, number> & { rss: number } {
    return { ...this.world.memory(), device: this.watched.webgpu.allocated };
  }

  private objects(ids: readonly number[]): Map<number, object> {
    const wanted = new Set(ids);
    const objects = new Map<number, object>();
    for (const { tensors } of this.reach(CAREFUL_BUDGET))
      for (const { id, object } of tensors) if (wanted.has(id)) objects.set(id, object);
    return objects;
  }
}

function recordOf({ shape, cell, ...tensor }: LiveTensor, variables: string[]): TensorRecord {
  return { ...tensor, shape: [...shape], cell: cellOf(cell), variables };
}

const cellOf = (cell: CellTag | null): TensorRecord['cell'] =>
  cell === null || cell.parentId === '' ? null : { cellId: cell.cellId, executionCount: cell.executionCount };
