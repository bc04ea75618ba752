/** Emitters with more listeners than Node finds plausible, and threads: the process itself tells of both. */
import { EventEmitter, getEventListeners } from 'node:events';
import process from 'node:process';
import type { Worker } from 'node:worker_threads';
import type { CellTag } from '../../ipc/messages.js';
import { typeOf } from '../list/type.js';

/** https://nodejs.org/api/process.html#event-warning */
interface ListenerWarning extends Error {
  readonly emitter?: EventEmitter;
  readonly target?: EventTarget;
  readonly type: string | symbol;
}

interface Crowded {
  readonly emitter: WeakRef<EventEmitter | EventTarget>;
  readonly event: string | symbol;
  readonly cell: CellTag | null;
}

/** Emitters that are remembered. */
const MOST = 1_000;

export interface CrowdedRecord {
  /** `'data' of a Socket`. */
  what: string;
  count: number;
  cell: CellTag | null;
}

export class ProcessWatch {
  private crowded: Crowded[] = [];
  private workers: { worker: WeakRef<Worker>; cell: CellTag }[] = [];
  private readonly onWarning = (warning: Error): void => this.warned(warning as ListenerWarning);
  private readonly onWorker = (worker: Worker): void => this.began(worker);

  /** @param ownCell of the code that runs now; `null` for the kernel's own. */
  constructor(private readonly ownCell: () => CellTag | null) {}

  start(): void {
    process.on('warning', this.onWarning);
    process.on('worker', this.onWorker);
  }

  stop(): void {
    process.off('warning', this.onWarning);
    process.off('worker', this.onWorker);
  }

  /** Emitters that still have more listeners than they should, each event of theirs. */
  listeners(): CrowdedRecord[] {
    return this.crowded.flatMap(({ emitter, event, cell }) => {
      const found = emitter.deref();
      if (found === undefined) return [];
      const listeners =
        found instanceof EventEmitter
          ? EventEmitter.prototype.listeners.call(found, event)
          : getEventListeners(found, String(event));
      if (listeners.length <= EventEmitter.defaultMaxListeners) return [];
      const name = typeof event === 'symbol' ? String(event) : `'${event}'`;
      return [{ what: `${name} of ${nameOf(found)}`, count: listeners.length, cell }];
    });
  }

  /** Threads that cells have started and that have not ended, by cell. */
  threads(): { cell: CellTag; count: number }[] {
    const counts = new Map<CellTag, number>();
    this.workers = this.workers.filter(({ worker }) => (worker.deref()?.threadId ?? -1) >= 0);
    for (const { cell } of this.workers) counts.set(cell, (counts.get(cell) ?? 0) + 1);
    return [...counts].map(([cell, count]) => ({ cell, count }));
  }

  private warned({ name, emitter, target, type }: ListenerWarning): void {
    const crowded = emitter ?? target;
    if (name !== 'MaxListenersExceededWarning' || crowded === undefined) return;
    this.crowded.push({ emitter: new WeakRef(crowded), event: type, cell: this.ownCell() });
    if (this.crowded.length > MOST) this.crowded.shift();
  }

  private began(worker: Worker): void {
    const cell = this.ownCell();
    if (cell !== null) this.workers.push({ worker: new WeakRef(worker), cell });
  }
}

function nameOf(emitter: object): string {
  if (emitter === process) return 'process';
  const type = typeOf(emitter);
  return `${/^[AEIOU]/.test(type) ? 'an' : 'a'} ${type}`;
}
