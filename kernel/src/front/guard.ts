/** The limit a user set for the runtime's memory: a cell that passes it is stopped. */
import type { MemlimitRecord, MemorySample } from '@heapmark/protocol';

/** A cell that begins above the limit may still run, to free something, while it grows by less than this, bytes. */
const GRACE = 32_000_000;

export class MemoryGuard {
  private limit: number | null = null;
  private atStart = 0;

  /**
   * @param onLimit told when a limit is set or taken away.
   * @param stop ends the running cell; called once for each time the limit is passed.
   */
  constructor(
    private readonly heapLimit: () => number | null,
    private readonly onLimit: (limit: number | null) => void,
    private readonly stop: (used: number, limit: number) => void,
  ) {}

  record(): MemlimitRecord {
    const source = this.limit === null ? 'no limit is set: V8 ends the runtime at its heap limit' : 'set by %memlimit';
    return { limit: this.limit, source, heapLimit: this.heapLimit() };
  }

  /** Bytes of resident memory, `null` for no limit. Throws RangeError for anything but a positive number. */
  set(bytes: number | null): MemlimitRecord {
    if (bytes !== null && !(Number.isFinite(bytes) && bytes > 0)) {
      throw new RangeError('A memory limit is a positive number of bytes, or null for none.');
    }
    this.limit = bytes;
    this.onLimit(bytes);
    return this.record();
  }

  /** A cell begins, with so much resident memory. */
  cellBegins(resident: number | null): void {
    this.atStart = resident ?? 0;
  }

  /** Looks at a sample of a busy runtime. */
  check(sample: MemorySample): void {
    const used = sample.rss ?? accounted(sample);
    if (this.limit === null || used === null || used <= this.limit) return;
    if (this.atStart < this.limit || used > this.atStart + GRACE) this.stop(used, this.limit);
  }
}

function accounted({ heapUsed, arrayBuffers, otherExternal }: MemorySample): number | null {
  return heapUsed === null ? null : heapUsed + (arrayBuffers ?? 0) + (otherExternal ?? 0);
}
