/** The queue of cells: one at a time, in order, each from its request to its reply. */
import type { CellTag, ErrorReport, MimeBundle, RawFrame, RunMessage } from '../ipc/messages.js';
import type { Broadcast } from './broadcast.js';
import type { CellStore } from './cells.js';
import { plainReport } from './report.js';
import type { History } from './history.js';
import { stopRun, type StopReason } from './interrupt.js';
import { reasonOf, type Logger } from './log.js';
import type { RequestContent } from './messages.js';
import { CompilerEndedError } from '../compiler/client.js';
import type { Compilation, Compiler } from '../compiler/contract.js';
import { RuntimeDiedError, type Done, type Runtime } from './runtime.js';
import type { StdinDesk } from './stdin.js';
import type { Content, Header, ReceivedMessage } from './wire.js';

/** A cell that is queued or runs. */
export interface Cell {
  message: ReceivedMessage;
  code: string;
  silent: boolean;
  storeHistory: boolean;
  allowStdin: boolean;
  stopOnError: boolean;
  userExpressions: Record<string, string>;
  tag: CellTag;
  /** Text of its result, for the history. */
  resultText: string | null;
}

interface Running {
  cell: Cell;
  /** Set when the run was sent to the runtime. */
  runId: number | null;
  /** Why it was asked to stop. */
  stop: StopReason | null;
  /** Aborted when it is asked to stop before it was sent to the runtime. */
  compiling: AbortController;
  /** Resolves when the runtime is done with it. */
  over: Promise<unknown>;
  /** Resolves when the effort to stop it is over: no termination is on its way any longer. */
  stopping: Promise<void> | null;
}

type Outcome =
  | { status: 'ok'; done: Done }
  /** `fatal`: the runtime died, and with it what cells behind this one would need. */
  | { status: 'error'; error: ErrorReport; done: Done | null; fatal?: boolean };

export interface ExecutorServices {
  broadcast: Broadcast;
  cells: CellStore;
  compiler: Compiler;
  history: History;
  runtime: Runtime;
  stdin: StdinDesk;
  log: Logger;
  /** A cell begins: its output can come from now on. */
  begins(header: Header, silent: boolean): void;
  reply(message: ReceivedMessage, content: Content): void;
  /** Adds to the error of a cell that was stopped for its memory what it had, and what holds it. */
  explainMemoryStop(error: ErrorReport): Promise<void>;
  /** A cell began, or the last one of the queue ended. */
  busyChanged(busy: boolean): void;
  now(): number;
}

export class Executor {
  private readonly queue: Cell[] = [];
  private running: Running | null = null;
  private working = false;
  private count = 0;
  /** An interrupt while no cell runs. */
  private stoppingIdle: Promise<void> | null = null;

  constructor(private readonly services: ExecutorServices) {}

  get busy(): boolean {
    return this.running !== null;
  }

  get executionCount(): number {
    return this.count;
  }

  /** The cell that runs, when output with this parent belongs to it. */
  current(parentId: string): Cell | null {
    return this.running?.cell.message.header.msg_id === parentId ? this.running.cell : null;
  }

  /** Keeps the text of a cell's result for the history. */
  noteResult(parentId: string, data: MimeBundle): void {
    const text = data['text/plain'];
    const cell = this.current(parentId);
    if (cell !== null && typeof text === 'string') cell.resultText = text;
  }

  submit(message: ReceivedMessage, content: RequestContent<'execute_request'>): void {
    const silent = content.silent ?? false;
    const cellId = message.metadata['cellId'];
    this.queue.push({
      message,
      code: content.code,
      silent,
      storeHistory: !silent && (content.store_history ?? true),
      allowStdin: content.allow_stdin ?? true,
      stopOnError: content.stop_on_error ?? true,
      userExpressions: content.user_expressions ?? {},
      tag: {
        parentId: message.header.msg_id,
        cellId: typeof cellId === 'string' ? cellId : null,
        executionCount: 0,
      },
      resultText: null,
    });
    if (!this.working) void this.work();
  }

  /**
   * Stops the cell that runs; when none does, the timers that earlier ones have left. Resolves when it is over.
   * @param at where its code was, when that is known already.
   */
  async stop(reason: StopReason, at: RawFrame[] | null = null): Promise<void> {
    const { running } = this;
    if (running === null) {
      this.stoppingIdle ??= this.stopBackground().finally(() => (this.stoppingIdle = null));
      await this.stoppingIdle;
      return;
    }
    if (running.stop !== null) return;
    running.stop = reason;
    const id = running.runId;
    if (id === null) {
      running.compiling.abort();
      return;
    }
    // A client that reads slowly may hold the runtime back: its end must be heard all the same.
    this.services.runtime.hold(false);
    running.stopping = stopRun(
      this.services.runtime,
      (seen) => ({ type: 'abort', id, reason, at: seen }),
      reason,
      running.over,
      at,
    );
    await running.stopping;
  }

  /** Refuses everything queued: the kernel is going away. */
  abortQueued(): void {
    for (const cell of this.queue.splice(0)) this.abort(cell);
  }

  private async stopBackground(): Promise<void> {
    const { runtime } = this.services;
    if (runtime.pid === null) return;
    const id = runtime.newId();
    const over = runtime.answerTo(id).catch(() => undefined);
    await stopRun(runtime, () => ({ type: 'stopBackground', id }), 'interrupt', over);
  }

  private async work(): Promise<void> {
    this.working = true;
    this.services.runtime.send({ type: 'quiet', quiet: false });
    for (let cell = this.queue.shift(); cell !== undefined; cell = this.queue.shift()) {
      // A termination that is meant for background code must not hit the cell.
      if (this.stoppingIdle !== null) await this.stoppingIdle;
      await this.execute(cell);
    }
    this.working = false;
    this.services.runtime.send({ type: 'quiet', quiet: true });
  }

  private async execute(cell: Cell): Promise<void> {
    const { services } = this;
    const { broadcast, cells, history } = services;
    const { header } = cell.message;
    if (cell.storeHistory) this.count += 1;
    cell.tag.executionCount = this.count;
    const running: Running = {
      cell,
      runId: null,
      stop: null,
      compiling: new AbortController(),
      over: Promise.resolve(),
      stopping: null,
    };
    this.running = running;
    services.begins(header, cell.silent);
    broadcast.cellBegins(header);
    if (!cell.silent) broadcast.executeInput(header, cell.code, this.count);
    services.busyChanged(true);
    const began = services.now();
    const startedAt = Date.now();
    if (!cell.silent) cells.begin(cell.tag, cell.code, startedAt);
    const outcome = await this.outcome(running, startedAt);
    await running.stopping;
    services.stdin.cancel(cell.message);
    if (!cell.silent) {
      cells.end(statusOf(outcome, running.stop), services.now() - began, outcome.done?.measure ?? null);
    }
    if (cell.storeHistory) history.add(this.count, cell.code, cell.resultText);
    if (outcome.status === 'error' && !cell.silent) broadcast.error(header, outcome.error);
    services.reply(cell.message, this.replyTo(outcome));
    this.running = null;
    services.busyChanged(false);
    broadcast.cellEnds(header);
    // Only what was waiting when the error came: a cell sent later is a new decision of the user.
    if (outcome.status === 'error' && (cell.stopOnError || outcome.fatal === true)) this.abortQueued();
  }

  private async outcome(running: Running, startedAt: number): Promise<Outcome> {
    const { compiler, runtime } = this.services;
    const { cell } = running;
    try {
      const preparing = this.prepare(cell, running.compiling.signal);
      const prepared = await Promise.race([preparing, aborted(running.compiling.signal)]);
      if (prepared === null) {
        // The compiler may still come to an end; what it makes is not run.
        preparing.then(({ compiled }) => compiled.ok && compiler.settle(compiled.id, [])).catch(() => undefined);
        return failed(stopped(running.stop));
      }
      const { compiled, userExpressions } = prepared;
      if (!compiled.ok) return failed(compiled.error);
      if (compiled.notice !== undefined && !cell.silent) {
        this.services.broadcast.stream(cell.message.header, 'stderr', `${compiled.notice}\n`);
      }
      const id = runtime.newId();
      running.runId = id;
      const { tag, silent, allowStdin } = cell;
      const run = runtime.run({
        type: 'run',
        id,
        tag,
        startedAt,
        cell: compiled.cell,
        silent,
        allowStdin,
        userExpressions,
      });
      running.over = run.catch(() => undefined);
      const done = await run;
      compiler.settle(compiled.id, done.defined);
      if (done.status === 'ok') return { status: 'ok', done };
      const error = endOf(done, running.stop);
      if (running.stop === 'memory') await this.services.explainMemoryStop(error);
      return { status: 'error', error, done };
    } catch (error) {
      if (error instanceof RuntimeDiedError) return { ...failed(error.report), fatal: true };
      if (error instanceof CompilerEndedError) return failed(plainReport(error.name, error.message));
      this.services.log.error(`running a cell failed: ${reasonOf(error)}`);
      return failed(internal(error));
    }
  }

  private async prepare(
    cell: Cell,
    signal: AbortSignal,
  ): Promise<{ compiled: Compilation; userExpressions: RunMessage['userExpressions'] }> {
    const compiled = await this.services.compiler.compile(cell.code, cell.tag.executionCount, signal);
    return { compiled, userExpressions: compiled.ok ? await this.compileExpressions(cell) : {} };
  }

  private async compileExpressions(cell: Cell): Promise<RunMessage['userExpressions']> {
    const { compiler } = this.services;
    const compiled: RunMessage['userExpressions'] = {};
    for (const [key, code] of Object.entries(cell.userExpressions)) {
      const expression = await compiler.compileExpression(code);
      compiled[key] = expression.ok ? expression.cell : expression.error;
    }
    return compiled;
  }

  private replyTo(outcome: Outcome): Content {
    const common = { execution_count: this.count };
    const done = outcome.done;
    if (outcome.status === 'ok') {
      return {
        status: 'ok',
        ...common,
        user_expressions: done?.userExpressions ?? {},
        payload: done?.payload ?? [],
      };
    }
    const { ename, evalue, traceback } = outcome.error;
    return { status: 'error', ...common, ename, evalue, traceback, user_expressions: {}, payload: [] };
  }

  private abort(cell: Cell): void {
    const { broadcast } = this.services;
    broadcast.busy(cell.message.header);
    this.services.reply(cell.message, { status: 'aborted' });
    broadcast.idle(cell.message.header);
  }
}

const aborted = (signal: AbortSignal): Promise<null> =>
  new Promise((resolve) => signal.addEventListener('abort', () => resolve(null), { once: true }));

const failed = (error: ErrorReport): Outcome & { status: 'error' } => ({ status: 'error', error, done: null });

const stopped = (reason: StopReason | null): ErrorReport =>
  reason === 'memory'
    ? plainReport('MemoryLimitError', 'The cell passed the memory limit and was stopped.')
    : plainReport('KeyboardInterrupt', 'The cell was interrupted.');

/** How a cell ended that did not end well. What it threw because it was stopped is told below that. */
function endOf({ status, error }: Done, stop: StopReason | null): ErrorReport {
  if (error === null) return stopped(stop);
  if (stop === null || status === 'aborted') return error;
  const { ename, evalue, traceback } = stopped(stop);
  const [first] = error.evalue.split('\n', 1);
  const why = `${evalue} It ended with ${error.ename}: ${first ?? ''}`;
  return { ename, evalue: why, traceback: [...traceback, ...error.traceback] };
}

const internal = (error: unknown): ErrorReport =>
  plainReport('InternalError', `The kernel failed: ${reasonOf(error)}. Restart it if this happens again.`);

const statusOf = (outcome: Outcome, stop: StopReason | null): 'ok' | 'error' | 'aborted' =>
  outcome.status === 'ok' ? 'ok' : stop !== null || outcome.done?.status === 'aborted' ? 'aborted' : 'error';
