/** Failures in a row of one interval: what fails always is stopped, and the error that ends it says so. */

import { types } from 'node:util';

/** The same error so many times in a row ends an interval. */
const MOST_FAILURES = 3;

/** What is to be said beside an error that is about to be reported. */
let remark: { thrown: unknown; text: string } | null = null;

/** What is to be said beside this error, once; `null` when nothing is. */
export function remarkOn(thrown: unknown): string | null {
  if (remark === null || remark.thrown !== thrown) return null;
  const { text } = remark;
  remark = null;
  return text;
}

export class TimerFailures {
  private last = '';
  private count = 0;

  /** @param stop ends the timer. */
  constructor(
    private readonly kind: string,
    private readonly callback: string,
    private readonly stop: () => void,
  ) {}

  succeeded(): void {
    this.count = 0;
  }

  /** The callback threw, or the promise it gave was rejected. */
  failed(thrown: unknown): void {
    const words = wordsOf(thrown);
    this.count = words === this.last ? this.count + 1 : 1;
    this.last = words;
    if (this.count < MOST_FAILURES) return;
    this.stop();
    const name = this.callback === '' ? this.kind : `${this.kind}(${this.callback})`;
    remark = { thrown, text: `${name} was stopped: it failed ${MOST_FAILURES} times in a row with this error.` };
  }
}

/** The message, read without running code of the user: what is not known to be plain counts as alike. */
function wordsOf(thrown: unknown): string {
  if (!types.isNativeError(thrown)) return typeof thrown === 'string' ? thrown : typeof thrown;
  const message: unknown = Object.getOwnPropertyDescriptor(thrown, 'message')?.value;
  return typeof message === 'string' ? message : '';
}
