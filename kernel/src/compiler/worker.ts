/** The compiler's thread. */
import { parentPort, workerData } from 'node:worker_threads';
import type { CompilerSettings } from './contract.js';
import { answer, type Call } from './calls.js';
import { CompilerService } from './service.js';

if (parentPort === null) throw new Error('This file runs as a worker thread of the kernel.');
const port = parentPort;
const service = new CompilerService(workerData as CompilerSettings);

port.on('message', (call: Call) => {
  const message = answer(service, call);
  if (message !== null) port.postMessage(message);
});
service.warmUp();
