/**
 * ONNX Runtime for Node (`onnxruntime-node`), on the cpu. Its tensors are ArrayBuffers of this process; its arena shows
 * in the resident memory alone, and goes only with `session.release()`. So sessions are what can be told, each with the
 * growth of the process that it caused: an estimate.
 */
import { getOwnPropertyDescriptor, getPrototypeOf } from '../../memory/primordials.js';
import type { OnnxSession, TensorStats } from '@heapmark/protocol';
import type { CellTag } from '../../ipc/messages.js';
import type { EmptiedBackend, FoundTensor, LiveTensor, TensorProvider } from '../provider.js';

export const ONNX = 'onnxruntime';
/** Ids of its tensors begin far above those of TensorFlow.js, which count from 0. */
const FIRST_ID = 1_000_000_000_000;
const WHY =
  'only the resident memory of the process shows its arena: an estimate by how much that grew while sessions were made and ran';

/** The native library's exports. */
interface Binding {
  InferenceSession: {
    prototype: Record<'loadModel' | 'run' | 'dispose', (this: object, ...args: unknown[]) => unknown>;
  };
  initOrtOnce(level: number, tensor: { prototype: object }, ...more: unknown[]): unknown;
}

const isBinding = (exports: object): exports is Binding =>
  'initOrtOnce' in exports && 'InferenceSession' in exports && typeof exports.InferenceSession === 'function';

interface Session {
  readonly id: number;
  readonly model: string;
  bytes: number;
  readonly cell: CellTag | null;
}

export interface OnnxSurroundings {
  cell(): CellTag | null;
  /** Resident memory of the process without its ArrayBuffers, bytes. */
  resident(): number;
}

export class OnnxProvider implements TensorProvider {
  readonly name = ONNX;
  attached = false;
  readonly allocated = 0;
  readonly liveCount = 0;
  /** Its tensors are ArrayBuffers, whose peak is measured as such. */
  markedPeak = 0;
  private tensorPrototype: object | null = null;
  private readonly open = new Map<number, Session>();
  private readonly sessionsOf = new WeakMap<object, Session>();
  private readonly ids = new WeakMap<object, number>();
  private nextSession = 1;
  private nextTensor = FIRST_ID;
  private peak = 0;
  private readonly collected = new FinalizationRegistry<number>((id) => void this.open.delete(id));

  constructor(private readonly surroundings: OnnxSurroundings) {}

  /** Looks at a native library that was loaded. */
  inspect(exports: object): void {
    if (!isBinding(exports)) return;
    this.attached = true;
    const binding = exports;
    const { prototype } = binding.InferenceSession;
    const { loadModel, run, dispose } = prototype;
    const { initOrtOnce } = binding;
    binding.initOrtOnce = (level, tensor, ...more) => {
      this.tensorPrototype = tensor.prototype;
      return initOrtOnce(level, tensor, ...more);
    };
    const surveyed = (session: Session, work: () => unknown): unknown => this.survey(session, work);
    const opened = (native: object, model: unknown): Session => this.opened(native, model);
    const { sessionsOf, open } = this;
    prototype.loadModel = function (...args) {
      return surveyed(opened(this, args[0]), () => Reflect.apply(loadModel, this, args));
    };
    prototype.run = function (...args) {
      const session = sessionsOf.get(this);
      const work = (): unknown => Reflect.apply(run, this, args);
      return session === undefined ? work() : surveyed(session, work);
    };
    prototype.dispose = function (...args) {
      const session = sessionsOf.get(this);
      if (session !== undefined) open.delete(session.id);
      return Reflect.apply(dispose, this, args);
    };
  }

  sessions(): OnnxSession[] {
    return [...this.open.values()].map(({ id, model, bytes, cell }) => ({
      id,
      model,
      bytes,
      precision: 'estimate',
      cell: cell === null ? null : { cellId: cell.cellId, executionCount: cell.executionCount },
    }));
  }

  stats(): TensorStats[] {
    if (!this.attached) return [];
    const reserved = this.sum();
    return [
      {
        provider: ONNX,
        backend: 'cpu',
        active: true,
        allocated: null,
        viewBytes: null,
        peak: null,
        reserved,
        peakReserved: Math.max(this.peak, reserved),
        cachedFree: null,
        liveCount: null,
        precision: 'estimate',
        reason: WHY,
      },
    ];
  }

  /** Tensors are found from variables only: nothing tells when one is made. */
  *tensors(): Iterable<LiveTensor> {
    yield* [];
  }

  find(value: object): FoundTensor | null {
    if (this.tensorPrototype === null || getPrototypeOf(value) !== this.tensorPrototype) return null;
    const data: unknown = getOwnPropertyDescriptor(value, 'cpuData')?.value;
    if (!ArrayBuffer.isView(data)) return null;
    let id = this.ids.get(value);
    if (id === undefined) this.ids.set(value, (id = this.nextTensor++));
    return { id, storage: data.buffer, bytes: data.byteLength };
  }

  isRegistry(): boolean {
    return false;
  }

  dispose(ids: readonly number[], objects: ReadonlyMap<number, object>): number[] {
    return ids.filter((id) => {
      const tensor = objects.get(id) as { dispose?: () => void } | undefined;
      if (tensor === undefined || this.ids.get(tensor) !== id || typeof tensor.dispose !== 'function') return false;
      tensor.dispose();
      return true;
    });
  }

  resetPeak(which: 'allocated' | 'reserved' | 'both'): void {
    if (which !== 'allocated') this.peak = this.sum();
  }

  async emptyCache(): Promise<EmptiedBackend[]> {
    if (this.open.size === 0) return [];
    const reserved = this.sum();
    const reason =
      'its arena comes back with `session.release()` only; the option `enableCpuMemArena: false` avoids it';
    return [{ provider: ONNX, backend: 'cpu', reservedBefore: reserved, reservedAfter: reserved, reason }];
  }

  private opened(native: object, model: unknown): Session {
    const session = {
      id: this.nextSession++,
      model: typeof model === 'string' ? model : 'from memory',
      bytes: 0,
      cell: this.surroundings.cell(),
    };
    this.open.set(session.id, session);
    this.sessionsOf.set(native, session);
    this.collected.register(native, session.id);
    return session;
  }

  private survey(session: Session, work: () => unknown): unknown {
    const before = this.surroundings.resident();
    try {
      return work();
    } finally {
      session.bytes += Math.max(0, this.surroundings.resident() - before);
      this.peak = Math.max(this.peak, this.sum());
    }
  }

  private sum(): number {
    let bytes = 0;
    for (const session of this.open.values()) bytes += session.bytes;
    return bytes;
  }
}
