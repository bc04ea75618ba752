/** A panel's side of the memory protocol, over the raw wire; checks every message against the protocol's schemas. */
import { randomUUID } from 'node:crypto';
import {
  COMM_TARGET,
  ErrorMessage,
  NotificationMessage,
  PROTOCOL_VERSION,
  ResultMessage,
  events,
  fits,
  isEventName,
  parse,
  requests,
  type EventMap,
  type EventName,
  type RequestMap,
  type RequestMethod,
  type Schema,
} from '@heapmark/protocol';
import type { WireClient } from './wire-client.js';
import type { WireMessage } from './message-schemas.js';

/** An error that the kernel answered with. */
export class MemoryError extends Error {
  constructor(
    readonly code: number,
    message: string,
    readonly data: unknown,
  ) {
    super(message);
  }
}

export class MemoryComm {
  readonly id = randomUUID();
  private nextId = 1;

  constructor(private readonly client: WireClient) {
    client.send('comm_open', { comm_id: this.id, target_name: COMM_TARGET, data: {} });
  }

  /** Everything this comm was told without asking. */
  get events(): { name: string; params: unknown }[] {
    return this.data().flatMap((data) =>
      fits(NotificationMessage, data) && !fits(ResultMessage, data) ? [{ name: data.method, params: data.params }] : [],
    );
  }

  /** Sends anything, good or bad. */
  send(data: object): void {
    this.client.send('comm_msg', { comm_id: this.id, data });
  }

  async request<M extends RequestMethod>(method: M, params: RequestMap[M]['params']): Promise<RequestMap[M]['result']> {
    const id = this.nextId++;
    this.send({ jsonrpc: '2.0', id, method, params });
    return parse(requests[method].result as Schema<RequestMap[M]['result']>, await this.answer(id));
  }

  /** The result of the request with that id; rejects with {@link MemoryError}. */
  async answer(id: number | string | null): Promise<unknown> {
    const message = await this.client.until(
      (candidate) => this.owns(candidate) && candidate.content['data']['id'] === id,
    );
    const data = message.content['data'] as unknown;
    if (fits(ErrorMessage, data)) throw new MemoryError(data.error.code, data.error.message, data.error.data);
    return parse(ResultMessage, data).result;
  }

  /** The next event of a name, checked. */
  async event<E extends EventName>(
    name: E,
    wanted: (params: EventMap[E]) => boolean = () => true,
  ): Promise<EventMap[E]> {
    const message = await this.client.next((candidate) => {
      const data = candidate.content['data'] as { method?: string; params?: unknown } | undefined;
      return this.owns(candidate) && data?.method === name && wanted(data.params as EventMap[E]);
    }, `event ${name}`);
    if (!isEventName(name)) throw new Error(`${String(name)} is no event`);
    return parse(events[name] as Schema<EventMap[E]>, message.content['data'].params);
  }

  close(): void {
    this.client.send('comm_close', { comm_id: this.id, data: {} });
  }

  private owns(message: WireMessage): boolean {
    return message.header.msg_type === 'comm_msg' && message.content['comm_id'] === this.id;
  }

  private data(): unknown[] {
    return this.client.seen.filter((message) => this.owns(message)).map((message) => message.content['data']);
  }
}

/** Opens a comm and exchanges versions. */
export async function openMemory(client: WireClient): Promise<MemoryComm> {
  const comm = new MemoryComm(client);
  await comm.request('hello', { version: PROTOCOL_VERSION, client: 'test' });
  return comm;
}
