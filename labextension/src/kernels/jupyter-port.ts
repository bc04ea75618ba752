/** JupyterLab's kernel connection as the memory client sees it. */
import type { Kernel } from '@jupyterlab/services';
import type { JSONObject } from '@lumino/coreutils';
import { Signal, type ISignal } from '@lumino/signaling';
import type { Channel, KernelPort, PortState } from '../client/channel.js';

export class JupyterPort implements KernelPort {
  readonly #kernel: Kernel.IKernelConnection;
  readonly #stateChanged = new Signal<this, PortState>(this);
  #state: PortState;

  constructor(kernel: Kernel.IKernelConnection) {
    this.#kernel = kernel;
    this.#state = stateOf(kernel);
    kernel.statusChanged.connect(this.#update, this);
    kernel.connectionStatusChanged.connect(this.#update, this);
    kernel.disposed.connect(this.#update, this);
  }

  get kernelId(): string {
    return this.#kernel.id;
  }

  get state(): PortState {
    return this.#state;
  }

  get stateChanged(): ISignal<this, PortState> {
    return this.#stateChanged;
  }

  open(target: string): Channel {
    return new JupyterChannel(this.#kernel.createComm(target));
  }

  #update(): void {
    const state = stateOf(this.#kernel);
    if (state === this.#state) return;
    this.#state = state;
    this.#stateChanged.emit(state);
  }
}

function stateOf(kernel: Kernel.IKernelConnection): PortState {
  if (kernel.isDisposed || kernel.status === 'dead' || kernel.status === 'terminating') return 'dead';
  if (kernel.status === 'restarting' || kernel.status === 'autorestarting') return 'restarting';
  if (kernel.connectionStatus === 'disconnected') return 'disconnected';
  if (kernel.connectionStatus === 'connecting' || kernel.status === 'unknown' || kernel.status === 'starting')
    return 'starting';
  return 'up';
}

/** A comm of JupyterLab. A restart disposes it without a word, so its state is looked at before each use. */
class JupyterChannel implements Channel {
  readonly #comm: Kernel.IComm;
  onMessage: ((data: unknown) => void) | null = null;
  onClose: (() => void) | null = null;

  constructor(comm: Kernel.IComm) {
    this.#comm = comm;
    comm.onMsg = ({ content }) => this.onMessage?.(content.data);
    comm.onClose = () => this.onClose?.();
    comm.open();
  }

  async send(message: object): Promise<void> {
    await this.#comm.send(message as JSONObject).done;
  }

  close(): void {
    if (!this.#comm.isDisposed) this.#comm.close();
  }
}
