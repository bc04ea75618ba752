/** The memory samples of one kernel: the recent ones whole, older ones ever coarser, bounded whatever the hours. */
import type { MemorySample } from '@heapmark/protocol';

/** Bytes that count as the kernel's memory: heap, buffers and other external memory, none twice. `null` when none is known. */
export function usedBytes(sample: Pick<MemorySample, 'heapUsed' | 'arrayBuffers' | 'otherExternal'>): number | null {
  const parts = [sample.heapUsed, sample.arrayBuffers, sample.otherExternal].filter((part) => part !== null);
  return parts.length === 0 ? null : parts.reduce((sum, part) => sum + part, 0);
}

const RECENT = 1024;

export class SampleHistory {
  readonly #samples: MemorySample[] = [];
  readonly #longestMs: number;

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

  /** Adds a sample; one that is older than the latest is ignored, so that time runs one way. */
  add(sample: MemorySample): void {
    const latest = this.latest;
    if (latest !== null && sample.time <= latest.time) return;
    this.#samples.push(sample);
    if (this.#samples.length > 2 * RECENT) this.#coarsen(sample.time - this.#longestMs);
  }

  /** The samples from a time on, and the one before it, so that a line can be drawn from the edge. */
  since(time: number): readonly MemorySample[] {
    const first = this.#samples.findIndex((sample) => sample.time >= time);
    return first === -1 ? this.#samples.slice(-1) : this.#samples.slice(Math.max(0, first - 1));
  }

  clear(): void {
    this.#samples.length = 0;
  }

  /** Halves all but the recent samples. Of two neighbours the one with more memory stays: a peak is never lost. */
  #coarsen(from: number): void {
    const old = this.#samples.splice(0, this.#samples.length - RECENT).filter((sample) => sample.time >= from);
    const kept: MemorySample[] = [];
    for (let index = 0; index < old.length; index += 2) {
      const [first, second] = [old[index], old[index + 1]];
      if (first === undefined) continue;
      kept.push(second !== undefined && (usedBytes(second) ?? 0) > (usedBytes(first) ?? 0) ? second : first);
    }
    this.#samples.unshift(...kept);
  }
}
