/**
 * The store under `memoize` and `BoundedCache`: entries in the order of their use, bounded by count, by bytes and by time,
 * each value loaded once however many wait for it.
 */
import type { Clock } from '../clock.js';
import type { Statistics } from '../statistics.js';
import type { Disposer, RemovalReason } from './disposal.js';
import type { Lifetime } from './lifetime.js';
import { Loads } from './loads.js';
import { Slots } from './slots.js';
import { Sweeper } from './sweeper.js';

export interface StoreRules<V> {
  /** Most entries; `Infinity` for no bound. */
  maxSize: number;
  /** Most bytes; `Infinity` for no bound. */
  maxBytes: number;
  /** Bytes of an entry. Asked only where there is a bound of bytes. */
  readonly sizeOf: (value: unknown, key: unknown) => number;
  /** Whether the store's own tables count too: where entries are measured, not told. */
  readonly countsTables: boolean;
  readonly lifetime: Lifetime;
  readonly disposer: Disposer<V> | null;
  readonly clock: Clock;
}

/**
 * Of V8's hash table of a Map: each entry is three words, each bucket one for two entries. While entries come and go, the
 * table has the size of twice as many as there are.
 */
const MAP_BYTES_A_PLACE = 3 * 8 + 4;
const MAP_LEAST = 4;

/** Entries that a sweep looks at between two looks at the clock. */
const LOOKS_A_CLOCK = 256;

export class Store<V> {
  /** Key to slot. */
  readonly entries = new Map<unknown, number>();
  readonly slots = new Slots<V>();
  /** Of the entries alone. */
  private held = 0;
  private readonly loads: Loads<V>;
  private readonly sweeper: Sweeper | null;
  /** How far a sweep has come. */
  private sweepAt: Iterator<number> | null = null;

  constructor(
    readonly rules: StoreRules<V>,
    readonly statistics: Statistics,
  ) {
    this.loads = new Loads<V>(this, statistics);
    this.sweeper = rules.lifetime.timed ? new Sweeper(this, rules.lifetime.ttl + rules.lifetime.grace) : null;
  }

  /** Bytes of the entries, and of the store's own tables where they count. */
  get bytes(): number {
    return this.held + (this.rules.countsTables ? this.slots.tableBytes + mapBytes(this.entries.size) : 0);
  }

  /** The slot of an entry that counts as present, made the most recent; counts nothing. */
  use(key: unknown): number | undefined {
    const slot = this.entries.get(key);
    if (slot === undefined) return undefined;
    if (this.rules.lifetime.timed && !this.stillGood(slot, this.rules.clock.now())) return undefined;
    this.slots.touch(slot);
    return slot;
  }

  /** The slot of an entry that counts as present, left where it is. One whose time is over is removed. */
  peek(key: unknown): number | undefined {
    const slot = this.entries.get(key);
    if (slot === undefined || !this.rules.lifetime.timed) return slot;
    const ends = this.slots.ends[slot] as number;
    const now = this.rules.clock.now();
    if (ends > now) return slot;
    if (ends + this.rules.lifetime.grace <= now) this.remove(slot, 'expired');
    return undefined;
  }

  /**
   * The value for a key, loaded when it is not there. Counts a hit or a miss. A load that throws or rejects leaves nothing;
   * callers that come while a promise is pending get the same promise, and count as hits.
   */
  obtain(key: unknown, load: () => V): V {
    const slot = this.entries.get(key);
    if (slot !== undefined) {
      const { lifetime, clock } = this.rules;
      if (!lifetime.timed) return this.hit(slot);
      const now = clock.now();
      const ends = this.slots.ends[slot] as number;
      if (ends > now) {
        if (lifetime.sliding) this.slots.ends[slot] = lifetime.endFrom(now);
        return this.hit(slot);
      }
      if (ends + lifetime.grace > now) {
        this.loads.renew(key, load);
        return this.hit(slot);
      }
      this.remove(slot, 'expired');
    }
    const underWay = this.loads.underWay(key);
    if (underWay !== undefined) {
      this.statistics.hits += 1;
      return underWay;
    }
    this.statistics.misses += 1;
    return this.loads.load(key, load);
  }

  /** Stores a value, in place of an earlier one. A value that is larger than the whole bound is not stored. */
  put(key: unknown, value: V, counted: unknown = value, ttl?: number, bytes = this.measure(key, counted)): boolean {
    const { rules, slots } = this;
    const former = this.entries.get(key);
    if (rules.maxSize < 1 || bytes > rules.maxBytes) {
      if (former !== undefined) this.remove(former, 'replaced');
      return false;
    }
    rules.disposer?.hold(value);
    if (former === undefined) {
      // Before it comes, so that the tables do not grow for what cannot stay.
      const gone = this.pushOut(bytes);
      const slot = slots.add(key, value, bytes);
      this.entries.set(key, slot);
      this.held += bytes;
      this.date(slot, ttl);
      this.dispose(gone);
      return true;
    }
    const replaced = slots.values[former] as V;
    this.held += bytes - (slots.bytes[former] as number);
    slots.values[former] = value;
    slots.bytes[former] = bytes;
    slots.touch(former);
    this.date(former, ttl);
    this.shrink();
    rules.disposer?.release(replaced, 'replaced');
    return true;
  }

  /** Stores a value that has `leftMs` left of its time, as it was when it was saved. */
  restore(key: unknown, value: V, counted: unknown, leftMs: number): boolean {
    if (!this.put(key, value, counted)) return false;
    const slot = this.entries.get(key);
    if (slot === undefined) return false;
    const { lifetime, clock } = this.rules;
    if (lifetime.timed) this.slots.ends[slot] = Math.min(this.slots.ends[slot] as number, clock.now() + leftMs);
    return true;
  }

  /** All entries, from the least recently used to the most. */
  *inOrder(): Generator<{ key: unknown; value: V; ends: number }> {
    const { keys, values, newer, ends } = this.slots;
    for (let slot = this.slots.oldest; slot !== 0; slot = newer[slot] as number) {
      yield { key: keys[slot], value: values[slot] as V, ends: ends[slot] as number };
    }
  }

  remove(slot: number, reason: RemovalReason): void {
    const value = this.detach(slot);
    if (reason === 'evicted') this.statistics.evictions += 1;
    else if (reason === 'expired') this.statistics.expirations += 1;
    this.rules.disposer?.release(value, reason);
  }

  /** Empties the store; loads under way are not kept either. */
  clear(): void {
    const { disposer } = this.rules;
    const gone = disposer === null ? [] : Array.from(this.entries.values(), (slot) => this.slots.values[slot] as V);
    this.entries.clear();
    this.slots.clear();
    this.held = 0;
    this.loads.forget();
    for (const value of gone) disposer?.release(value, 'cleared');
  }

  /** Sets a bound of entries; gives how many were pushed out. */
  resize(maxSize: number): number {
    const before = this.statistics.evictions;
    this.rules.maxSize = maxSize;
    this.shrink();
    return this.statistics.evictions - before;
  }

  /**
   * Removes entries whose time is over, for at most `budgetMs`; the next call goes on where this one ended.
   * @returns whether it came to the end.
   */
  sweep(budgetMs = Infinity): boolean {
    const { clock, lifetime } = this.rules;
    const start = clock.now();
    this.sweepAt ??= this.entries.values();
    for (let looked = 1; ; looked += 1) {
      const next = this.sweepAt.next();
      if (next.done === true) break;
      if ((this.slots.ends[next.value] as number) + lifetime.grace <= start) this.remove(next.value, 'expired');
      if (looked % LOOKS_A_CLOCK === 0 && clock.now() - start > budgetMs) return false;
    }
    this.sweepAt = null;
    return true;
  }

  /** When the oldest entry was made, by the clock; `null` when there is none. */
  get oldest(): number | null {
    let oldest = Infinity;
    for (const slot of this.entries.values()) oldest = Math.min(oldest, this.slots.madeAt[slot] as number);
    return oldest === Infinity ? null : oldest;
  }

  private stillGood(slot: number, now: number): boolean {
    const { lifetime } = this.rules;
    const ends = this.slots.ends[slot] as number;
    if (ends > now) {
      if (lifetime.sliding) this.slots.ends[slot] = lifetime.endFrom(now);
      return true;
    }
    if (ends + lifetime.grace <= now) this.remove(slot, 'expired');
    return false;
  }

  private hit(slot: number): V {
    this.statistics.hits += 1;
    this.slots.touch(slot);
    return this.slots.values[slot] as V;
  }

  /** The entry is made now. */
  private date(slot: number, ttl: number | undefined): void {
    const { clock, lifetime } = this.rules;
    const now = clock.now();
    this.slots.madeAt[slot] = now;
    this.slots.ends[slot] = lifetime.endFrom(now, ttl);
    if (lifetime.timed) this.sweeper?.expect();
  }

  private measure(key: unknown, value: unknown): number {
    return this.rules.maxBytes === Infinity ? 0 : this.rules.sizeOf(value, key);
  }

  /** Keeps the bounds after they, or an entry, have changed. */
  private shrink(): void {
    this.dispose(this.pushOut());
  }

  /**
   * Pushes out the least recently used until the bounds are kept.
   * @param coming bytes of an entry for which there must be room.
   * @returns the values, to be disposed when all else is done: a disposer may use this very store.
   */
  private pushOut(coming?: number): V[] {
    const gone: V[] = [];
    while (this.entries.size > 0 && this.isOver(coming)) {
      gone.push(this.detach(this.slots.oldest));
      this.statistics.evictions += 1;
    }
    if (this.entries.size === 0 && this.isOver(coming)) this.slots.clear();
    return gone;
  }

  private dispose(gone: readonly V[]): void {
    for (const value of gone) this.rules.disposer?.release(value, 'evicted');
  }

  private isOver(coming: number | undefined): boolean {
    const { maxSize, maxBytes, countsTables } = this.rules;
    const size = this.entries.size + (coming === undefined ? 0 : 1);
    if (size > maxSize) return true;
    if (maxBytes === Infinity) return false;
    const { slots } = this;
    const columns = coming === undefined ? slots.tableBytes : slots.bytesWithOneMore;
    return this.held + (coming ?? 0) + (countsTables ? columns + mapBytes(size) : 0) > maxBytes;
  }

  private detach(slot: number): V {
    const value = this.slots.values[slot] as V;
    this.entries.delete(this.slots.keys[slot]);
    this.held -= this.slots.bytes[slot] as number;
    this.slots.remove(slot);
    return value;
  }
}

const mapBytes = (entries: number): number =>
  MAP_BYTES_A_PLACE * 2 * Math.max(MAP_LEAST, 2 ** Math.ceil(Math.log2(Math.max(1, entries))));
