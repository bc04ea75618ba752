/** The compiler's thread. */
import { parentPort, workerData } from 'node:worker_threads';
import { answer, type Call } from './calls.js';
import type { CompilerSettings } from './contract.js';
import { IdleCollection } from './idle-collection.js';
import { CompilerService } from './service.js';

/** Cells compiled before the user's first: as many as make V8 optimise most of what a cell needs. */
const REHEARSALS = 12;

if (parentPort === null) throw new Error('This file runs as a worker thread of the kernel.');
const port = parentPort;
const service = new CompilerService(workerData as CompilerSettings);
const memory = new IdleCollection();
let called = false;

port.on('message', (call: Call) => {
  called = true;
  const message = answer(service, call);
  if (message !== null) port.postMessage(message);
  memory.worked();
});
service.warmUp();
// After the calls that came while it warmed up.
setImmediate(rehearse, REHEARSALS);

/** One cell at a time: a call that comes meanwhile waits for one at most, and ends it. */
function rehearse(left: number): void {
  if (called || left === 0) {
    memory.wanted();
    return;
  }
  service.rehearse();
  setImmediate(rehearse, left - 1);
}
