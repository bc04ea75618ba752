/** Errors that no cell waits for: a timer's throw, a rejection that nobody handles. They never end the runtime. */
import type { FromRuntime } from '../ipc/messages.js';
import { currentRun, NO_CELL } from './cell-run.js';
import type { SourcePositions } from './source-positions.js';
import { reportError } from './traceback.js';

/** Reports them to the cell whose code they come from. Handlers that user code adds run beside this one. */
export function reportLateErrors(send: (message: FromRuntime) => void, positions: SourcePositions): void {
  const report = (thrown: unknown): void => {
    const run = currentRun();
    // The rest of a cell that was interrupted: its awaits reject by our doing, and its reply has said so.
    if (run !== null && run.over && thrown === run.abortReason) return;
    send({ type: 'lateError', tag: run?.tag ?? NO_CELL, error: reportError(thrown, positions) });
  };
  process.on('uncaughtException', report);
  process.on('unhandledRejection', report);
}
