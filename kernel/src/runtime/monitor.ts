/**
 * The monitor worker: answers the front while the main thread is busy, through an inspector session on that thread, and
 * ends the process when the front is gone. Its channel is its own (descriptor 3), since a worker's standard streams go
 * through the main thread.
 */
import { Session } from 'node:inspector';
import { Socket } from 'node:net';
import { parentPort, workerData } from 'node:worker_threads';
import { encodeFrame, FrameDecoder } from '../ipc/frames.js';
import { IPC_VERSION, type FromMonitor, type ToMonitor } from '../ipc/messages.js';
import { DESCRIPTORS } from '../ipc/process.js';
import { takeSnapshot } from './heap-snapshot.js';
import { MainThread } from './main-thread.js';
import { Outbox, Side, tensorGaugeIn } from './outbox.js';
import { killGroup } from './process-group.js';

/** Gathered text that the main thread has not sent after this many ms is sent from here. */
const TAIL_MS = 10;

const channel = new Socket({ fd: DESCRIPTORS.monitor, readable: true, writable: true });
const send = (message: FromMonitor): void => void channel.write(encodeFrame(message));
const decoder = new FrameDecoder();
channel.on('data', (chunk: Buffer) => {
  for (const message of decoder.push(chunk)) take(message as ToMonitor);
});
channel.on('end', killGroup);
channel.on('close', killGroup);
channel.on('error', killGroup);

const outbox = new Outbox(workerData as SharedArrayBuffer, Side.monitor, DESCRIPTORS.toFront);
parentPort?.on('message', function flushLater(): void {
  setTimeout(() => outbox.flush() || flushLater(), TAIL_MS);
});

const session = new Session();
session.connectToMainThread();
const main = new MainThread(session, tensorGaugeIn(workerData as SharedArrayBuffer), (at) =>
  send({ type: 'heapEnd', at }),
);
let watch: NodeJS.Timeout | null = null;

function take(message: ToMonitor): void {
  switch (message.type) {
    case 'sample':
      void main.usage().then((usage) => send({ type: 'usage', id: message.id, usage }));
      break;
    case 'watch':
      watchEvery(message.everyMs);
      break;
    case 'halt':
      void main.halt(message.withinMs, message.runs).then((at) => send({ type: 'halted', id: message.id, at }));
      break;
    case 'collect':
      void main.collect(message.stopAbove).then((collected) => send({ type: 'usage', id: message.id, ...collected }));
      break;
    case 'watchHeapEnd':
      main.watchHeapEnd(message.on);
      break;
    case 'snapshot':
      void takeSnapshot((bytes) => send({ type: 'snapshotPart', id: message.id, bytes }), message).then((failure) =>
        send({ type: 'snapshotEnd', id: message.id, message: failure }),
      );
  }
}

/** Pushes samples; one that is late delays the next instead of queueing behind it. */
function watchEvery(everyMs: number | null): void {
  if (watch !== null) clearTimeout(watch);
  watch = null;
  if (everyMs === null) return;
  const timer = setTimeout(() => {
    void main.usage().then((usage) => {
      if (watch !== timer) return;
      send({ type: 'usage', id: null, usage });
      watchEvery(everyMs);
    });
  }, everyMs);
  watch = timer;
}

send({ type: 'ready', version: IPC_VERSION });
