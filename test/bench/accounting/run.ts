/** `npm run bench:accounting`: what accounting costs beside its marks; ends with 1 when one is missed. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describeMachine } from '../machine.js';
import { cellTimings } from './cells.js';
import { listingTimings } from './listing.js';
import { passed, renderTimings } from './timing.js';

const FOLDER = fileURLToPath(new URL('../../../bench-results/', import.meta.url));

const machine = describeMachine();
const timings = [...(await listingTimings()), ...(await cellTimings())];
console.log(
  `Node ${machine.node}, ${machine.cpus} × ${machine.cpuModel}, load ${machine.loadAtStart.toFixed(1)}; medians\n\n${renderTimings(timings)}`,
);
mkdirSync(FOLDER, { recursive: true });
const report = { version: 1, time: new Date().toISOString(), machine, timings };
writeFileSync(`${FOLDER}accounting.json`, `${JSON.stringify(report, null, 2)}\n`);
if (!timings.every(passed)) process.exitCode = 1;
