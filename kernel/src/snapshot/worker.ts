/** The worker's side of `client.ts`. */
import { parentPort } from 'node:worker_threads';
import { HeapAnalysis } from './analysis.js';
import type { FromSnapshotWorker, SnapshotQuestions, ToSnapshotWorker } from './client.js';
import { SnapshotError, SnapshotReader } from './reader.js';

const port = parentPort;
if (port === null) throw new Error('The snapshot worker runs as a worker thread only.');

const reader = new SnapshotReader();
let analysis: HeapAnalysis | null = null;
let failed: string | null = null;

const send = (message: FromSnapshotWorker): void => port.postMessage(message);

const guarded = (id: number | null, action: () => void): void => {
  try {
    action();
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    if (id === null) failed = message;
    send({ type: 'failed', id, message });
  }
};

port.on('message', (message: ToSnapshotWorker) => {
  if (message.type === 'chunk') {
    if (failed === null)
      guarded(null, () =>
        reader.push(Buffer.from(message.bytes.buffer, message.bytes.byteOffset, message.bytes.byteLength)),
      );
  } else if (message.type === 'end') {
    if (failed === null) guarded(null, () => void (analysis = new HeapAnalysis(reader.finish())));
  } else
    guarded(message.id, () => send({ type: 'answer', id: message.id, value: answer(message.kind, message.params) }));
});

function answer(kind: keyof SnapshotQuestions, params: unknown): unknown {
  if (analysis === null) throw new SnapshotError(failed ?? 'The heap snapshot is not complete yet.');
  if (kind === 'retainedByName') return analysis.retainedByName();
  const { name, all } = params as SnapshotQuestions['why']['params'];
  return analysis.why(name, all);
}
