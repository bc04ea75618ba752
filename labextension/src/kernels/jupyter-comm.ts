/** One comm on a connection of JupyterLab, whether or not that connection is the one that takes comms. */
import { KernelMessage, type Kernel } from '@jupyterlab/services';
import { UUID, type JSONObject } from '@lumino/coreutils';
import type { Channel } from '../client/channel.js';

/** Opens a comm. Throws when the connection is closed. */
export function openComm(connection: Kernel.IKernelConnection, target: string): Channel {
  return connection.handleComms ? new RegisteredComm(connection, target) : new PlainComm(connection, target);
}

/**
 * Tells the kernel that a comm is over, over a connection that is not its own: that one went with its document.
 * Resolves when the kernel has dealt with it.
 */
export async function closeComm(connection: Kernel.IKernelConnection, commId: string): Promise<void> {
  await send(connection, 'comm_close', { comm_id: commId, data: {} });
}

/** A comm of JupyterLab. A restart disposes it without a word, so its state is looked at before each use. */
class RegisteredComm implements Channel {
  readonly #connection: Kernel.IKernelConnection;
  readonly #comm: Kernel.IComm;
  onMessage: ((data: unknown) => void) | null = null;
  onClose: (() => void) | null = null;

  constructor(connection: Kernel.IKernelConnection, target: string) {
    this.#connection = connection;
    this.#comm = connection.createComm(target);
    this.#comm.onMsg = ({ content }) => this.onMessage?.(content.data);
    this.#comm.onClose = () => this.onClose?.();
    this.#comm.open();
  }

  get id(): string {
    return this.#comm.commId;
  }

  async send(message: object): Promise<void> {
    await this.#comm.send(message as JSONObject).done;
  }

  close(): void {
    if (!this.#comm.isDisposed && !this.#connection.isDisposed) this.#comm.close();
  }
}

/**
 * JupyterLab lets one connection of a page take comms and offers the others none, even after that one was closed. The
 * messages themselves reach every connection.
 */
class PlainComm implements Channel {
  readonly id = UUID.uuid4();
  readonly #connection: Kernel.IKernelConnection;
  onMessage: ((data: unknown) => void) | null = null;
  onClose: (() => void) | null = null;

  constructor(connection: Kernel.IKernelConnection, target: string) {
    this.#connection = connection;
    connection.iopubMessage.connect(this.#receive, this);
    void send(connection, 'comm_open', { comm_id: this.id, target_name: target, data: {} });
  }

  async send(message: object): Promise<void> {
    await send(this.#connection, 'comm_msg', { comm_id: this.id, data: message as JSONObject });
  }

  close(): void {
    if (this.#connection.isDisposed) return;
    this.#connection.iopubMessage.disconnect(this.#receive, this);
    // A connection that ends meanwhile takes the comm with it.
    send(this.#connection, 'comm_close', { comm_id: this.id, data: {} }).catch(() => undefined);
  }

  #receive(_: unknown, message: KernelMessage.IIOPubMessage): void {
    if (KernelMessage.isCommMsgMsg(message) && message.content.comm_id === this.id)
      this.onMessage?.(message.content.data);
    else if (KernelMessage.isCommCloseMsg(message) && message.content.comm_id === this.id) this.onClose?.();
  }
}

/** Resolves when the kernel has dealt with the message. */
async function send<T extends 'comm_open' | 'comm_msg' | 'comm_close'>(
  connection: Kernel.IKernelConnection,
  msgType: T,
  content: object,
): Promise<void> {
  const message = KernelMessage.createMessage({
    msgType,
    channel: 'shell',
    username: connection.username,
    session: connection.clientId,
    content,
  } as unknown as KernelMessage.IOptions<KernelMessage.ICommMsgMsg<'shell'>>);
  await connection.sendShellMessage(message).done;
}
