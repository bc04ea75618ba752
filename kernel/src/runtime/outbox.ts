/**
 * The one sequence of frames to the front. Text of a burst gathers in shared memory and leaves in one frame; when the
 * main thread then spins without writing, the monitor's thread sends the tail. So output is neither one system call a
 * line nor ever late.
 *
 * Both threads write under one lock. A termination may unwind the main thread while it holds the lock: the lock names
 * its holder, so the main thread knows at its next turn that it was itself.
 */
import { writeSync } from 'node:fs';
import { encodeFrame } from '../ipc/frames.js';
import type { CellTag, FromRuntime } from '../ipc/messages.js';

export type StreamName = 'stdout' | 'stderr';

/** Who uses an outbox; the value in the lock while they hold it. */
export const Side = { main: 1, monitor: 2 } as const;
export type Side = (typeof Side)[keyof typeof Side];

const LOCK = 0;
/** Bytes of the pending text's description (its cell and stream, JSON); they stand first. */
const HEAD = 1;
/** Bytes pending in all; 0 when there are none. */
const USED = 2;
/** 1 while the pending text is being written. */
const IN_FLIGHT = 3;
const CONTROL_BYTES = 64;
/** Within the control bytes: one double, bytes of live tensors. */
const TENSOR_GAUGE_AT = 32;
const TEXT_BYTES = 96 * 1024;
/** A burst's text leaves when it is this long. */
const FULL_BYTES = 48 * 1024;
/** Text after a pause of this many ms leaves at once; within it, text gathers. */
const GATHER_MS = 5;
/** Longest text of one frame, UTF-16 units. */
const FRAME_UNITS = 4 * 1024 * 1024;

/** Memory that both sides share. */
export function makeOutboxMemory(): SharedArrayBuffer {
  const memory = new SharedArrayBuffer(CONTROL_BYTES + TEXT_BYTES);
  tensorGaugeIn(memory)[0] = NaN;
  return memory;
}

/** The one number that tells the monitor of live tensors; `NaN` for unknown. */
export const tensorGaugeIn = (memory: SharedArrayBuffer): Float64Array => new Float64Array(memory, TENSOR_GAUGE_AT, 1);

export class Outbox {
  private readonly control: Int32Array;
  private readonly bytes: Buffer;
  private pendingTag: CellTag | null = null;
  private pendingName: StreamName = 'stdout';
  private lastWrite = -Infinity;

  /** @param onTail is called when text begins to gather: somebody must flush it within a few ms. */
  constructor(
    memory: SharedArrayBuffer,
    private readonly side: Side,
    private readonly descriptor: number,
    private readonly onTail: () => void = () => undefined,
    private readonly clock: () => number = () => performance.now(),
  ) {
    this.control = new Int32Array(memory, 0, CONTROL_BYTES / 4);
    this.bytes = Buffer.from(memory, CONTROL_BYTES, TEXT_BYTES);
  }

  /** Sends text that a cell printed. */
  stream(tag: CellTag, name: StreamName, text: string): void {
    const now = this.clock();
    const recent = now - this.lastWrite < GATHER_MS;
    let begins = false;
    this.lock();
    const sameStream = this.pendingTag === tag && this.pendingName === name;
    if (this.used > 0 && (!sameStream || this.used + text.length * 3 > TEXT_BYTES)) this.writePending();
    if ((!recent && this.used === 0) || text.length * 3 > FULL_BYTES) {
      this.writeText(tag, name, text);
      this.lastWrite = now;
    } else {
      begins = this.used === 0;
      if (begins) this.openPending(tag, name);
      this.used += this.bytes.write(text, this.used);
      if (!recent || this.used >= FULL_BYTES) {
        this.writePending();
        this.lastWrite = now;
        begins = false;
      }
    }
    this.unlock();
    if (begins) this.onTail();
  }

  /**
   * Sends text from code that interrupts any other, on the main thread. `false` when that was at work here: nothing is
   * sent then.
   */
  streamBetween(tag: CellTag, name: StreamName, text: string): boolean {
    if (Atomics.load(this.control, LOCK) === this.side) return false;
    this.stream(tag, name, text);
    return true;
  }

  /** Sends any other frame, after the text that came before it. */
  send(message: FromRuntime): void {
    const frame = encodeFrame(message);
    this.lock();
    this.writePending();
    writeAll(this.descriptor, frame);
    this.unlock();
  }

  /** Sends gathered text. The monitor gives up when the main thread is at it: `false` then, and it tries again later. */
  flush(): boolean {
    if (this.side === Side.main) this.lock();
    else if (Atomics.compareExchange(this.control, LOCK, 0, Side.monitor) !== 0) return false;
    this.writePending();
    this.unlock();
    return true;
  }

  private get used(): number {
    return this.control[USED] as number;
  }

  private set used(value: number) {
    this.control[USED] = value;
  }

  private openPending(tag: CellTag, name: StreamName): void {
    this.pendingTag = tag;
    this.pendingName = name;
    const head = this.bytes.write(JSON.stringify({ tag, name }));
    this.control[HEAD] = head;
    this.used = head;
  }

  private writePending(): void {
    const { used } = this;
    if (used === 0) return;
    const head = this.control[HEAD] as number;
    const { tag, name } = JSON.parse(this.bytes.toString('utf8', 0, head)) as { tag: CellTag; name: StreamName };
    const frame = encodeFrame({ type: 'stream', tag, name, text: this.bytes.toString('utf8', head, used) });
    this.control[IN_FLIGHT] = 1;
    writeAll(this.descriptor, frame);
    this.used = 0;
    this.control[IN_FLIGHT] = 0;
  }

  private writeText(tag: CellTag, name: StreamName, text: string): void {
    for (let start = 0; start < text.length;) {
      let end = Math.min(text.length, start + FRAME_UNITS);
      if (end < text.length && isHighSurrogate(text.charCodeAt(end - 1))) end -= 1;
      writeAll(this.descriptor, encodeFrame({ type: 'stream', tag, name, text: text.slice(start, end) }));
      start = end;
    }
  }

  private lock(): void {
    for (;;) {
      const holder = Atomics.compareExchange(this.control, LOCK, 0, this.side);
      if (holder === 0) return;
      if (holder === this.side) {
        // This thread was unwound while it wrote. A blocking write is done as a whole once it has begun.
        if (this.control[IN_FLIGHT] === 1) {
          this.used = 0;
          this.control[IN_FLIGHT] = 0;
        }
        return;
      }
      Atomics.wait(this.control, LOCK, holder, 50);
    }
  }

  private unlock(): void {
    Atomics.store(this.control, LOCK, 0);
    if (this.side === Side.monitor) Atomics.notify(this.control, LOCK);
  }
}

const isHighSurrogate = (unit: number): boolean => unit >= 0xd800 && unit <= 0xdbff;

/**
 * Writes all of a buffer, waiting while the reader is slow. A reader that is gone ends this process: there is nobody
 * left to work for.
 */
export function writeAll(descriptor: number, bytes: Buffer): void {
  for (let offset = 0; offset < bytes.length;) {
    try {
      offset += writeSync(descriptor, bytes, offset);
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === 'EAGAIN' || code === 'EINTR') pause();
      else process.kill(process.pid, 'SIGKILL');
    }
  }
}

const pauseCell = new Int32Array(new SharedArrayBuffer(4));
const pause = (): void => void Atomics.wait(pauseCell, 0, 0, 1);
