/** The worker's side of `client.ts`. */
import { parentPort } from 'node:worker_threads';
import type { HeapWhy } from '../ipc/heap.js';
import { HeapAnalysis } from './analysis.js';
import { censusOf, goneBetween } from './census.js';
import type { FromSnapshotWorker, SnapshotQuestions, ToSnapshotWorker } from './client.js';
import type { HeapGraph } from './graph.js';
import { SnapshotError, SnapshotReader } from './reader.js';

const port = parentPort;
if (port === null) throw new Error('The snapshot worker runs as a worker thread only.');

const reader = new SnapshotReader();
let graph: HeapGraph | null = null;
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
    if (failed === null) guarded(null, () => void (graph = reader.finish()));
  } else
    guarded(message.id, () =>
      send({ type: 'answer', id: message.id, value: answers[message.kind](message.params as never) }),
    );
});

type Answers = {
  [K in keyof SnapshotQuestions]: (params: SnapshotQuestions[K]['params']) => SnapshotQuestions[K]['result'];
};

const answers: Answers = {
  size: () => ({ nodes: whole().nodeCount, edges: whole().edgeCount }),
  retained: () => ({ names: analysed().retainedByName(), together: analysed().retainedTogether() }),
  why({ names, texts, all }) {
    const found: [string, HeapWhy][] = [
      ...names.map((name): [string, HeapWhy] => [name, analysed().why(name, all)]),
      ...texts.map((text): [string, HeapWhy] => [text.name, analysed().whyText(text, all)]),
    ];
    return Object.fromEntries(found);
  },
  totals: () => analysed().totals(),
  grown: ({ before, most }) => analysed().grownSince(before, most),
  census({ before }) {
    const now = censusOf(whole());
    return { now, gone: before === null ? null : goneBetween(before, now) };
  },
};

function whole(): HeapGraph {
  if (graph === null) throw new SnapshotError(failed ?? 'The heap snapshot is not complete yet.');
  return graph;
}

function analysed(): HeapAnalysis {
  return (analysis ??= new HeapAnalysis(whole()));
}
