/** `input()` of user code: a line from the person at the notebook. */
import type { QuestionMap } from '../ipc/messages.js';
import { currentRun } from './cell-run.js';

export interface InputOptions {
  /** Does not show what is typed. */
  password?: boolean;
}

type Ask = (kind: 'input', params: QuestionMap['input']['params']) => Promise<string>;

/** Makes `input`. It rejects where the front end allows none, and when the cell is interrupted. */
export function makeInput(ask: Ask) {
  return async function input(prompt = '', { password = false }: InputOptions = {}): Promise<string> {
    const run = currentRun();
    if (run === null || run.over) throw new Error('input() works only while its cell runs.');
    if (!run.allowStdin) {
      const error = new Error(
        'input() needs a front end that can ask (allow_stdin): this one, or this way of running a notebook, cannot.',
      );
      error.name = 'StdinNotImplementedError';
      throw error;
    }
    return ask('input', { prompt: String(prompt), password });
  };
}
