/** One memory model a kernel, made when somebody asks for it. */
import type { Kernel } from '@jupyterlab/services';
import { Signal, type ISignal } from '@lumino/signaling';
import { COMM_TARGET } from '@heapmark/protocol';
import { KernelLink } from '../client/link.js';
import { MemoryModel } from '../model/memory-model.js';
import type { IMemoryModels } from '../tokens.js';
import type { Followed, FollowedDocument } from './followed.js';
import { JupyterPort } from './jupyter-port.js';

const CLIENT_NAME = 'heapmark-jupyterlab';

/** Languages whose kernels do not mind being asked; others are asked once the panel is opened on them. */
const ASKED_LANGUAGES: readonly string[] = ['typescript', 'javascript'];

export class MemoryModels implements IMemoryModels {
  readonly #followed: Followed;
  readonly #followedChanged = new Signal<this, void>(this);
  readonly #models = new Map<string, { model: MemoryModel; connection: Kernel.IKernelConnection }>();

  constructor(followed: Followed) {
    this.#followed = followed;
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
    // Of several connections to a kernel JupyterLab lets one take comms.
    if (known !== undefined && (known.connection.handleComms || !connection.handleComms)) return known.model;
    known?.model.dispose();
    const link = new KernelLink(new JupyterPort(connection), {
      client: CLIENT_NAME,
      onInvalid: (problem) => model.actions.fail(new Error(`A message of the kernel was dropped: ${problem.message}`)),
    });
    const model = new MemoryModel(link, () => Date.now());
    this.#models.set(connection.id, { model, connection });
    connection.disposed.connect(() => {
      if (this.#models.get(connection.id)?.model === model) this.#models.delete(connection.id);
      model.dispose();
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
}
