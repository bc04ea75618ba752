/** Errors that no cell waits for: a timer's throw, a rejection that nobody handles. They never end the runtime. */
import type { CellTag, ErrorReport, FromRuntime } from '../ipc/messages.js';
import { currentRun, NO_CELL, runAsNone } from './cell-run.js';
import type { SourcePositions } from './source-positions.js';
import { remarkOn } from './timer-failures.js';
import { reportError } from './traceback.js';

/** Reports them to the cell whose code they come from. Handlers that user code adds run beside this one. */
export function reportLateErrors(send: (message: FromRuntime) => void, positions: SourcePositions): void {
  const errors = new LateErrors(send, (action, ms) => runAsNone(() => setTimeout(action, ms).unref()));
  const report = (thrown: unknown): void => {
    const run = currentRun();
    // The rest of a cell that was interrupted: its awaits reject by our doing, and its reply has said so.
    if (run !== null && run.stopped && thrown === run.abortReason) return;
    errors.report(run?.tag ?? NO_CELL, reportError(thrown, positions), remarkOn(thrown));
  };
  process.on('uncaughtException', report);
  process.on('unhandledRejection', report);
}

/** Pause, ms, before repetitions are summed up; it doubles each time, so that even years of them are a few lines. */
const FIRST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 3_600_000;
/** Errors of one cell that are shown whole; further ones are counted as others. */
const MOST_OF_CELL = 20;
/** Cells whose errors are remembered; the oldest are forgotten. */
const MOST_CELLS = 100;

/** So many characters tell one error from another. */
const LONGEST_NAME = 300;

interface Repeated {
  count: number;
  pauseMs: number;
  scheduled: boolean;
}

/** Shows each error of a cell once, and of those that are the same only how many there were. */
export class LateErrors {
  private readonly cells = new Map<string, Map<string, Repeated>>();

  /** @param later runs an action after so many ms, if the process still lives then. */
  constructor(
    private readonly send: (message: FromRuntime) => void,
    private readonly later: (action: () => void, ms: number) => void,
  ) {}

  /** @param remark is shown below the error in any case. */
  report(tag: CellTag, error: ErrorReport, remark: string | null): void {
    const known = this.of(tag.parentId);
    const name = `${error.ename}: ${error.evalue}`.slice(0, LONGEST_NAME);
    const seen = known.get(name);
    if (seen === undefined && known.size < MOST_OF_CELL) {
      known.set(name, { count: 0, pauseMs: FIRST_PAUSE_MS, scheduled: false });
      this.send({ type: 'lateError', tag, error });
    } else {
      const others = seen === undefined;
      const repeated = seen ?? this.others(known);
      repeated.count += 1;
      this.schedule(tag, repeated, others ? 'other errors' : `the same ${error.ename}`);
    }
    if (remark !== null) this.say(tag, remark);
  }

  private others(known: Map<string, Repeated>): Repeated {
    let others = known.get('');
    if (others === undefined) known.set('', (others = { count: 0, pauseMs: FIRST_PAUSE_MS, scheduled: false }));
    return others;
  }

  private of(parentId: string): Map<string, Repeated> {
    let known = this.cells.get(parentId);
    if (known === undefined) {
      this.cells.set(parentId, (known = new Map<string, Repeated>()));
      const [oldest] = this.cells.keys();
      if (this.cells.size > MOST_CELLS && oldest !== undefined) this.cells.delete(oldest);
    }
    return known;
  }

  private schedule(tag: CellTag, repeated: Repeated, what: string): void {
    if (repeated.scheduled) return;
    repeated.scheduled = true;
    this.later(() => {
      const { count, pauseMs } = repeated;
      repeated.scheduled = false;
      repeated.count = 0;
      repeated.pauseMs = Math.min(LONGEST_PAUSE_MS, pauseMs * 2);
      this.say(tag, `… ${what}, ${count} more time${count === 1 ? '' : 's'}`);
    }, repeated.pauseMs);
  }

  private say(tag: CellTag, text: string): void {
    this.send({ type: 'stream', tag, name: 'stderr', text: `${text}\n` });
  }
}
