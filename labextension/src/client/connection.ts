/** JSON-RPC 2.0 over one comm: requests matched to their answers by id, events validated and handed on. */
import {
  ErrorCode,
  ErrorMessage,
  NotificationMessage,
  ProtocolError,
  ResultMessage,
  events,
  fits,
  isEventName,
  parse,
  request,
  requests,
  type EventMap,
  type EventName,
  type RequestMap,
  type RequestMethod,
  type Schema,
} from '@heapmark/protocol';
import type { Channel } from './channel.js';

interface Pending {
  readonly method: RequestMethod;
  resolve(value: unknown): void;
  reject(reason: Error): void;
}

/** An event of the protocol with its payload. */
export type MemoryEvent = { [E in EventName]: { name: E; payload: EventMap[E] } }[EventName];

export interface ConnectionOptions {
  onEvent(event: MemoryEvent): void;
  /** The other end closed; every pending request has been rejected. */
  onClosed(): void;
  /** A message that fits no schema was dropped. */
  onInvalid(problem: Error): void;
}

export class Connection {
  readonly #channel: Channel;
  readonly #options: ConnectionOptions;
  readonly #pending = new Map<number, Pending>();
  #nextId = 1;
  #open = true;

  constructor(channel: Channel, options: ConnectionOptions) {
    this.#channel = channel;
    this.#options = options;
    channel.onMessage = (data) => this.#receive(data);
    channel.onClose = () => {
      this.#end('The kernel closed the connection to its memory. Restart the kernel to open it again.');
      options.onClosed();
    };
  }

  get isOpen(): boolean {
    return this.#open;
  }

  /**
   * Asks the kernel. Rejects with {@link ProtocolError}: the kernel's own, `invalidRequest` for an answer that fits no
   * schema, or `cancelled` when the connection ends first.
   *
   * @param signal - when aborted, the kernel is asked to end the request; the promise still waits for its answer.
   * @param handled - called when the kernel has dealt with the message, answered or not.
   */
  request<M extends RequestMethod>(
    method: M,
    params: RequestMap[M]['params'],
    { signal, handled }: { signal?: AbortSignal; handled?: () => void } = {},
  ): Promise<RequestMap[M]['result']> {
    if (!this.#open) {
      return Promise.reject(
        new ProtocolError(ErrorCode.cancelled, 'There is no connection to the kernel. Wait for it to start.'),
      );
    }
    const id = this.#nextId++;
    const answered = new Promise<unknown>((resolve, reject) => this.#pending.set(id, { method, resolve, reject }));
    this.#channel.send(request(id, method, params)).then(handled, (cause: unknown) => {
      this.#take(id)?.reject(
        new ProtocolError(
          ErrorCode.cancelled,
          'The kernel could not be asked. Try again when it is connected.',
          undefined,
          { cause },
        ),
      );
    });
    signal?.addEventListener('abort', () => this.#cancel(id), { once: true });
    return answered as Promise<RequestMap[M]['result']>;
  }

  /** Ends the connection from this side. */
  close(): void {
    if (!this.#open) return;
    this.#end('The connection to the kernel was closed.');
    this.#channel.close();
  }

  #cancel(id: number): void {
    if (!this.#pending.has(id) || !this.#open) return;
    this.request('cancel', { id }).catch(this.#options.onInvalid);
  }

  #end(message: string): void {
    this.#open = false;
    this.#channel.onMessage = null;
    this.#channel.onClose = null;
    const left = [...this.#pending.values()];
    this.#pending.clear();
    for (const { reject } of left) reject(new ProtocolError(ErrorCode.cancelled, message));
  }

  #take(id: number): Pending | undefined {
    const pending = this.#pending.get(id);
    this.#pending.delete(id);
    return pending;
  }

  #receive(data: unknown): void {
    try {
      if (fits(ResultMessage, data))
        this.#settle(data.id, ({ method, resolve }) =>
          resolve(parse(requests[method].result as Schema<unknown>, data.result)),
        );
      else if (fits(ErrorMessage, data)) this.#fail(data);
      else this.#announce(parse(NotificationMessage, data));
    } catch (error) {
      this.#options.onInvalid(error as Error);
    }
  }

  #settle(id: unknown, answer: (pending: Pending) => void): void {
    const pending = typeof id === 'number' ? this.#take(id) : undefined;
    if (pending === undefined) return;
    try {
      answer(pending);
    } catch (cause) {
      pending.reject(
        new ProtocolError(
          ErrorCode.invalidRequest,
          `The kernel's answer to ${pending.method} could not be read: ${(cause as Error).message}.`,
          undefined,
          { cause },
        ),
      );
    }
  }

  #fail({ id, error }: ErrorMessage): void {
    const failure = new ProtocolError(error.code as ErrorCode, error.message, error.data);
    if (id === null) this.#options.onInvalid(failure);
    else this.#settle(id, ({ reject }) => reject(failure));
  }

  #announce({ method, params }: NotificationMessage): void {
    // A newer kernel may announce what this client does not know.
    if (!isEventName(method)) return;
    const payload = parse<unknown>(events[method], params);
    this.#options.onEvent({ name: method, payload } as MemoryEvent);
  }
}
