/** JupyterLab's connections to a kernel as the memory client sees them: one kernel, reached through whichever is there. */
import type { Kernel } from '@jupyterlab/services';
import { Signal, type ISignal } from '@lumino/signaling';
import type { Channel, KernelPort, PortState } from '../client/channel.js';
import { closeComm, openComm } from './jupyter-comm.js';

export class JupyterPort implements KernelPort {
  readonly kernelId: string;
  readonly #stateChanged = new Signal<this, PortState>(this);
  readonly #gone = new Signal<this, string | null>(this);
  readonly #connections = new Set<Kernel.IKernelConnection>();
  #current: Kernel.IKernelConnection;
  #state: PortState;
  #comm: Channel | null = null;

  constructor(connection: Kernel.IKernelConnection) {
    this.kernelId = connection.id;
    this.#current = connection;
    this.#state = stateOf(connection);
    this.add(connection);
    this.#listen();
  }

  get state(): PortState {
    return this.#state;
  }

  get stateChanged(): ISignal<this, PortState> {
    return this.#stateChanged;
  }

  /**
   * The last connection was closed: nothing in this page uses the kernel any more. The argument is the id of the comm
   * that the kernel may still keep.
   */
  get gone(): ISignal<this, string | null> {
    return this.#gone;
  }

  /** Another document of this page uses the kernel: its connection serves when the present one goes. */
  add(connection: Kernel.IKernelConnection): void {
    if (connection.isDisposed || this.#connections.has(connection)) return;
    this.#connections.add(connection);
    connection.disposed.connect(() => this.#remove(connection));
  }

  open(target: string): Channel {
    return (this.#comm = openComm(this.#current, target));
  }

  #remove(connection: Kernel.IKernelConnection): void {
    this.#connections.delete(connection);
    if (connection !== this.#current) return;
    const next = this.#next();
    if (next === null) {
      const mayBeKept = this.#state !== 'dead' && this.#state !== 'restarting';
      this.#become('dead');
      this.#gone.emit(mayBeKept ? (this.#comm?.id ?? null) : null);
      return;
    }
    // The comm went with the connection, the kernel did not: it is told that nobody listens there any more.
    const left = this.#comm;
    this.#become('disconnected');
    this.#current = next;
    if (left !== null && stateOf(next) === 'up') closeComm(next, left.id).catch(() => undefined);
    this.#listen();
    this.#update();
  }

  /** One that takes comms, where there is one: JupyterLab lets only one of them. */
  #next(): Kernel.IKernelConnection | null {
    const left = [...this.#connections];
    return left.find(({ handleComms }) => handleComms) ?? left[0] ?? null;
  }

  #listen(): void {
    this.#current.statusChanged.connect(this.#update, this);
    this.#current.connectionStatusChanged.connect(this.#update, this);
  }

  #update(): void {
    // A connection that is disposed is taken out, or replaced, when it says so.
    if (!this.#current.isDisposed) this.#become(stateOf(this.#current, this.#state));
  }

  #become(state: PortState): void {
    if (state === this.#state) return;
    this.#state = state;
    this.#stateChanged.emit(state);
  }
}

/** @param before - JupyterLab says `connecting` both of a kernel that starts and of one that the network was cut from. */
function stateOf(kernel: Kernel.IKernelConnection, before: PortState = 'starting'): PortState {
  if (kernel.isDisposed || kernel.status === 'dead' || kernel.status === 'terminating') return 'dead';
  if (kernel.status === 'restarting' || kernel.status === 'autorestarting') return 'restarting';
  if (kernel.connectionStatus === 'disconnected') return 'disconnected';
  if (kernel.connectionStatus === 'connecting' && (before === 'up' || before === 'disconnected')) return 'disconnected';
  if (kernel.connectionStatus === 'connecting' || kernel.status === 'unknown' || kernel.status === 'starting')
    return 'starting';
  return 'up';
}
