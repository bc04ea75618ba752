/** Counters that only this thread can read, offered to the monitor. */
import { channel } from 'node:diagnostics_channel';
import process from 'node:process';
import { GAUGE_CHANNEL, type Gauge } from '../ipc/process.js';

/** Captured at load: user code may replace it. */
const { memoryUsage } = process;

/** @param look is called with each reading: in the middle of any code, since the monitor interrupts it. */
export function offerGauge(look: () => void): void {
  const read = (): { arrayBuffers: number; external: number } => {
    const { arrayBuffers, external } = memoryUsage();
    look();
    return { arrayBuffers, external };
  };
  channel(GAUGE_CHANNEL).subscribe((gauge) => {
    (gauge as Gauge).read = read;
  });
}
