/** A client on the raw wire, as thin as can be, so that what it measures is the kernel. */
import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { Dealer, Subscriber } from 'zeromq';
import { decode, encode, ReplayWindow, Signer, type ReceivedMessage } from '../../kernel/src/front/wire.js';

export interface ConnectionFields {
  ip: string;
  transport: 'tcp';
  key: string;
  signature_scheme: string;
  kernel_name: string;
  shell_port: number;
  iopub_port: number;
  stdin_port: number;
  control_port: number;
  hb_port: number;
}

/** When things came, by `performance.now()`. Milliseconds. */
export interface CellTimes {
  sent: number;
  /** First output of any kind; `null` when there was none. */
  firstOutput: number | null;
  /** Reply and idle have both come, or the wait for idle was given up. */
  done: number;
}

export interface CellRun extends CellTimes {
  reply: ReceivedMessage;
  /** False when idle never came: a kernel whose socket overflows loses that message too. */
  idle: boolean;
}

const OUTPUTS = new Set(['stream', 'execute_result', 'display_data', 'error']);
/** ZeroMQ tries again after 100 ms by itself, which would round every start up. Milliseconds. */
const RECONNECT_MS = 2;
/** How long idle may come after the reply. Milliseconds. */
const IDLE_BOUND_MS = 10_000;

type Listener = (message: ReceivedMessage) => void;

export class KernelClient {
  private readonly session = randomUUID();
  private readonly signer: Signer;
  private readonly replays = new ReplayWindow(0);
  private readonly shell: Dealer;
  private readonly control: Dealer;
  private readonly iopub: Subscriber;
  private readonly awaited = new Map<string, Listener>();
  private readonly listeners = new Set<Listener>();
  /** A socket takes one message at a time. */
  private readonly queues = { shell: Promise.resolve(), control: Promise.resolve() };

  constructor(fields: ConnectionFields) {
    this.signer = new Signer(fields.key, fields.signature_scheme);
    const address = (port: number): string => `tcp://${fields.ip}:${port}`;
    const dealer = (port: number): Dealer => {
      const socket = new Dealer({ routingId: this.session, reconnectInterval: RECONNECT_MS, linger: 0 });
      socket.connect(address(port));
      return socket;
    };
    this.shell = dealer(fields.shell_port);
    this.control = dealer(fields.control_port);
    // No bound: a slow reader must not make the kernel's socket drop output.
    this.iopub = new Subscriber({ reconnectInterval: RECONNECT_MS, receiveHighWaterMark: 0, linger: 0 });
    this.iopub.connect(address(fields.iopub_port));
    this.iopub.subscribe();
    void this.pump(this.shell, (message) => this.settle(message));
    void this.pump(this.control, (message) => this.settle(message));
    void this.pump(this.iopub, (message) => {
      for (const listener of this.listeners) listener(message);
    });
  }

  /** Sends a request and waits for its reply. */
  async request(
    type: string,
    content: Record<string, unknown>,
    channel: 'shell' | 'control' = 'shell',
  ): Promise<ReceivedMessage> {
    const { id, sending } = this.send(type, content, channel);
    const reply = new Promise<ReceivedMessage>((resolve) => this.awaited.set(id, resolve));
    await sending;
    return reply;
  }

  /** Sends a message that has no reply of its own. Resolves with the message's id when it is in the socket. */
  async post(type: string, content: Record<string, unknown>): Promise<string> {
    const { id, sending } = this.send(type, content, 'shell');
    await sending;
    return id;
  }

  /** Runs a cell; resolves when its reply and its idle have come. */
  async execute(code: string): Promise<CellRun> {
    const sent = performance.now();
    const { id, sending } = this.send(
      'execute_request',
      { code, silent: false, store_history: true, user_expressions: {}, allow_stdin: false, stop_on_error: true },
      'shell',
    );
    const reply = new Promise<ReceivedMessage>((resolve) => this.awaited.set(id, resolve));
    let firstOutput: number | null = null;
    const idle = new Promise<true>((resolve) => {
      const listener = (message: ReceivedMessage): void => {
        if (message.parent.msg_id !== id) return;
        if (OUTPUTS.has(message.header.msg_type)) {
          firstOutput ??= performance.now();
        } else if (message.header.msg_type === 'status' && message.content['execution_state'] === 'idle') {
          this.listeners.delete(listener);
          resolve(true);
        }
      };
      this.listeners.add(listener);
    });
    await sending;
    const replied = await reply;
    const bound = new AbortController();
    const ended = await Promise.race([idle, delay(IDLE_BOUND_MS, false, { signal: bound.signal })]);
    bound.abort();
    return { sent, firstOutput, done: performance.now(), reply: replied, idle: ended };
  }

  /** Calls `listener` for each broadcast message until the returned function is called. */
  onBroadcast(listener: Listener): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  close(): void {
    for (const socket of [this.shell, this.control, this.iopub]) socket.close();
  }

  private send(
    type: string,
    content: Record<string, unknown>,
    channel: 'shell' | 'control',
  ): { id: string; sending: Promise<void> } {
    const id = randomUUID();
    const header = {
      msg_id: id,
      msg_type: type,
      session: this.session,
      username: 'bench',
      date: new Date().toISOString(),
      version: '5.3',
    };
    const frames = encode({ header, parent: {}, metadata: {}, content, buffers: [] }, this.signer);
    const sending = this.queues[channel].then(() => this[channel].send(frames));
    this.queues[channel] = sending;
    return { id, sending };
  }

  private settle(message: ReceivedMessage): void {
    const id = message.parent.msg_id;
    if (id === undefined) return;
    this.awaited.get(id)?.(message);
    this.awaited.delete(id);
  }

  private async pump(socket: Dealer | Subscriber, deliver: Listener): Promise<void> {
    for await (const frames of socket) {
      deliver(decode(frames, this.signer, this.replays));
    }
  }
}
