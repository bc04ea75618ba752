import { performance } from 'node:perf_hooks';
import { cpuUsage } from 'node:process';
import type { Clock } from './context.js';

/** Microseconds in a millisecond: `process.cpuUsage()` counts the former. */
const MICROSECONDS = 1000;

/** The process's own clock. */
export const systemClock: Clock = {
  now: performance.now.bind(performance),
  cpu() {
    const { user, system } = cpuUsage();
    return { userMs: user / MICROSECONDS, systemMs: system / MICROSECONDS };
  },
};
