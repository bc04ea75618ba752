/** The thread that looks at resident memory while the main one is busy: `peak-sampler.mjs`. */
import { parentPort, workerData } from 'node:worker_threads';
import { sampleForEver, type SamplerData } from './resident.js';

parentPort?.postMessage('ready');
sampleForEver(workerData as SamplerData);
