/**
 * The highest resident memory of this process over a stretch of time: Linux keeps it as a high-water mark that a process
 * may reset (`/proc/self/clear_refs`, https://man7.org/linux/man-pages/man5/proc_pid_clear_refs.5.html). Elsewhere, and
 * for child processes, a thread of its own looks again and again: it does so while synchronous code keeps the main thread
 * busy.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { memoryUsage } from 'node:process';
import { Worker } from 'node:worker_threads';
import { residentTree } from './tree.js';

/** How a peak was found. */
export type PeakSource = 'system' | 'samples';

/** Measures one stretch of time after the other. */
export interface ResidentMeter {
  readonly source: PeakSource;
  /** Begins a stretch; gives the resident memory at its start. */
  begin(): number | null;
  /** The highest since `begin`. Of samples: at least that. */
  peak(): number | null;
  close(): Promise<void>;
}

export interface ResidentOptions {
  /** Time between two looks, ms, where looking is needed. */
  intervalMs: number;
  /** Child processes count too. */
  children: boolean;
}

/** The meter that suits the system and the wish. Rejects when the thread that is to look cannot be started. */
export async function residentMeter(options: ResidentOptions): Promise<ResidentMeter> {
  if (!options.children && resetHighWaterMark()) return highWaterMeter();
  return samplingMeter(options);
}

const RESET = '5';

/** Brings the system's mark down to what is resident now; `false` where the system does not let us. */
function resetHighWaterMark(): boolean {
  try {
    writeFileSync('/proc/self/clear_refs', RESET);
    return highWaterMark() !== null;
  } catch {
    return false;
  }
}

function highWaterMark(): number | null {
  try {
    const kilobytes = /^VmHWM:\s+(\d+) kB/m.exec(readFileSync('/proc/self/status', 'latin1'))?.[1];
    return kilobytes === undefined ? null : Number(kilobytes) * 1024;
  } catch {
    return null;
  }
}

const highWaterMeter = (): ResidentMeter => ({
  source: 'system',
  begin() {
    resetHighWaterMark();
    return memoryUsage.rss();
  },
  peak: () => {
    const mark = highWaterMark();
    return mark === null ? null : Math.max(mark, memoryUsage.rss());
  },
  close: async () => undefined,
});

/** Slots of the memory shared with the thread that looks. */
const HIGHEST = 0;
const STRETCH = 1;

/** What the thread gets. */
export interface SamplerData {
  /** `BigInt64Array`: the highest so far, the number of the stretch. */
  memory: SharedArrayBuffer;
  intervalMs: number;
  children: boolean;
  pid: number;
}

async function samplingMeter({ intervalMs, children }: ResidentOptions): Promise<ResidentMeter> {
  const memory = new SharedArrayBuffer(2 * BigInt64Array.BYTES_PER_ELEMENT);
  const slots = new BigInt64Array(memory);
  const workerData: SamplerData = { memory, intervalMs, children, pid: process.pid };
  const worker = new Worker(new URL('./peak-sampler.mjs', import.meta.url), {
    workerData,
    resourceLimits: { maxOldGenerationSizeMb: 24, maxYoungGenerationSizeMb: 2, stackSizeMb: 1 },
    execArgv: [],
    env: {},
    stdout: true,
    stderr: true,
  });
  worker.unref();
  await new Promise<void>((resolve, reject) => {
    worker.once('message', () => resolve());
    worker.once('error', reject);
  });
  const now = (): number => (children ? (residentTree(process.pid) ?? memoryUsage.rss()) : memoryUsage.rss());
  return {
    source: 'samples',
    begin() {
      Atomics.add(slots, STRETCH, 1n);
      Atomics.store(slots, HIGHEST, 0n);
      return now();
    },
    peak: () => Math.max(Number(Atomics.load(slots, HIGHEST)), now()),
    close: async () => void (await worker.terminate()),
  };
}

/** The thread's work, until it is terminated. */
export function sampleForEver({ memory, intervalMs, children, pid }: SamplerData): never {
  const slots = new BigInt64Array(memory);
  const nap = new Int32Array(new SharedArrayBuffer(4));
  for (;;) {
    const stretch = Atomics.load(slots, STRETCH);
    const seen = BigInt(Math.round((children ? residentTree(pid) : null) ?? memoryUsage.rss()));
    // A look that began in the stretch before is none of this one's.
    if (stretch === Atomics.load(slots, STRETCH) && seen > Atomics.load(slots, HIGHEST))
      Atomics.store(slots, HIGHEST, seen);
    Atomics.wait(nap, 0, 0, intervalMs);
  }
}
