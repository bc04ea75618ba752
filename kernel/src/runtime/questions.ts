/** Questions to the front: input, compilation of modules and fragments, its records. */
import type { ErrorReport, FromRuntime, QuestionMap, Question, ToRuntime } from '../ipc/messages.js';
import { currentRun } from './cell-run.js';

/** The front's refusal, as the front worded it. */
export class FrontError extends Error {
  constructor(readonly report: ErrorReport) {
    super(report.evalue);
    this.name = report.ename;
  }
}

type Answer = Extract<ToRuntime, { type: 'answer' }>;

export class Questions {
  private next = 1;
  private readonly waiting = new Map<number, { resolve(value: unknown): void; reject(error: Error): void }>();

  constructor(private readonly send: (message: FromRuntime) => void) {}

  /** Asks; rejects with {@link FrontError} and, when the cell that asks is interrupted, with the reason of that. */
  ask<K extends keyof QuestionMap>(kind: K, params: QuestionMap[K]['params']): Promise<QuestionMap[K]['result']> {
    const id = this.next++;
    const run = currentRun();
    const signal = run === null || run.over ? null : run.signal;
    return new Promise<QuestionMap[K]['result']>((resolve, reject) => {
      const abort = (): void => {
        if (this.waiting.delete(id)) this.send({ type: 'withdraw', id });
        reject(signal?.reason as Error);
      };
      if (signal?.aborted) {
        abort();
        return;
      }
      signal?.addEventListener('abort', abort, { once: true });
      const settle = (): void => signal?.removeEventListener('abort', abort);
      this.waiting.set(id, {
        resolve: (value) => {
          settle();
          resolve(value as QuestionMap[K]['result']);
        },
        reject: (error) => {
          settle();
          reject(error);
        },
      });
      this.send({ type: 'ask', id, tag: run?.tag ?? null, question: { kind, params } as Question });
    });
  }

  /** Takes an answer; one to a question that nobody waits for any longer is dropped. */
  answer(message: Answer): void {
    const waiting = this.waiting.get(message.id);
    this.waiting.delete(message.id);
    if (message.ok) waiting?.resolve(message.value);
    else waiting?.reject(new FrontError(message.error));
  }
}
