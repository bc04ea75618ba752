/** Keys and weakly held values: what the weak maps have in common. */
import { systemClock, type Clock } from '../clock.js';
import { requireFunction } from '../policy/options.js';
import { CleanUp } from './clean-up.js';
import { afterCollections } from './collections.js';
import { SteadyMap } from './steady-map.js';

/** Why an entry left by itself. */
export type WeakRemoval = 'collected' | 'expired';

interface Held<V extends object> {
  readonly ref: WeakRef<V>;
  /** When its time is over, by the clock; `Infinity` for never. */
  readonly ends: number;
  /** The value, where it is held until then. */
  readonly strong: V | null;
}

const LONGEST_DELAY_MS = 2 ** 31 - 1;
/** Entries that V8 moves to a larger table in about a millisecond. */
const COPIED_IN_NO_TIME = 2 ** 15;

export interface WeakTableRules<K> {
  /** Called once for each entry that left by itself; what it throws becomes a warning of the process. */
  readonly onRemove?: ((key: K, reason: WeakRemoval) => void) | undefined;
  readonly clock?: Clock | undefined;
}

/** Entries are removed when they are found to be over: by a reader, by the walk after a collection, or by the timer. */
export class WeakTable<K, V extends object> {
  /**
   * `null` stands for an entry that is over and could not be deleted at once: V8 would copy the whole table first.
   */
  private entries = new SteadyMap<K, Held<V> | null>();
  private live = 0;
  /** The table without what is over, while it is made in the steps of a walk. */
  private next: SteadyMap<K, Held<V> | null> | null = null;
  private readonly cleanUp = new CleanUp(this);
  private readonly clock: Clock;
  private readonly onRemove: ((key: K, reason: WeakRemoval) => void) | undefined;
  private timer: NodeJS.Timeout | null = null;
  /** Entries that left by themselves. */
  removals = 0;

  constructor({ onRemove, clock = systemClock }: WeakTableRules<K>) {
    requireFunction('onRemove', onRemove);
    this.onRemove = onRemove;
    this.clock = clock;
    afterCollections(this);
  }

  /** Entries, those included that are over and were not found out yet. */
  get size(): number {
    return this.live;
  }

  /** The value, if it is alive and its time is not over. */
  find(key: K): V | undefined {
    const held = this.entries.get(key);
    return held === undefined || held === null ? undefined : this.alive(key, held);
  }

  /**
   * @param lifeMs how long the entry is good for.
   * @param keepAlive holds the value until then.
   */
  put(key: K, value: V, lifeMs = Infinity, keepAlive = false): void {
    const ends = lifeMs === Infinity ? Infinity : this.clock.now() + lifeMs;
    const held = { ref: new WeakRef(value), ends, strong: keepAlive ? value : null };
    const former = this.entries.get(key);
    // A new entry stands at the end, as in a Map.
    if (former === null) this.drop(key);
    if (former === undefined || former === null) this.live += 1;
    this.entries.set(key, held);
    if (this.next?.has(key) === true) this.next.set(key, held);
    if (ends !== Infinity) this.wait(lifeMs);
  }

  delete(key: K): boolean {
    const held = this.entries.get(key);
    if (held === undefined || held === null || this.alive(key, held) === undefined) return false;
    this.drop(key);
    this.live -= 1;
    return true;
  }

  clear(): void {
    this.entries = new SteadyMap();
    this.next = null;
    this.live = 0;
  }

  /** Entries that are alive, in the order of their making. Safe while entries come and go. */
  *alives(): Generator<[K, V]> {
    for (const [key, held] of this.entries) {
      const value = held === null ? undefined : this.alive(key, held);
      if (value !== undefined) yield [key, value];
    }
  }

  /** Looks at one entry a step and removes those that are over. */
  *steps(): Generator<void> {
    let next = Infinity;
    for (const [key, held] of this.entries) {
      if (held !== null && this.alive(key, held) !== undefined) next = Math.min(next, held.ends);
      yield;
    }
    yield* this.compact();
    if (next !== Infinity) this.wait(next - this.clock.now());
  }

  collected(): void {
    if (this.live > 0) this.cleanUp.request();
  }

  /**
   * Makes the table anew without what is over, so that its keys go too: where little is left, or less than what is over. Then
   * it is less than an eighth of the old table, so `next` grows in short steps.
   */
  private *compact(): Generator<void> {
    const { entries } = this;
    const over = entries.size - this.live;
    if (over === 0 || (over <= this.live && this.live > COPIED_IN_NO_TIME)) return;
    const next = new SteadyMap<K, Held<V> | null>();
    this.next = next;
    if (this.live > 0) {
      // What is stored meanwhile comes at the end of the old table, so this loop meets it too.
      for (const [key, held] of entries) {
        if (held !== null) next.set(key, held);
        yield;
        if (this.next !== next) return;
      }
    }
    this.entries = next;
    this.next = null;
  }

  private drop(key: K): void {
    this.entries.delete(key);
    this.next?.delete(key);
  }

  private alive(key: K, held: Held<V>): V | undefined {
    // The end counts even where the timer could not run.
    if (held.ends !== Infinity && held.ends <= this.clock.now()) return this.over(key, held, 'expired');
    return held.ref.deref() ?? this.over(key, held, 'collected');
  }

  private over(key: K, held: Held<V>, reason: WeakRemoval): undefined {
    // What was stored meanwhile under this key is another entry.
    if (this.entries.get(key) !== held) return;
    if (this.entries.deletesAtOnce) this.entries.delete(key);
    else this.entries.set(key, null);
    this.next?.delete(key);
    this.live -= 1;
    this.removals += 1;
    try {
      this.onRemove?.(key, reason);
    } catch (error) {
      process.emitWarning(error instanceof Error ? error : String(error), { code: 'HEAPMARK_ON_REMOVE' });
    }
  }

  /** Has a look after the time, never keeping the process or this table alive. */
  private wait(ms: number): void {
    if (this.timer !== null) return;
    const self = new WeakRef(this);
    this.timer = setTimeout(() => self.deref()?.timeIsOver(), Math.min(Math.max(Math.ceil(ms), 1), LONGEST_DELAY_MS));
    this.timer.unref();
  }

  private timeIsOver(): void {
    this.timer = null;
    this.cleanUp.request();
  }
}
