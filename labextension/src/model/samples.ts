/** The memory samples of one kernel: the recent ones whole, older ones ever coarser, bounded whatever the hours. */
import type { MemorySample } from '@heapmark/protocol';

/** Bytes that count as the kernel's memory: heap, buffers and other external memory, none twice. `null` when none is known. */
export function usedBytes(sample: Pick<MemorySample, 'heapUsed' | 'arrayBuffers' | 'otherExternal'>): number | null {
  const parts = [sample.heapUsed, sample.arrayBuffers, sample.otherExternal].filter((part) => part !== null);
  return parts.length === 0 ? null : parts.reduce((sum, part) => sum + part, 0);
}

/** So many of the latest samples are kept as they came. */
const RECENT = 1024;

/** Of each such stretch of time before them, the sample with most memory is kept. */
const STRETCH_MS = 10_000;

export class SampleHistory {
  readonly #samples: MemorySample[] = [];
  readonly #longestMs: number;
  /** How many of the first samples have been thinned. */
  #thinned = 0;

  /** @param longestMs - older samples are dropped. */
  constructor(longestMs: number) {
    this.#longestMs = longestMs;
  }

  /** Oldest first. */
  get all(): readonly MemorySample[] {
    return this.#samples;
  }

  get latest(): MemorySample | null {
    return this.#samples.at(-1) ?? null;
  }

  /** The latest known resident memory of the process. */
  get latestRss(): number | null {
    return this.#samples.findLast(({ rss }) => rss !== null)?.rss ?? null;
  }

  /** Adds a sample; one that is older than the latest is ignored, so that time runs one way. */
  add(sample: MemorySample): void {
    const latest = this.latest;
    if (latest !== null && sample.time <= latest.time) return;
    this.#samples.push(sample);
    if (this.#samples.length - this.#thinned > 2 * RECENT) this.#coarsen(sample.time - this.#longestMs);
  }

  /** The samples from a time on, and the one before it, so that a line can be drawn from the edge. */
  since(time: number): readonly MemorySample[] {
    const first = this.#samples.findIndex((sample) => sample.time >= time);
    return first === -1 ? this.#samples.slice(-1) : this.#samples.slice(Math.max(0, first - 1));
  }

  /** Thins all but the recent samples. The one with most memory of each stretch stays: a peak is never lost. */
  #coarsen(from: number): void {
    const old = this.#samples.splice(0, this.#samples.length - RECENT);
    const kept: MemorySample[] = [];
    for (const sample of old) {
      if (sample.time < from) continue;
      const last = kept.at(-1);
      if (last === undefined || stretchOf(last) !== stretchOf(sample)) kept.push(sample);
      else if ((usedBytes(sample) ?? 0) > (usedBytes(last) ?? 0)) kept[kept.length - 1] = sample;
    }
    this.#thinned = kept.length;
    this.#samples.unshift(...kept);
  }
}

const stretchOf = ({ time }: MemorySample): number => Math.floor(time / STRETCH_MS);
