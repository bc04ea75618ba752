/** The compiler's thread. */
import { parentPort, workerData } from 'node:worker_threads';
import { answer, type Call } from './calls.js';
import type { CompilerSettings } from './contract.js';
import { IdleCollection } from './idle-collection.js';
import { CompilerService } from './service.js';

/** Cells compiled for practice: as many as make V8 optimise most of what a cell needs. */
const REHEARSALS = 120;
/** The same after a collection, which takes some of that away. */
const REHEARSALS_AGAIN = 64;
/** Quiet time before each, ms: cells of the user that follow one another are practice themselves. */
const QUIET_MS = 50;

if (parentPort === null) throw new Error('This file runs as a worker thread of the kernel.');
const port = parentPort;
const service = new CompilerService(workerData as CompilerSettings);
const memory = new IdleCollection(() => rehearse(REHEARSALS_AGAIN, () => undefined));
let lastCall = -Infinity;

port.on('message', (call: Call) => {
  const message = answer(service, call);
  if (message !== null) port.postMessage(message);
  service.describe();
  memory.worked();
  lastCall = performance.now();
});
// After the calls that came while the thread started: the first cell does what warming up would do.
setImmediate(() => {
  service.warmUp();
  rehearse(REHEARSALS, () => memory.wanted());
});

/** One cell at a time: a call that comes meanwhile waits for one at most. */
function rehearse(left: number, then: () => void): void {
  if (left === 0) {
    then();
  } else if (performance.now() - lastCall < QUIET_MS) {
    setTimeout(rehearse, QUIET_MS, left, then);
  } else {
    service.rehearse();
    setImmediate(rehearse, left - 1, then);
  }
}
