/**
 * A Jupyter client on the raw wire, with framing and signing of its own. Every message it sees is checked: its form by
 * `message-schemas.ts`, its place by `MessageOrder`.
 */
import { createHmac, randomUUID } from 'node:crypto';
import { Dealer, Request, Subscriber, curveKeyPair, type Socket } from 'zeromq';
import { MessageOrder } from './message-order.js';
import { checkMessage, type WireMessage } from './message-schemas.js';

export interface ConnectionInfo {
  transport: 'tcp' | 'ipc';
  ip: string;
  shell_port: number;
  iopub_port: number;
  stdin_port: number;
  control_port: number;
  hb_port: number;
  key: string;
  signature_scheme: string;
  curve_publickey?: string;
  curve_secretkey?: string;
}

export type RequestChannel = 'shell' | 'control';

export interface SendOptions {
  channel?: RequestChannel;
  metadata?: Record<string, unknown>;
  buffers?: Buffer[];
}

/** A request with all that came of it. */
export interface Exchange {
  id: string;
  reply: WireMessage;
  /** Broadcasts caused by it, `busy` to `idle`, in order. */
  broadcasts: WireMessage[];
}

const DELIMITER = '<IDS|MSG>';

type Listener = (message: WireMessage) => void;

export class WireClient {
  readonly session = randomUUID();
  /** Everything seen, oldest first. */
  readonly seen: WireMessage[] = [];
  /** What was wrong with messages that came; a test that ends looks here. */
  readonly faults: Error[] = [];
  private readonly order = new MessageOrder();
  private readonly listeners = new Set<Listener>();
  private readonly sockets: { shell: Dealer; control: Dealer; stdin: Dealer; iopub: Subscriber };
  private readonly heartbeat: Request;
  private sending: Promise<void> = Promise.resolve();
  private closed = false;

  /** @param patienceMs longest wait for anything: a kernel that hangs fails the test. */
  constructor(
    private readonly info: ConnectionInfo,
    private readonly patienceMs = 30_000,
  ) {
    const dealer = () => new Dealer({ linger: 0, routingId: this.session, ...curveOptions(info) });
    this.sockets = {
      shell: dealer(),
      control: dealer(),
      stdin: dealer(),
      iopub: new Subscriber({ linger: 0, receiveHighWaterMark: 0, ...curveOptions(info) }),
    };
    this.heartbeat = new Request({ linger: 0, receiveTimeout: patienceMs, ...curveOptions(info) });
    this.sockets.iopub.subscribe();
    for (const channel of ['shell', 'control', 'stdin', 'iopub'] as const) {
      this.sockets[channel].connect(address(info, info[`${channel}_port`]));
      void this.pump(channel, this.sockets[channel]);
    }
    this.heartbeat.connect(address(info, info.hb_port));
  }

  /** Sends a request; `exchange` waits for what comes of it. Returns its id. */
  send(type: string, content: object, options: SendOptions = {}): string {
    const header = this.header(type);
    this.order.sent(header.msg_id, type);
    const frames = this.frames(header, {}, options.metadata ?? {}, content);
    this.sendFrames(options.channel ?? 'shell', [...frames, ...(options.buffers ?? [])]);
    return header.msg_id;
  }

  /** Raw frames, good or bad. */
  sendFrames(channel: RequestChannel | 'stdin', frames: (string | Buffer)[]): void {
    this.sending = this.sending.then(() => this.sockets[channel].send(frames));
  }

  /** Frames of a message, signed with the connection's key or another. */
  frames(header: object, parent: object, metadata: object, content: object, key = this.info.key): string[] {
    const parts = [header, parent, metadata, content].map((part) => JSON.stringify(part));
    const hmac = createHmac(this.info.signature_scheme.replace('hmac-', ''), key);
    for (const part of parts) hmac.update(part);
    return [DELIMITER, this.info.key === '' ? '' : hmac.digest('hex'), ...parts];
  }

  header(type: string): WireMessage['header'] {
    return {
      msg_id: randomUUID(),
      msg_type: type,
      session: this.session,
      username: 'test',
      date: new Date().toISOString(),
      version: '5.5',
    };
  }

  /** Sends a request and waits for its reply and its `idle`. */
  async request(type: string, content: object = {}, options: SendOptions = {}): Promise<Exchange> {
    return this.exchange(this.send(type, content, options));
  }

  /** Waits for the reply and the `idle` of a request that was sent. */
  async exchange(id: string): Promise<Exchange> {
    const reply = this.until(
      (message) => message.channel !== 'iopub' && isReply(message) && message.parent.msg_id === id,
    );
    const idle = this.until((message) => message.parent.msg_id === id && message.content['execution_state'] === 'idle');
    const [replied] = await Promise.all([reply, idle]);
    return { id, reply: replied, broadcasts: this.broadcastsOf(id) };
  }

  /** Runs a cell. */
  async execute(code: string, content: object = {}, metadata: Record<string, unknown> = {}): Promise<Exchange> {
    return this.request('execute_request', this.executeContent(code, content), { metadata });
  }

  /** Sends a cell without waiting. */
  submit(code: string, content: object = {}, metadata: Record<string, unknown> = {}): string {
    return this.send('execute_request', this.executeContent(code, content), { metadata });
  }

  /** Answers an `input_request`. */
  answerInput(question: WireMessage, value: string): void {
    this.sendFrames('stdin', this.frames(this.header('input_reply'), question.header, {}, { value }));
  }

  /** The first message, seen already or yet to come, that fits. */
  until(fits: (message: WireMessage) => boolean, what = 'a message'): Promise<WireMessage> {
    const seen = this.seen.find(fits);
    return seen === undefined ? this.next(fits, what) : Promise.resolve(seen);
  }

  /** The first message to come from now on that fits. */
  next(fits: (message: WireMessage) => boolean, what = 'a message'): Promise<WireMessage> {
    return new Promise((resolve, reject) => {
      const last = () =>
        this.seen
          .slice(-5)
          .map((message) => `${message.channel} ${message.header.msg_type}`)
          .join(', ');
      const timer = setTimeout(() => {
        this.listeners.delete(listener);
        reject(new Error(`${what} did not come within ${this.patienceMs} ms; last were ${last()}`));
      }, this.patienceMs);
      const listener: Listener = (message) => {
        if (!fits(message)) return;
        clearTimeout(timer);
        this.listeners.delete(listener);
        resolve(message);
      };
      this.listeners.add(listener);
    });
  }

  broadcastsOf(id: string): WireMessage[] {
    return this.seen.filter((message) => message.channel === 'iopub' && message.parent.msg_id === id);
  }

  /** A ping on the heartbeat socket; resolves with what came back. */
  async beat(payload: string): Promise<string> {
    await this.heartbeat.send(payload);
    const [answer] = await this.heartbeat.receive();
    return String(answer);
  }

  /** Waits until this client is subscribed and the kernel answers. */
  async ready(): Promise<Exchange> {
    await this.until((message) => message.header.msg_type === 'iopub_welcome', 'iopub_welcome');
    return this.request('kernel_info_request');
  }

  /** Lets go of what it has seen: long runs would fill the memory. */
  forget(): void {
    this.seen.length = 0;
  }

  close(): void {
    if (this.closed) return;
    this.closed = true;
    for (const socket of [...Object.values(this.sockets), this.heartbeat]) socket.close();
  }

  private executeContent(code: string, content: object): object {
    return {
      code,
      silent: false,
      store_history: true,
      user_expressions: {},
      allow_stdin: false,
      stop_on_error: true,
      ...content,
    };
  }

  private async pump(channel: WireMessage['channel'], socket: Dealer | Subscriber): Promise<void> {
    try {
      for await (const frames of socket) this.take(channel, frames);
    } catch (error) {
      if (!this.closed) this.faults.push(error as Error);
    }
  }

  private take(channel: WireMessage['channel'], frames: Buffer[]): void {
    let message: WireMessage;
    try {
      message = this.read(channel, frames);
      checkMessage(message);
      this.order.came(message);
    } catch (error) {
      this.faults.push(error as Error);
      return;
    }
    this.seen.push(message);
    for (const listener of [...this.listeners]) listener(message);
  }

  private read(channel: WireMessage['channel'], frames: Buffer[]): WireMessage {
    const at = frames.findIndex((frame) => frame.toString('latin1') === DELIMITER);
    if (at === -1) throw new Error(`${channel}: a message without delimiter`);
    const [signature, ...rest] = frames.slice(at + 1);
    const parts = rest.slice(0, 4);
    if (this.info.key !== '') {
      const hmac = createHmac(this.info.signature_scheme.replace('hmac-', ''), this.info.key);
      for (const part of parts) hmac.update(part);
      if (hmac.digest('hex') !== signature?.toString('latin1')) throw new Error(`${channel}: a wrong signature`);
    }
    const [header, parent, metadata, content] = parts.map((part) => JSON.parse(part.toString('utf8')));
    return { channel, identities: frames.slice(0, at), header, parent, metadata, content, buffers: rest.slice(4) };
  }
}

const isReply = (message: WireMessage): boolean => message.header.msg_type.endsWith('_reply');

const address = (info: ConnectionInfo, port: number): string =>
  info.transport === 'ipc' ? `ipc://${info.ip}-${port}` : `tcp://${info.ip}:${port}`;

function curveOptions(info: ConnectionInfo): Partial<Socket> {
  if (info.curve_publickey === undefined) return {};
  const own = curveKeyPair();
  return {
    curveServerKey: info.curve_publickey,
    curvePublicKey: own.publicKey,
    curveSecretKey: own.secretKey,
  };
}
