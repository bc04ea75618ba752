/**
 * The limits of V8's generations that are in force. V8 tells their sum alone (`heap_size_limit`, the old generation and
 * three semi-spaces: v8/src/heap/heap.h, `Heap::MaxReserved`); the young generation's part is in the flags that the
 * process was started with, or what Node chose for this machine, which a worker of the process is given too.
 */
import { Worker } from 'node:worker_threads';
import type { GcThresholdRecord } from '@heapmark/protocol';

const MIB = 1_048_576;
const SEMI_SPACES = 3;

export interface GenerationProbes {
  /** Both generations together, bytes. */
  heapLimit(): number;
  /** Flags that the process was started with. */
  flags: readonly string[];
  /** What Node chose for the young generation on this machine, bytes; `null` when it does not tell. */
  defaultYoung(): Promise<number | null>;
}

/** The process's own. */
export const systemGenerationProbes = (heapLimit: () => number): GenerationProbes => ({
  heapLimit,
  flags: [...process.execArgv, ...(process.env['NODE_OPTIONS'] ?? '').split(/\s+/)],
  defaultYoung: youngOfWorker,
});

type Limits = Omit<GcThresholdRecord, 'pending'>;

/** Reads the limits in force; what a flag does not say is asked of Node once. */
export class Generations {
  private young: Promise<number | null> | null = null;

  constructor(private readonly probes: GenerationProbes) {}

  async limits(): Promise<Limits> {
    const heapLimit = this.probes.heapLimit();
    if (this.flag('max-heap-size') !== null) {
      return { semiSpace: null, newSpace: null, oldSpace: null, heapLimit, reason: SHARED };
    }
    const flagged = this.flag('max-semi-space-size');
    const young =
      flagged === null ? await (this.young ??= this.probes.defaultYoung()) : SEMI_SPACES * semiSpace(flagged);
    if (young === null) return { semiSpace: null, newSpace: null, oldSpace: null, heapLimit, reason: UNKNOWN };
    return { semiSpace: young / SEMI_SPACES, newSpace: young, oldSpace: Math.max(0, heapLimit - young), heapLimit };
  }

  /** The value of a flag in bytes, the last one given; `null` without one. */
  private flag(name: string): number | null {
    const spelt = new RegExp(`^--${name.replaceAll('-', '[-_]')}=(\\d+)$`);
    const given = this.probes.flags.flatMap((flag) => spelt.exec(flag)?.[1] ?? []).at(-1);
    return given === undefined || Number(given) === 0 ? null : Number(given) * MIB;
  }
}

const SHARED = '--max-heap-size sets both generations together, and V8 does not tell how it shared them out';
const UNKNOWN = 'this Node does not tell its default for the young generation';

/** V8 takes the next power of two. */
const semiSpace = (bytes: number): number => 2 ** Math.ceil(Math.log2(bytes));

/** A worker's limits are made as the process's own, without its flags. */
function youngOfWorker(): Promise<number | null> {
  return new Promise<number | null>((resolve) => {
    const worker = new Worker('0', { eval: true, execArgv: [], env: {}, stdout: true, stderr: true });
    worker.unref();
    worker.once('error', () => resolve(null));
    worker.once('online', () => {
      const { maxYoungGenerationSizeMb: young } = worker.resourceLimits ?? {};
      void worker.terminate();
      resolve(young === undefined || young <= 0 ? null : young * MIB);
    });
    // A system may grant no thread.
  }).catch(() => null);
}
