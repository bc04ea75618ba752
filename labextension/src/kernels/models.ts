/** One memory model a kernel, made when somebody asks for it. */
import type { Kernel } from '@jupyterlab/services';
import { Signal, type ISignal } from '@lumino/signaling';
import { COMM_TARGET } from '@heapmark/protocol';
import { KernelLink } from '../client/link.js';
import { MemoryModel } from '../model/memory-model.js';
import type { IMemoryModels } from '../tokens.js';
import type { Followed, FollowedDocument } from './followed.js';
import { closeComm } from './jupyter-comm.js';
import { JupyterPort } from './jupyter-port.js';

const CLIENT_NAME = 'heapmark-jupyterlab';

/** Languages whose kernels do not mind being asked; others are asked once the panel is opened on them. */
const ASKED_LANGUAGES: readonly string[] = ['typescript', 'javascript'];

export class MemoryModels implements IMemoryModels {
  readonly #followed: Followed;
  readonly #kernels: Kernel.IManager;
  readonly #followedChanged = new Signal<this, void>(this);
  readonly #models = new Map<string, { model: MemoryModel; port: JupyterPort }>();

  constructor(followed: Followed, kernels: Kernel.IManager) {
    this.#followed = followed;
    this.#kernels = kernels;
    followed.changed.connect(() => this.#followedChanged.emit());
  }

  get followed(): FollowedDocument | null {
    return this.#followed.document;
  }

  get followedChanged(): ISignal<this, void> {
    return this.#followedChanged;
  }

  get current(): MemoryModel | null {
    const connection = this.followed?.connection ?? null;
    return connection === null ? null : this.of(connection);
  }

  of(connection: Kernel.IKernelConnection): MemoryModel {
    const known = this.#models.get(connection.id);
    if (known !== undefined) {
      known.port.add(connection);
      return known.model;
    }
    const port = new JupyterPort(connection);
    const link = new KernelLink(port, {
      client: CLIENT_NAME,
      onInvalid: (problem) => model.actions.fail(new Error(`A message of the kernel was dropped: ${problem.message}`)),
    });
    const model = new MemoryModel(link, () => Date.now());
    this.#models.set(connection.id, { model, port });
    port.gone.connect((_, commId) => {
      this.#models.delete(connection.id);
      model.dispose();
      if (commId !== null) void this.#takeLeave(connection.id, commId);
    });
    return model;
  }

  /** Ends the comms, so that the kernels do not go on sending to a page that is gone. */
  dispose(): void {
    for (const { model } of this.#models.values()) model.dispose();
    this.#models.clear();
  }

  async announced(connection: Kernel.IKernelConnection): Promise<boolean> {
    // A kernel whose spec the server no longer knows announces nothing.
    const spec = await connection.spec.catch(() => undefined);
    if (spec === undefined) return false;
    return ASKED_LANGUAGES.includes(spec.language.toLowerCase()) || Object.hasOwn(spec.metadata ?? {}, COMM_TARGET);
  }

  /** The kernel of a closed document runs on: it need not go on sending to nobody. */
  async #takeLeave(kernelId: string, commId: string): Promise<void> {
    const running = await this.#kernels.findById(kernelId).catch(() => undefined);
    if (running === undefined || this.#models.has(kernelId)) return;
    const connection = this.#kernels.connectTo({ model: running, handleComms: false });
    // A kernel that ends meanwhile needs no farewell.
    await closeComm(connection, commId).catch(() => undefined);
    connection.dispose();
  }
}
