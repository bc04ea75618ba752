/**
 * Reading a snapshot off the main thread: a worker that lives for one snapshot and is gone with its memory afterwards.
 */
import { Worker } from 'node:worker_threads';
import type { FreedText, GoneObjects, GrownKind, HeapWhy, RetainedName } from '../ipc/heap.js';
import type { Census } from './census.js';
import type { HeapTotals } from './kinds.js';

/** What may be asked of one snapshot. */
export interface SnapshotQuestions {
  size: { params: null; result: { nodes: number; edges: number } };
  retained: { params: null; result: { names: RetainedName[]; together: number } };
  why: {
    params: { names: readonly string[]; texts: readonly FreedText[]; all: boolean };
    result: Record<string, HeapWhy>;
  };
  totals: { params: null; result: HeapTotals };
  grown: { params: { before: HeapTotals; most: number }; result: GrownKind[] };
  census: { params: { before: Census | null }; result: { now: Census; gone: GoneObjects[] | null } };
}

/** To the worker. */
export type ToSnapshotWorker =
  | { type: 'chunk'; bytes: Uint8Array }
  | { type: 'end' }
  | { type: 'ask'; id: number; kind: keyof SnapshotQuestions; params: unknown };

/** From the worker. */
export type FromSnapshotWorker =
  { type: 'answer'; id: number; value: unknown } | { type: 'failed'; id: number | null; message: string };

/** One snapshot being read. Feed it by {@link push}, {@link end} it, ask, and {@link close} it: that frees everything. */
export class SnapshotSession {
  private readonly worker: Worker;
  private readonly waiting = new Map<number, { resolve: (value: unknown) => void; reject: (error: Error) => void }>();
  private nextId = 1;
  private failure: Error | null = null;

  /** @param script the bundled `worker.ts`. */
  constructor(script: URL) {
    this.worker = new Worker(script, { execArgv: [] });
    this.worker.on('message', (message: FromSnapshotWorker) => this.receive(message));
    this.worker.on('error', (cause) =>
      this.fail(new Error(`The heap snapshot could not be read: ${cause.message}`, { cause })),
    );
    this.worker.on('exit', () => this.fail(new Error('The heap snapshot was closed before the answer came.')));
  }

  /** Gives the next bytes; they are moved, not copied, and must not be used afterwards. */
  push(bytes: Uint8Array<ArrayBuffer>): void {
    this.send({ type: 'chunk', bytes }, [bytes.buffer]);
  }

  end(): void {
    this.send({ type: 'end' });
  }

  /** Rejects when the snapshot was no snapshot, was cut short, or was closed. */
  ask<K extends keyof SnapshotQuestions>(
    kind: K,
    params: SnapshotQuestions[K]['params'],
  ): Promise<SnapshotQuestions[K]['result']> {
    if (this.failure !== null) return Promise.reject(this.failure);
    const id = this.nextId++;
    return new Promise((resolve, reject) => {
      this.waiting.set(id, { resolve: resolve as (value: unknown) => void, reject });
      this.send({ type: 'ask', id, kind, params });
    });
  }

  async close(): Promise<void> {
    await this.worker.terminate();
  }

  private send(message: ToSnapshotWorker, transfer: ArrayBuffer[] = []): void {
    this.worker.postMessage(message, transfer);
  }

  private receive(message: FromSnapshotWorker): void {
    if (message.type === 'answer') {
      this.waiting.get(message.id)?.resolve(message.value);
      this.waiting.delete(message.id);
    } else if (message.id === null) this.fail(new Error(message.message));
    else {
      this.waiting.get(message.id)?.reject(new Error(message.message));
      this.waiting.delete(message.id);
    }
  }

  private fail(error: Error): void {
    this.failure ??= error;
    for (const { reject } of this.waiting.values()) reject(this.failure);
    this.waiting.clear();
  }
}
