/** Keeps one kernel's memory comm: opens it when somebody wants it, says hello, and opens a new one after a restart. */
import {
  COMM_TARGET,
  ErrorCode,
  PROTOCOL_VERSION,
  ProtocolError,
  type RequestMap,
  type RequestMethod,
} from '@heapmark/protocol';
import { Signal, type ISignal } from '@lumino/signaling';
import type { KernelPort } from './channel.js';
import { Connection, type MemoryEvent } from './connection.js';

export type Hello = RequestMap['hello']['result'];

/**
 * How things stand with a kernel's memory comm. `unsupported` lasts until the kernel restarts: a comm that the kernel
 * closed is not opened again by itself.
 */
export type LinkState =
  | { readonly kind: 'idle' }
  | { readonly kind: 'connecting' }
  | { readonly kind: 'ready'; readonly hello: Hello }
  | { readonly kind: 'unsupported'; readonly reason: string | null }
  | { readonly kind: 'lost'; readonly why: 'restarting' | 'disconnected' | 'dead' | 'closed' };

export interface LinkOptions {
  /** How the client names itself to the kernel. */
  readonly client: string;
  /** What was dropped because it could not be read. */
  onInvalid(problem: Error): void;
}

export class KernelLink {
  readonly #port: KernelPort;
  readonly #options: LinkOptions;
  readonly #stateChanged = new Signal<this, LinkState>(this);
  readonly #event = new Signal<this, MemoryEvent>(this);
  #state: LinkState = { kind: 'idle' };
  #connection: Connection | null = null;
  #wanted = false;
  #disposed = false;

  constructor(port: KernelPort, options: LinkOptions) {
    this.#port = port;
    this.#options = options;
    port.stateChanged.connect(this.#onPort, this);
  }

  get kernelId(): string {
    return this.#port.kernelId;
  }

  get state(): LinkState {
    return this.#state;
  }

  get stateChanged(): ISignal<this, LinkState> {
    return this.#stateChanged;
  }

  get event(): ISignal<this, MemoryEvent> {
    return this.#event;
  }

  get isDisposed(): boolean {
    return this.#disposed;
  }

  /** Opens the comm now, or as soon as the kernel can be reached. Does nothing where the kernel refused before. */
  want(): void {
    this.#wanted = true;
    if (this.#state.kind === 'idle') this.#connect();
  }

  /** Tries again after the kernel closed or refused the comm, because a person asked for it. */
  retry(): void {
    if (this.#state.kind === 'unsupported' || this.#state.kind === 'lost') {
      this.#drop();
      this.#wanted = true;
      this.#connect();
    }
  }

  /** Asks the kernel; rejects with {@link ProtocolError} where it is not ready or does not know the method. */
  request<M extends RequestMethod>(
    method: M,
    params: RequestMap[M]['params'],
    signal?: AbortSignal,
  ): Promise<RequestMap[M]['result']> {
    if (this.#state.kind !== 'ready' || this.#connection === null) {
      return Promise.reject(
        new ProtocolError(ErrorCode.unavailable, 'The kernel is not connected. Wait for it to start, then try again.'),
      );
    }
    if (!this.#state.hello.methods.includes(method)) {
      return Promise.reject(new ProtocolError(ErrorCode.methodNotFound, `This kernel does not answer "${method}".`));
    }
    return this.#connection.request(method, params, signal === undefined ? {} : { signal });
  }

  dispose(): void {
    if (this.#disposed) return;
    this.#disposed = true;
    this.#drop();
    Signal.clearData(this);
  }

  #onPort(): void {
    switch (this.#port.state) {
      case 'restarting':
      case 'dead':
      case 'disconnected':
        this.#drop();
        // Nobody asked yet: there is nothing to be lost.
        if (this.#wanted) this.#become({ kind: 'lost', why: this.#port.state });
        else this.#become({ kind: 'idle' });
        break;
      case 'starting':
        break;
      case 'up':
        if (
          this.#wanted &&
          (this.#state.kind === 'lost' || this.#state.kind === 'connecting') &&
          this.#connection === null
        )
          this.#connect();
    }
  }

  #connect(): void {
    this.#become({ kind: 'connecting' });
    if (this.#port.state !== 'up') return;
    let connection: Connection;
    try {
      connection = new Connection(this.#port.open(COMM_TARGET), {
        onEvent: (event) => this.#event.emit(event),
        onClosed: () => this.#closedByKernel(),
        onInvalid: this.#options.onInvalid,
      });
    } catch (error) {
      this.#become({ kind: 'unsupported', reason: (error as Error).message });
      return;
    }
    this.#connection = connection;
    void this.#greet(connection);
  }

  async #greet(connection: Connection): Promise<void> {
    // A kernel that ignores the comm never answers, but it does say when it has dealt with the message.
    const handled = (): void => {
      if (this.#connection === connection && this.#state.kind === 'connecting') {
        this.#become({ kind: 'unsupported', reason: null });
      }
    };
    try {
      const hello = await connection.request(
        'hello',
        { version: PROTOCOL_VERSION, client: this.#options.client },
        { handled },
      );
      if (this.#connection === connection) this.#become({ kind: 'ready', hello });
    } catch (error) {
      if (this.#connection !== connection) return;
      this.#drop();
      this.#become({ kind: 'unsupported', reason: (error as Error).message });
    }
  }

  #closedByKernel(): void {
    const met = this.#state.kind === 'ready';
    this.#connection = null;
    if (met) this.#become({ kind: 'lost', why: 'closed' });
    else this.#become({ kind: 'unsupported', reason: null });
  }

  #drop(): void {
    const connection = this.#connection;
    this.#connection = null;
    connection?.close();
  }

  #become(state: LinkState): void {
    this.#state = state;
    this.#stateChanged.emit(state);
  }
}
