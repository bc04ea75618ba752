/**
 * Heap snapshots of the runtime: taken one after the other, read in a thread of their own while they arrive, and
 * forgotten with that thread's memory as soon as the answer is there.
 */
import { resolve } from 'node:path';
import type { HeapQuestionMap, SnapshotFigures } from '../ipc/heap.js';
import type { Census } from '../snapshot/census.js';
import type { HeapTotals } from '../snapshot/kinds.js';
import { SnapshotSession, type SnapshotQuestions } from '../snapshot/client.js';
import type { Runtime } from './runtime.js';
import { SnapshotFile } from './snapshot-file.js';

/** A snapshot that nobody waits for any longer. */
export class SnapshotWithdrawn extends Error {
  readonly code = 'SNAPSHOT_WITHDRAWN';
  constructor() {
    super('The heap snapshot was given up: nobody waits for its answer any longer.');
    this.name = 'SnapshotWithdrawn';
  }
}

type Answered = Pick<SnapshotQuestions, 'retained' | 'why' | 'census' | 'totals' | 'grown'>;

/** What was there at a mark; ids of objects mean something in the process it was made of alone. */
interface Mark {
  pid: number | null;
  /** Somebody comes back to it any time. */
  lasting: boolean;
  totals: HeapTotals | null;
}

export class SnapshotDesk {
  private last: Promise<unknown> = Promise.resolve();
  /** What was there at the last count; its ids mean something in the process it was taken of alone. */
  private counted: { pid: number | null; census: Census } | null = null;

  /** Places that somebody compares with later. */
  private readonly marks = new Map<number, Mark>();
  private lastMark = 0;

  /**
   * @param runtime whose heap is looked at.
   * @param script the bundled worker that reads snapshots.
   * @param now milliseconds that never go back.
   */
  constructor(
    private readonly runtime: Pick<Runtime, 'snapshot' | 'pid'>,
    private readonly script: URL,
    private readonly now: () => number = () => performance.now(),
  ) {}

  async sizes(withdrawn: AbortSignal): Promise<HeapQuestionMap['heapSizes']['result']> {
    const { answer, figures } = await this.ask('retained', null, withdrawn);
    return { ...answer, figures };
  }

  async why(
    params: HeapQuestionMap['heapWhy']['params'],
    withdrawn: AbortSignal,
  ): Promise<HeapQuestionMap['heapWhy']['result']> {
    const { answer, figures } = await this.ask('why', params, withdrawn);
    return { answers: answer, figures };
  }

  /** What went since the last count; the first one in a runtime has nothing to compare with. */
  gone(withdrawn: AbortSignal): Promise<HeapQuestionMap['heapGone']['result']> {
    return this.inTurn(withdrawn, async () => {
      const { pid } = this.runtime;
      const before = this.counted?.pid === pid ? this.counted.census : null;
      const { answer, figures } = await this.takeAndAsk('census', { before }, withdrawn, true);
      this.counted = { pid, census: answer.now };
      return { gone: answer.gone, figures };
    });
  }

  /** A place to compare from. */
  async mark(
    params: HeapQuestionMap['heapMark']['params'],
    withdrawn: AbortSignal,
  ): Promise<HeapQuestionMap['heapMark']['result']> {
    const id = ++this.lastMark;
    const { pid } = this.runtime;
    const lasting = params?.lasting === true;
    // A search for leaks that was interrupted never comes back for its own; a new lasting mark takes the old one's place.
    for (const [other, mark] of this.marks) if (!mark.lasting || lasting || mark.pid !== pid) this.marks.delete(other);
    const mark: Mark = { pid, lasting, totals: null };
    this.marks.set(id, mark);
    const { answer, figures } = await this.ask('totals', null, withdrawn);
    mark.totals = answer;
    return { mark: { id }, figures };
  }

  async grown(
    { mark: { id }, most, last }: HeapQuestionMap['heapGrown']['params'],
    withdrawn: AbortSignal,
  ): Promise<HeapQuestionMap['heapGrown']['result']> {
    const mark = this.marks.get(id);
    if (mark === undefined || mark.totals === null || mark.pid !== this.runtime.pid)
      throw new Error('The mark to compare with is gone: set another.');
    if (last) this.marks.delete(id);
    const { answer, figures } = await this.ask('grown', { before: mark.totals, most }, withdrawn);
    return { kinds: answer, figures };
  }

  /** Writes a snapshot to a file; relative paths begin at the notebook's folder. Rejects before it is taken when the file cannot be written. */
  file(
    { path, overwrite }: HeapQuestionMap['heapFile']['params'],
    withdrawn: AbortSignal,
  ): Promise<HeapQuestionMap['heapFile']['result']> {
    return this.inTurn(withdrawn, async () => {
      const file = await SnapshotFile.open(resolve(path), overwrite);
      const began = this.now();
      try {
        await this.runtime.snapshot((bytes) => file.write(bytes), this.keepsIds);
        if (withdrawn.aborted) throw new SnapshotWithdrawn();
        return { ...(await file.finish()), takenMs: this.now() - began };
      } catch (error) {
        await file.discard();
        throw error;
      }
    });
  }

  private get keepsIds(): boolean {
    return this.counted !== null || [...this.marks.values()].some(({ pid }) => pid === this.runtime.pid);
  }

  private ask<K extends keyof Answered>(
    kind: K,
    params: Answered[K]['params'],
    withdrawn: AbortSignal,
  ): Promise<{ answer: Answered[K]['result']; figures: SnapshotFigures }> {
    return this.inTurn(withdrawn, () => this.takeAndAsk(kind, params, withdrawn, this.keepsIds));
  }

  private async takeAndAsk<K extends keyof Answered>(
    kind: K,
    params: Answered[K]['params'],
    withdrawn: AbortSignal,
    keepIds: boolean,
  ): Promise<{ answer: Answered[K]['result']; figures: SnapshotFigures }> {
    const session = new SnapshotSession(this.script);
    const stop = (): void => void session.close();
    withdrawn.addEventListener('abort', stop, { once: true });
    const began = this.now();
    let textBytes = 0;
    try {
      await this.runtime.snapshot((bytes) => {
        textBytes += bytes.byteLength;
        // A copy: these bytes lie in the middle of what the channel gave.
        if (!withdrawn.aborted) session.push(Uint8Array.from(bytes));
      }, keepIds);
      const takenMs = this.now() - began;
      if (withdrawn.aborted) throw new SnapshotWithdrawn();
      session.end();
      const answer = await session.ask(kind, params);
      const size = await session.ask('size', null);
      return { answer, figures: { ...size, takenMs, textBytes } };
    } catch (error) {
      throw withdrawn.aborted ? new SnapshotWithdrawn() : error;
    } finally {
      withdrawn.removeEventListener('abort', stop);
      await session.close();
    }
  }

  /** One at a time: two would share the memory that was predicted for one. */
  private inTurn<T>(withdrawn: AbortSignal, work: () => Promise<T>): Promise<T> {
    const turn = this.last.then(() => {
      if (withdrawn.aborted) throw new SnapshotWithdrawn();
      return work();
    });
    this.last = turn.catch(() => undefined);
    return turn;
  }
}
