import { cells } from './cells.js';
import { loop } from './loop.js';
import type { Measurement } from './measurement.js';
import { responsiveness } from './responsiveness.js';
import { startup } from './startup.js';
import { stdout } from './stdout.js';

/** All measurements, in the order they run. */
export const measurements: readonly Measurement[] = [startup, cells, stdout, loop, responsiveness];
