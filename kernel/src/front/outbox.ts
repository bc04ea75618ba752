/**
 * The queue of broadcasts: keeps their order, joins neighbouring pieces of one cell's text, and holds a bound.
 *
 * A slow subscriber slows the source down (`pressure`), it never makes the queue grow without end; one that does not read
 * at all stops mattering after a while, so that it cannot hold the kernel.
 */
import { reasonOf, type Logger } from './log.js';
import { roughSize } from './rough-size.js';
import type { Message } from './wire.js';

/** Text of one broadcast at most, characters: longer output is cut into several. */
const STREAM_LIMIT = 65_536;
/** From so much waiting, bytes, the source should pause; below the lower mark it may go on. */
const HIGH_WATER = 16 * 1024 * 1024;
const LOW_WATER = 4 * 1024 * 1024;
/** Pause before a refused broadcast is tried again, ms. */
const RETRY_MS = 2;
/** A subscriber that takes nothing for so long, ms, loses broadcasts from then on. */
const STUCK_MS = 5_000;

export interface OutboxTarget {
  /** False when a subscriber has too much waiting: the same frames are offered again. */
  publish(frames: Uint8Array[]): Promise<boolean>;
  dropForSlowSubscribers(): void;
}

/** Makes the frames of a broadcast, called when its turn comes. */
export type Encoder = (message: Message) => Uint8Array[];

interface StreamText {
  name: 'stdout' | 'stderr';
  text: string;
  build: (name: 'stdout' | 'stderr', text: string) => Message;
  key: string;
}

type Entry = { message: Message; bytes: number } | { stream: StreamText };

export class Outbox {
  private readonly queue: Entry[] = [];
  private waiting = 0;
  private running = false;
  private pressed = false;
  private idleWaiters: (() => void)[] = [];

  /**
   * @param onPressure told `true` when the source should pause and `false` when it may go on.
   * @param now a clock in ms.
   */
  constructor(
    private readonly target: OutboxTarget,
    private readonly encode: Encoder,
    private readonly onPressure: (pressed: boolean) => void,
    private readonly log: Logger,
    private readonly now: () => number = () => performance.now(),
  ) {}

  push(message: Message): void {
    const bytes = message.buffers.reduce((sum, buffer) => sum + buffer.byteLength, roughSize(message.content));
    this.queue.push({ message, bytes });
    this.grew(bytes);
  }

  /** Text of a cell. Pieces with the same key and name that stand side by side leave as one broadcast. */
  stream(key: string, name: 'stdout' | 'stderr', text: string, build: StreamText['build']): void {
    for (let from = 0; from < text.length;) {
      const last = this.queue.at(-1);
      const open = last !== undefined && 'stream' in last && last.stream.key === key && last.stream.name === name;
      const room = open ? STREAM_LIMIT - last.stream.text.length : STREAM_LIMIT;
      const joins = open && room > 1;
      const piece = take(text, from, joins ? room : STREAM_LIMIT);
      if (joins) last.stream.text += piece;
      else this.queue.push({ stream: { key, name, text: piece, build } });
      from += piece.length;
    }
    this.grew(text.length);
  }

  /** Resolves when everything pushed so far, and what joins meanwhile, was handed over. */
  async flushed(): Promise<void> {
    if (!this.running) return;
    await new Promise<void>((resolve) => this.idleWaiters.push(resolve));
  }

  private grew(bytes: number): void {
    this.waiting += bytes;
    if (!this.pressed && this.waiting > HIGH_WATER) {
      this.pressed = true;
      this.onPressure(true);
    }
    if (!this.running) {
      this.running = true;
      setImmediate(() => void this.drain());
    }
  }

  private async drain(): Promise<void> {
    for (;;) {
      const entry = this.queue.shift();
      if (entry === undefined) break;
      const [message, bytes] =
        'stream' in entry
          ? [entry.stream.build(entry.stream.name, entry.stream.text), entry.stream.text.length]
          : [entry.message, entry.bytes];
      await this.deliver(message);
      this.waiting -= bytes;
      if (this.pressed && this.waiting < LOW_WATER) {
        this.pressed = false;
        this.onPressure(false);
      }
    }
    this.running = false;
    for (const resolve of this.idleWaiters.splice(0)) resolve();
  }

  private async deliver(message: Message): Promise<void> {
    try {
      const frames = this.encode(message);
      const since = this.now();
      while (!(await this.target.publish(frames))) {
        if (this.now() - since > STUCK_MS) this.target.dropForSlowSubscribers();
        await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
      }
    } catch (error) {
      this.log.error(`a ${message.header.msg_type} was not sent: ${reasonOf(error)}`);
    }
  }
}

/** At most `limit` characters from `from`, never half of a surrogate pair. */
function take(text: string, from: number, limit: number): string {
  let end = Math.min(text.length, from + limit);
  const last = text.charCodeAt(end - 1);
  if (end < text.length && last >= 0xd800 && last <= 0xdbff) end -= 1;
  return text.slice(from, end);
}
