/** The kernel's five ZeroMQ sockets. The only file that knows the zeromq package. */
import { Context, Reply, Router, XPublisher, type Socket } from 'zeromq';
import { CHANNELS, endpoint, type Channel, type Connection } from './connection.js';
import { reasonOf, type Logger } from './log.js';

/** Channels on which clients talk to the kernel one by one. */
export type RoutedChannel = 'shell' | 'control' | 'stdin';

export interface SocketEvents {
  /** Frames of one message from a client. */
  received(channel: RoutedChannel, frames: Buffer[]): void;
  /** A client began to listen to the broadcasts whose first frame starts with `topic`. */
  subscribed(topic: Buffer): void;
  unsubscribed(topic: Buffer): void;
}

/** Messages that may wait for one slow subscriber before `publish` says no. */
const PUBLISH_HIGH_WATER = 1_000;
/** How long closing sockets keep trying to deliver, ms. */
const LINGER_MS = 1_000;

/** Bound sockets; created by {@link bindSockets}. */
export class KernelSockets {
  private readonly sending = new Map<RoutedChannel, Promise<void>>();
  private closed = false;
  private dropping = false;

  constructor(
    private readonly context: Context,
    private readonly routers: Record<RoutedChannel, Router>,
    private readonly publisher: XPublisher,
    private readonly heartbeat: Reply,
    private readonly log: Logger,
  ) {}

  /** Starts to read; before this nothing that came is lost, it waits in the sockets. */
  listen(events: SocketEvents): void {
    for (const channel of ['shell', 'control', 'stdin'] as const) {
      void this.pump(this.routers[channel], (frames) => events.received(channel, frames));
    }
    void this.pump(this.publisher, ([frame]) => {
      if (frame === undefined || frame.length === 0) return;
      if (frame[0] === 1) events.subscribed(frame.subarray(1));
      else if (frame[0] === 0) {
        // It may have been the one that did not read: the others are to miss nothing.
        if (this.dropping) this.setDropping(false);
        events.unsubscribed(frame.subarray(1));
      }
    });
    void this.pump(this.heartbeat, (frames) => this.heartbeat.send(frames));
  }

  /** Queues a message to one client; a client that is gone is no error. */
  send(channel: RoutedChannel, frames: Uint8Array[]): void {
    const before = this.sending.get(channel) ?? Promise.resolve();
    const sent = before
      .then(() => (this.closed ? undefined : this.routers[channel].send(asMessage(frames))))
      .catch((error: unknown) => this.log.warn(`a message on ${channel} was not sent: ${reasonOf(error)}`));
    this.sending.set(channel, sent);
  }

  /** Broadcasts. False, and nothing sent to anyone, while a subscriber has too many messages waiting. */
  async publish(frames: Uint8Array[]): Promise<boolean> {
    if (this.closed) return true;
    try {
      await this.publisher.send(asMessage(frames));
      return true;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'EAGAIN') return false;
      throw error;
    }
  }

  /** From now on a subscriber with too many messages waiting misses some, until one leaves; `publish` always succeeds. */
  dropForSlowSubscribers(): void {
    if (!this.dropping) this.setDropping(true);
  }

  /** Resolves when all that was queued by `send` has been handed to ZeroMQ. */
  async flushed(): Promise<void> {
    await Promise.all(this.sending.values());
  }

  close(): void {
    if (this.closed) return;
    this.closed = true;
    for (const socket of [...Object.values(this.routers), this.publisher, this.heartbeat]) socket.close();
  }

  private setDropping(dropping: boolean): void {
    this.dropping = dropping;
    this.publisher.noDrop = !dropping;
    this.log.warn(
      dropping ? 'a client does not read: it misses broadcasts from now on' : 'no client misses broadcasts',
    );
  }

  private async pump(
    socket: Router | XPublisher | Reply,
    take: (frames: Buffer[]) => void | Promise<void>,
  ): Promise<void> {
    while (!this.closed) {
      try {
        await take(await socket.receive());
      } catch (error) {
        if (!this.closed) this.log.warn(`reading a socket failed: ${reasonOf(error)}`);
      }
    }
  }
}

const asMessage = (frames: Uint8Array[]): Buffer[] => frames as Buffer[];

/** Binds all five sockets where the connection file says, encrypted when it holds keys. Throws when one is taken. */
export async function bindSockets(connection: Connection, log: Logger): Promise<KernelSockets> {
  const context = new Context();
  const curve =
    connection.curve === null
      ? {}
      : {
          curveServer: true,
          curvePublicKey: connection.curve.publicKey,
          curveSecretKey: connection.curve.secretKey,
        };
  const common = { context, linger: LINGER_MS, ipv6: connection.ip.includes(':'), ...curve };
  const router = () => new Router({ ...common, sendHighWaterMark: 0, receiveHighWaterMark: 0, handover: true });
  const sockets = {
    shell: router(),
    control: router(),
    stdin: router(),
    iopub: new XPublisher({
      ...common,
      noDrop: true,
      sendHighWaterMark: PUBLISH_HIGH_WATER,
      sendTimeout: 0,
      verbosity: 'allSubsUnsubs',
    }),
    hb: new Reply(common),
  } satisfies Record<Channel, Socket>;
  try {
    await Promise.all(CHANNELS.map((channel) => sockets[channel].bind(endpoint(connection, channel))));
  } catch (error) {
    for (const socket of Object.values(sockets)) socket.close();
    throw error;
  }
  const { shell, control, stdin } = sockets;
  return new KernelSockets(context, { shell, control, stdin }, sockets.iopub, sockets.hb, log);
}
