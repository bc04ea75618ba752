/** Starts the worker that watches this process while user code keeps the main thread busy. */
import { Worker } from 'node:worker_threads';
import { killGroup } from './process-group.js';

/** The worker reads frames and counters: it needs little memory. Its limits are megabytes. */
const LIMITS = { maxOldGenerationSizeMb: 24, maxYoungGenerationSizeMb: 2, stackSizeMb: 1 };

/**
 * Starts it.
 * @param memory of the outbox, whose gathered text the worker sends when the main thread does not.
 * @returns tells the worker that text has begun to gather.
 */
export function startMonitor(memory: SharedArrayBuffer): () => void {
  const worker = new Worker(new URL('./monitor.mjs', import.meta.url), {
    workerData: memory,
    resourceLimits: LIMITS,
    execArgv: [],
    env: {},
    // Its streams lead nowhere: Node would open this process's own for them, which makes those descriptors non-blocking.
    stdout: true,
    stderr: true,
  });
  // It must not keep a runtime alive that has nothing else to do, nor end unseen: without it nobody watches.
  worker.unref();
  worker.on('error', killGroup);
  return () => worker.postMessage('tail');
}
