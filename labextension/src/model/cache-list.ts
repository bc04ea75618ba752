/** The caches of a kernel as they were last told, and how often each was hit from one look to the next. */
import type { CacheRecord } from '@heapmark/protocol';
import type { KernelLink } from '../client/link.js';

/** Looks that a cache's line goes back. */
export const LOOKS_KEPT = 40;

export interface CacheListOptions {
  changed(): void;
  failed(error: unknown): void;
}

interface Looks {
  hits: number;
  misses: number;
  /** Share of hits between two looks, 0 to 1; only of looks between which the cache was used. */
  readonly rates: number[];
}

export class CacheList {
  readonly #link: KernelLink;
  readonly #options: CacheListOptions;
  readonly #looks = new Map<string, Looks>();
  #records: readonly CacheRecord[] = [];
  #outcome: string | null = null;
  #asking = false;

  constructor(link: KernelLink, options: CacheListOptions) {
    this.#link = link;
    this.#options = options;
  }

  /** The largest first. */
  get records(): readonly CacheRecord[] {
    return this.#records;
  }

  /** What came of the last deed, in words. */
  get outcome(): string | null {
    return this.#outcome;
  }

  /** Whether the kernel tells about caches. */
  get isAnswered(): boolean {
    const { state } = this.#link;
    return state.kind === 'ready' && state.hello.methods.includes('caches');
  }

  /** How often a cache was hit, look by look, the newest last. */
  ratesOf(name: string): readonly number[] {
    return this.#looks.get(name)?.rates ?? [];
  }

  /** Asks the kernel; one question at a time. */
  async fetch(): Promise<void> {
    if (this.#asking || !this.isAnswered) return;
    this.#asking = true;
    try {
      const { caches } = await this.#link.request('caches', {});
      this.#take(caches);
    } catch (error) {
      this.#options.failed(error);
    } finally {
      this.#asking = false;
    }
  }

  /** @param say - the outcome in words */
  clear(name: string, say: (cleared: number, bytes: number | null) => string): Promise<void> {
    return this.#act(async () => {
      const { cleared, bytes } = await this.#link.request('cacheClear', { name });
      return say(cleared, bytes);
    });
  }

  /** @param say - the outcome in words */
  resize(name: string, maxSize: number, say: (evicted: number) => string): Promise<void> {
    return this.#act(async () => {
      const { evicted } = await this.#link.request('cacheResize', { name, maxSize });
      return say(evicted);
    });
  }

  /** The runtime is another one. */
  forget(): void {
    this.#records = [];
    this.#looks.clear();
    this.#outcome = null;
    this.#options.changed();
  }

  async #act(work: () => Promise<string>): Promise<void> {
    try {
      this.#outcome = await work();
    } catch (error) {
      this.#options.failed(error);
    }
    this.#options.changed();
    await this.fetch();
  }

  #take(records: readonly CacheRecord[]): void {
    this.#records = [...records].sort((a, b) => (b.bytes ?? -1) - (a.bytes ?? -1) || a.name.localeCompare(b.name));
    const names = new Set(records.map(({ name }) => name));
    for (const name of this.#looks.keys()) if (!names.has(name)) this.#looks.delete(name);
    for (const { name, hits, misses } of records) if (hits !== null && misses !== null) this.#look(name, hits, misses);
    this.#options.changed();
  }

  #look(name: string, hits: number, misses: number): void {
    const before = this.#looks.get(name);
    // Counts that went back begin anew.
    if (before === undefined || hits < before.hits || misses < before.misses) {
      const uses = hits + misses;
      this.#looks.set(name, { hits, misses, rates: uses === 0 ? [] : [hits / uses] });
      return;
    }
    const uses = hits - before.hits + misses - before.misses;
    if (uses > 0) before.rates.push((hits - before.hits) / uses);
    if (before.rates.length > LOOKS_KEPT) before.rates.shift();
    before.hits = hits;
    before.misses = misses;
  }
}
