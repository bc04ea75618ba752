/** Tensors, their allocators and the devices of a kernel as they were last told. */
import type { EmptyCacheRecord, GpusRecord, TensorsRecord } from '@heapmark/protocol';
import type { KernelLink } from '../client/link.js';

/** Rows of the panel's table. */
export const ROWS = 200;

/** What a table is ordered by. */
export type TensorOrder = 'bytes' | 'cell' | 'shape';

export interface TensorListOptions {
  changed(): void;
  failed(error: unknown): void;
}

export class TensorList {
  readonly #link: KernelLink;
  readonly #options: TensorListOptions;
  #record: TensorsRecord | null = null;
  #gpus: GpusRecord | null = null;
  #outcome: string | null = null;
  #order: TensorOrder = 'bytes';
  #asking = false;

  constructor(link: KernelLink, options: TensorListOptions) {
    this.#link = link;
    this.#options = options;
  }

  get record(): TensorsRecord | null {
    return this.#record;
  }

  get gpus(): GpusRecord | null {
    return this.#gpus;
  }

  /** What came of the last deed, in words. */
  get outcome(): string | null {
    return this.#outcome;
  }

  get order(): TensorOrder {
    return this.#order;
  }

  set order(order: TensorOrder) {
    this.#order = order;
    this.#options.changed();
  }

  /** Rows in the order that is chosen. */
  get tensors(): TensorsRecord['tensors'] {
    const rows = [...(this.#record?.tensors ?? [])];
    const size = (shape: readonly number[]): string => shape.map((length) => String(length).padStart(12)).join();
    return rows.sort((a, b) => {
      if (this.#order === 'bytes') return (b.bytes ?? 0) - (a.bytes ?? 0);
      if (this.#order === 'cell') return (a.cell?.executionCount ?? 0) - (b.cell?.executionCount ?? 0);
      return size(a.shape) < size(b.shape) ? -1 : 1;
    });
  }

  /** Nothing to show: no library in use, and no device. */
  get isEmpty(): boolean {
    const { stats = [], webgpu = null } = this.#record ?? {};
    return stats.length === 0 && webgpu === null && (this.#gpus?.devices.length ?? 0) === 0;
  }

  /** Asks the kernel; one question at a time. */
  async fetch(): Promise<void> {
    const { state } = this.#link;
    if (this.#asking || state.kind !== 'ready' || !state.hello.methods.includes('tensors')) return;
    this.#asking = true;
    try {
      this.#record = await this.#link.request('tensors', { limit: ROWS });
      // Where there is no device, none will come while the kernel runs.
      if (this.#gpus?.devices.length !== 0) this.#gpus = await this.#link.request('gpu', {});
      this.#options.changed();
    } catch (error) {
      this.#options.failed(error);
    } finally {
      this.#asking = false;
    }
  }

  /** @param say - the outcome in words */
  emptyCache(all: boolean, say: (record: EmptyCacheRecord) => string): Promise<void> {
    return this.#act(async () => say(await this.#link.request('emptyCache', { all })));
  }

  /** @param say - the outcome in words */
  dispose(id: number, say: (disposed: number, bytes: number | null) => string): Promise<void> {
    return this.#act(async () => {
      const { disposed, bytes } = await this.#link.request('dispose', { ids: [id] });
      return say(disposed.length, bytes);
    });
  }

  /** @param say - the outcome in words */
  endProcess(pid: number, say: (ended: boolean) => string): Promise<void> {
    return this.#act(async () => say((await this.#link.request('endProcess', { pid })).ended));
  }

  /** The runtime is another one. */
  forget(): void {
    this.#record = null;
    this.#outcome = null;
    this.#options.changed();
  }

  async #act(work: () => Promise<string>): Promise<void> {
    try {
      this.#outcome = await work();
    } catch (error) {
      this.#outcome = error instanceof Error ? error.message : String(error);
    }
    this.#options.changed();
    await this.fetch();
  }
}
