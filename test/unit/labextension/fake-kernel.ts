/** A kernel as the memory client sees one: each message it got is kept, and the test answers as it likes. */
import {
  events,
  failure,
  notification,
  parse,
  requests,
  result,
  type EventMap,
  type EventName,
  type RequestMap,
  type RequestMessage,
  type RequestMethod,
  type Schema,
} from '@heapmark/protocol';
import { Signal } from '@lumino/signaling';
import type { Channel, KernelPort, PortState } from '../../../labextension/src/client/channel.js';
import { memoryRecord } from './records.js';

export class FakeChannel implements Channel {
  readonly id = 'comm-1';
  readonly sent: RequestMessage[] = [];
  readonly dealtWith: (() => void)[] = [];
  isClosed = false;
  onMessage: ((data: unknown) => void) | null = null;
  onClose: (() => void) | null = null;
  onSent: ((message: RequestMessage) => void) | null = null;

  send(message: object): Promise<void> {
    this.sent.push(message as RequestMessage);
    this.onSent?.(message as RequestMessage);
    return new Promise((resolve) => this.dealtWith.push(resolve));
  }

  close(): void {
    this.isClosed = true;
  }

  asked(method: RequestMethod): RequestMessage[] {
    return this.sent.filter((message) => message.method === method);
  }

  answer<M extends RequestMethod>(method: M, value: RequestMap[M]['result']): void {
    const message = this.asked(method).at(-1);
    if (message === undefined) throw new Error(`${method} was not asked`);
    this.onMessage?.(result(message.id, parse(requests[method].result as Schema<unknown>, value)));
  }

  refuse(method: RequestMethod, code: number, text: string): void {
    const message = this.asked(method).at(-1);
    if (message === undefined) throw new Error(`${method} was not asked`);
    this.onMessage?.(failure(message.id, code, text));
  }

  tell<E extends EventName>(name: E, payload: EventMap[E]): void {
    this.onMessage?.(notification(name, parse(events[name] as Schema<unknown>, payload)));
  }
}

export const hello: RequestMap['hello']['result'] = {
  version: 1,
  kernel: 'fake',
  kernelVersion: '1.0.0',
  language: 'typescript',
  methods: ['hello', 'subscribe', 'cancel', 'memory', 'variables', 'cells', 'free', 'gc'],
  topics: ['sample', 'cell', 'variables', 'warning', 'progress'],
  heapLimit: 4e9,
};

/** Answers like a Heapmark kernel where nothing was run, until a test says otherwise. */
export class FakeKernel implements KernelPort {
  readonly kernelId = 'kernel-1';
  readonly channels: FakeChannel[] = [];
  readonly stateChanged: Signal<KernelPort, PortState> = new Signal<KernelPort, PortState>(this);
  state: PortState = 'up';
  /** Methods that wait for the test. */
  silent = new Set<string>();
  answers: { [M in RequestMethod]?: RequestMap[M]['result'] } = {
    hello,
    memory: memoryRecord(),
    cells: { cells: [] },
  };

  open(): Channel {
    const channel = new FakeChannel();
    channel.onSent = (message) => {
      if (this.silent.has(message.method)) return;
      const value = message.method === 'subscribe' ? message.params : this.answers[message.method as RequestMethod];
      if (value !== undefined) queueMicrotask(() => channel.onMessage?.(result(message.id, value)));
    };
    this.channels.push(channel);
    return channel;
  }

  get channel(): FakeChannel {
    const channel = this.channels.at(-1);
    if (channel === undefined) throw new Error('No comm was opened.');
    return channel;
  }

  become(state: PortState): void {
    this.state = state;
    this.stateChanged.emit(state);
  }

  /** Methods in the order they were asked for, over all comms. */
  get methods(): string[] {
    return this.channels.flatMap(({ sent }) => sent.map(({ method }) => method));
  }
}

/** Lets everything that is due without a timer happen. */
export const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
