/**
 * Stops a cell before its memory ends the runtime: at the limit a user set, near V8's heap limit, and when the machine
 * or the container has no room left. The names stay; only the cell ends.
 */
import { formatBytes, type MemlimitRecord, type MemorySample } from '@heapmark/protocol';
import type { RawFrame } from '../ipc/messages.js';
import type { MemoryRoom } from './memory-room.js';
import type { Collected } from './runtime.js';

/** A cell that begins above the limit may still run, to free something, while it grows by less than this, bytes. */
const GRACE = 32_000_000;
/** A cell that has grown by less than this, bytes, is not the one that fills the machine. */
const FILLS = 256_000_000;
/** Shares of V8's heap limit: where its end is watched for; where a cell may have to end; and what of it must be in use. */
const WATCHED_SHARE = 0.5;
const SUSPECT_SHARE = 0.8;
const FULL_SHARE = 0.77;
/** Resident share of the heap limit from which the heap is looked at; reading resident memory disturbs nobody. */
const RESIDENT_SHARE = 0.4;
/** Room that is left to the system: a share of the whole within these bounds, bytes. */
const ROOM_SHARE = 0.03;
const LEAST_ROOM = 100_000_000;
const MOST_ROOM = 1_000_000_000;
/** A heap that was collected and found to be in order is let alone for so long, ms, and for so many times the pause, */
const LEAST_REST_MS = 250;
const REST_PAUSES = 4;
/** unless it is in use up to this share of the limit and has grown by that share of it since then. */
const LAST_SHARE = 0.95;
const GROWN_SHARE = 0.1;

/** Why a cell is stopped. */
export interface MemoryStop {
  used: number;
  limit: number;
  /** `4.1 GB of 4.3 GB, V8's heap limit`. */
  text: string;
}

export interface GuardActions {
  /** V8's heap limit in the runtime, bytes. */
  heapLimit(): number | null;
  room(): MemoryRoom | null;
  /** Samples of the heap are wanted at once, or no longer. */
  watchHeap(on: boolean): void;
  /** The runtime is to pause when V8's heap is about to end, or no longer. */
  watchHeapEnd(on: boolean): void;
  /**
   * Collects garbage in the runtime, also while it spins, and ends the code that runs when more heap than that is in use
   * after it; gives the heap in use, and where the code was that it has ended.
   */
  collect(stopAbove: number): Promise<Collected | null>;
  /** Ends the running cell; called once for each cell. `at`: where its code was, when that has been ended already. */
  stop(cause: MemoryStop, at: RawFrame[] | null): void;
  now(): number;
}

export class MemoryGuard {
  private limit: number | null = null;
  private on = true;
  private atStart = 0;
  /** Heap in use when this cell was first looked at. */
  private heapAtFirst: number | null = null;
  private stopped = true;
  /** Counts cells: what is learnt of one says nothing about the next. */
  private cell = 0;
  private collecting = false;
  private restsUntil = -Infinity;
  /** Heap in use after the last collection. */
  private collected = 0;
  /** The latest figure of the heap in use. */
  private heapNow = 0;

  constructor(private readonly actions: GuardActions) {}

  record(): MemlimitRecord {
    return { limit: this.limit, source: this.source(), heapLimit: this.actions.heapLimit() };
  }

  private source(): string {
    if (!this.on) return 'turned off by %memlimit off: V8 or the system ends the runtime when memory is full';
    const ends = "a cell is stopped near V8's heap limit and when the machine is full";
    return this.limit === null ? `no limit of yours: ${ends}` : `set by %memlimit; besides, ${ends}`;
  }

  /** Bytes of resident memory; `null` turns the guard off. Throws RangeError for anything but a positive number. */
  set(bytes: number | null): MemlimitRecord {
    if (bytes !== null && !(Number.isFinite(bytes) && bytes > 0)) {
      throw new RangeError('A memory limit is a positive number of bytes, or null for none.');
    }
    this.limit = bytes;
    this.on = bytes !== null;
    return this.record();
  }

  /** A cell begins, with so much resident memory. */
  cellBegins(resident: number | null): void {
    this.atStart = resident ?? 0;
    this.heapAtFirst = null;
    this.stopped = false;
    this.cell += 1;
  }

  cellEnds(): void {
    this.stopped = true;
    this.actions.watchHeap(false);
    this.actions.watchHeapEnd(false);
  }

  /** Looks at the resident memory of a busy runtime, bytes; `null` where the system does not tell. Cheap. */
  look(resident: number | null): void {
    if (!this.on || this.stopped) return;
    const heapLimit = this.actions.heapLimit();
    this.actions.watchHeap(resident === null || (heapLimit !== null && resident > heapLimit * RESIDENT_SHARE));
    if (resident === null) return;
    this.compareWithLimit(resident);
    if (resident > this.atStart + FILLS) this.compareWithRoom(resident);
  }

  /** Looks at a sample of a busy runtime. */
  check(sample: MemorySample): void {
    if (!this.on || this.stopped) return;
    const used = sample.rss ?? accounted(sample);
    if (used !== null) this.compareWithLimit(used);
    if (sample.heapUsed !== null) this.compareWithHeap(sample.heapUsed);
  }

  /** V8's heap is at its end: the code that filled it has been stopped already. */
  heapEnded(at: RawFrame[]): void {
    const limit = this.actions.heapLimit() ?? 0;
    this.end({ used: limit, limit, text: `the end of V8's heap, ${formatBytes(limit)}` }, at);
  }

  private compareWithLimit(used: number): void {
    const { limit, atStart } = this;
    if (limit === null || used <= limit) return;
    if (atStart < limit || used > atStart + GRACE) this.end(reached(used, limit, 'the limit set by %memlimit'));
  }

  private compareWithRoom(resident: number): void {
    const room = this.actions.room();
    if (room === null) return;
    const kept = Math.min(MOST_ROOM, Math.max(LEAST_ROOM, room.total * ROOM_SHARE));
    if (room.available >= kept) return;
    const text = `${formatBytes(resident)}, and ${room.of} has only ${formatBytes(room.available)} of ${formatBytes(room.total)} left`;
    this.end({ used: resident, limit: room.total, text });
  }

  private compareWithHeap(heapUsed: number): void {
    const limit = this.actions.heapLimit();
    if (limit === null) return;
    this.heapAtFirst ??= heapUsed;
    this.heapNow = heapUsed;
    if (heapUsed > limit * WATCHED_SHARE) this.actions.watchHeapEnd(true);
    if (heapUsed > this.leastHeap(limit * SUSPECT_SHARE)) void this.collect(limit);
  }

  /** What V8 says is in use may be garbage, of which the last is collected right before its limit. */
  private async collect(limit: number): Promise<void> {
    const { actions, cell } = this;
    const began = actions.now();
    if (this.collecting || (began < this.restsUntil && !this.isUrgent(limit))) return;
    this.collecting = true;
    const full = this.leastHeap(limit * FULL_SHARE);
    const collected = await actions.collect(full);
    this.collecting = false;
    const ended = actions.now();
    this.restsUntil = ended + Math.max(LEAST_REST_MS, REST_PAUSES * (ended - began));
    const { heapUsed: heap, stoppedAt } = collected ?? { heapUsed: null, stoppedAt: null };
    const used = heap ?? this.heapNow;
    this.collected = used;
    // A heap that cannot be collected in time is as good as full when it is in use up to its last share.
    const ends = cell === this.cell && used > (heap === null ? this.leastHeap(limit * LAST_SHARE) : full);
    if (ends || stoppedAt !== null) this.end(reached(used, limit, "V8's heap limit"), stoppedAt);
  }

  private isUrgent(limit: number): boolean {
    return this.heapNow > limit * LAST_SHARE && this.heapNow > this.collected + limit * GROWN_SHARE;
  }

  /** A cell that begins with a heap that full may run on, to free something, while it does not grow. */
  private leastHeap(threshold: number): number {
    const first = this.heapAtFirst ?? 0;
    return first > threshold ? first + GRACE : threshold;
  }

  private end(cause: MemoryStop, at: RawFrame[] | null = null): void {
    if (this.stopped) return;
    this.stopped = true;
    this.actions.stop(cause, at);
  }
}

const reached = (used: number, limit: number, of: string): MemoryStop => ({
  used,
  limit,
  text: `${formatBytes(used)} of ${formatBytes(limit)}, ${of}`,
});

function accounted({ heapUsed, arrayBuffers, otherExternal }: MemorySample): number | null {
  return heapUsed === null ? null : heapUsed + (arrayBuffers ?? 0) + (otherExternal ?? 0);
}
