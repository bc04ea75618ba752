/** The size model, and the reader of heap snapshots it is compared with, as one file that a plain Node can import. */
export { measure } from '../../../kernel/src/memory/size/measure.js';
export { figureOf } from '../../../kernel/src/memory/size/account.js';
export { SnapshotReader } from '../../../kernel/src/snapshot/reader.js';
export { HeapAnalysis } from '../../../kernel/src/snapshot/analysis.js';
