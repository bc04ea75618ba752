/** What memory reads from the process, passed in so that tests need no waiting and no real collections. */
import process, { memoryUsage } from 'node:process';
import { performance } from 'node:perf_hooks';
import {
  getHeapSpaceStatistics,
  getHeapStatistics,
  setFlagsFromString,
  type HeapInfo,
  type HeapSpaceInfo,
} from 'node:v8';
import { runInNewContext } from 'node:vm';
import { heapLimit } from '../ipc/heap-limit.js';
import { finishCompiling } from './size/natives.js';

/** The clock, the collector and the counters. */
export interface Probes {
  /** Milliseconds that never go back; the zero is arbitrary. */
  now(): number;
  /** Milliseconds since 1970. */
  wallTime(): number;
  heap(): HeapInfo;
  spaces(): HeapSpaceInfo[];
  /** `process.memoryUsage()` whole: reads RSS from the system, about 20 us more than the rest. */
  memory(): NodeJS.MemoryUsage;
  rss(): number;
  /** Collects now, synchronously. Returns `false` where the collector cannot be reached. */
  collect(kind: 'full' | 'minor'): boolean;
  /** Resolves in a later macrotask, when weak callbacks and finalisers of a collection have run. */
  macrotask(): Promise<void>;
  /** Resolves after so many milliseconds, without keeping the process alive. */
  pause(ms: number): Promise<void>;
  /** Calls back after so many milliseconds without keeping the process alive; gives the function that calls it off. */
  later(delayMs: number, callback: () => void): () => void;
  /** Timers, sockets and child processes that may run code of an earlier cell at any moment. */
  activity(): number;
  /** A number from 0 to below 1, for sampling. */
  random(): number;
}

type Collector = (options?: { type: 'minor' | 'major' }) => void;

/** Captured at load: user code may replace the globals of the same names. */
const { setTimeout, clearTimeout, setImmediate, Promise } = globalThis;
const getActiveResourcesInfo = process.getActiveResourcesInfo.bind(process);

/** Resources (as Node names them) that call back without being asked. */
const calling: Record<string, boolean | undefined> = {
  Timeout: true,
  Immediate: true,
  TCPSocketWrap: true,
  TCPServerWrap: true,
  UDPWrap: true,
  ProcessWrap: true,
};

/** The process's own clock, collector and counters. */
export function systemProbes(): Probes {
  let collector: Collector | null | undefined;
  const collectorOf = (): Collector | null => {
    if (collector === undefined) {
      setFlagsFromString('--expose-gc');
      // Each forced collection ages compiled functions; without this the kernel would compile itself again and again.
      setFlagsFromString('--no-flush-bytecode');
      const found: unknown = runInNewContext('gc');
      collector = typeof found === 'function' ? (found as Collector) : null;
    }
    return collector;
  };
  return {
    now: performance.now.bind(performance),
    wallTime: Date.now,
    heap: () => ({ ...getHeapStatistics(), heap_size_limit: heapLimit() }),
    spaces: getHeapSpaceStatistics,
    memory: memoryUsage,
    rss: memoryUsage.rss,
    collect(kind) {
      const gc = collectorOf();
      if (gc === null) return false;
      if (kind === 'minor') gc({ type: 'minor' });
      else {
        finishCompiling();
        gc();
      }
      return true;
    },
    macrotask: () => new Promise((resolve) => void setImmediate(resolve)),
    pause: (ms) => new Promise((resolve) => void setTimeout(resolve, ms).unref()),
    later(delayMs, callback) {
      const timer = setTimeout(callback, delayMs);
      timer.unref();
      return () => clearTimeout(timer);
    },
    activity() {
      const resources = getActiveResourcesInfo();
      let active = 0;
      for (let i = 0; i < resources.length; i++) if (calling[resources[i] as string] === true) active++;
      return active;
    },
    random: Math.random,
  };
}
