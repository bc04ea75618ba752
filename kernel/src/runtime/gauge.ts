/** Counters that only this thread can read, offered to the monitor. */
import { channel } from 'node:diagnostics_channel';
import process from 'node:process';
import type { GcMark } from '@heapmark/protocol';
import { GAUGE_CHANNEL, type Gauge, type GaugeReading } from '../ipc/process.js';

/** Captured at load: user code may replace it. */
const { memoryUsage } = process;

/**
 * @param look gives the collections since its last call: in the middle of any code, since the monitor interrupts it.
 * @param unhook takes the promise hooks away.
 */
export function offerGauge(look: () => GcMark[], unhook: () => void): void {
  const read = (): GaugeReading => {
    const { arrayBuffers, external } = memoryUsage();
    return { arrayBuffers, external, collections: look() };
  };
  channel(GAUGE_CHANNEL).subscribe((gauge) => {
    Object.assign(gauge as Gauge, { read, unhook });
  });
}
