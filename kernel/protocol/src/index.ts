/** The contract of Heapmark: records, requests, events, errors and magics. Imports nothing; safe in a browser. */
export * from './schema.js';
export * from './precision.js';
export * from './units.js';
export * from './records/variable.js';
export * from './records/memory.js';
export * from './records/resources.js';
export * from './jsonrpc.js';
export * from './requests.js';
export * from './events.js';
export * from './gc-marks.js';
export * from './errors.js';
export * from './magics.js';
export * from './magic-usage.js';
export * from './published.js';
