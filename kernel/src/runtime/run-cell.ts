/** Runs cells, one after the other, and sends for each exactly one `done`. */
import type { CellMeasure, CellTag, ErrorReport, FromRuntime, RawFrame, RunMessage } from '../ipc/messages.js';
import { renderValue } from '../render/mime.js';
import { CellCode, type CellWorld } from './cell-code.js';
import { asOurs } from './builtins.js';
import { beginAs, CellRun, CellStopped, NO_CELL } from './cell-run.js';
import type { Extension } from './context.js';
import { liveTimers } from './timers.js';
import { reportError, reportStop } from './traceback.js';
import { toleratePendingTermination } from './unwinding.js';
import { usageNow } from './usage.js';

/** A cell under way. */
interface Active {
  readonly message: RunMessage;
  readonly run: CellRun;
  readonly code: CellCode;
  readonly measure: CellMeasure;
  readonly began: number;
}

interface Outcome {
  status: 'ok' | 'error' | 'aborted';
  error: ErrorReport | null;
  userExpressions: Record<string, unknown>;
}

export class CellRunner {
  private readonly queue: RunMessage[] = [];
  private active: Active | null = null;

  /**
   * @param drain marks the end of a cell's native output.
   * @param extension answers magics and hears of each cell.
   */
  constructor(
    private readonly world: CellWorld,
    private readonly send: (message: FromRuntime) => void,
    private readonly drain: (id: number) => void,
    private readonly extension: () => Extension,
  ) {}

  get running(): boolean {
    return this.active !== null;
  }

  /** Runs a cell now, or when those before it are done. */
  enqueue(message: RunMessage): void {
    asOurs(() => this.queue.push(message));
    if (this.active === null) this.next();
  }

  /** To its end, whatever its code does to the built-in objects: nothing here looks up a method of a promise. */
  private async runToEnd(active: Active): Promise<void> {
    const outcome = await beginAs(active.run, () => this.execute(active));
    asOurs(() => this.finish(active, outcome));
  }

  /** Ends a cell, whatever state it is in: also one whose code was terminated, or that this runtime never heard of. */
  abort(id: number, reason: 'interrupt' | 'memory', at: readonly RawFrame[]): void {
    asOurs(() => this.abortNow(id, reason, at));
  }

  private abortNow(id: number, reason: 'interrupt' | 'memory', at: readonly RawFrame[]): void {
    const error = new CellStopped(reason);
    const outcome = (): Outcome => ({
      status: 'aborted',
      error: reportStop(error, at, this.world.positions),
      userExpressions: {},
    });
    const waiting = this.queue.findIndex((message) => message.id === id);
    if (this.active?.run.id === id) {
      this.active.run.abort(error);
      liveTimers.stop(this.active.run);
      this.finish(this.active, outcome());
    } else if (waiting >= 0) {
      const [message] = this.queue.splice(waiting, 1) as [RunMessage];
      this.sendDone(id, message.tag, outcome(), [], [], emptyMeasure());
    } else {
      this.sendDone(id, NO_CELL, outcome(), [], [], emptyMeasure());
    }
  }

  private next(): void {
    const active = asOurs(() => this.begin());
    if (active !== null) void this.runToEnd(active);
  }

  private begin(): Active | null {
    const message = this.queue.shift();
    if (message === undefined) return null;
    toleratePendingTermination();
    const run = new CellRun(message.id, message.tag, message.allowStdin);
    this.extension().cellBegins?.(message.tag, message.silent);
    const active: Active = {
      message,
      run,
      code: new CellCode(message.cell, message.tag, this.world),
      measure: { startedAt: message.startedAt, elapsedMs: 0, before: usageNow(), after: null },
      began: performance.now(),
    };
    return (this.active = active);
  }

  /** Never rejects: what the code throws is the outcome. */
  private async execute(active: Active): Promise<Outcome> {
    const { message, run, code } = active;
    try {
      asOurs(() => this.world.globals.awaitDeclaration(declaredNames(message), true));
      const magic = message.cell.cellMagic;
      const result = magic === null ? await code.run() : await this.extension().cell(magic, code);
      asOurs(() => this.measure(active));
      if (result !== undefined && result.value !== undefined && !message.silent && !run.over) {
        const { value } = result;
        const rendered = asOurs(() => renderValue(value));
        const { data, metadata } = rendered instanceof Promise ? await rendered : rendered;
        if (!run.over) this.send({ type: 'result', tag: run.tag, data, metadata });
      }
      await run.outputDone();
      return { status: 'ok', error: null, userExpressions: await this.evaluate(message) };
    } catch (error) {
      const report = asOurs(() => reportError(error, this.world.positions));
      return { status: 'error', error: report, userExpressions: {} };
    }
  }

  private async evaluate({ userExpressions, tag }: RunMessage): Promise<Record<string, unknown>> {
    const results: Record<string, unknown> = {};
    for (const [key, expression] of asOurs(() => Object.entries(userExpressions))) {
      if ('ename' in expression) {
        results[key] = { status: 'error', ...expression };
        continue;
      }
      try {
        const result = await new CellCode(expression, tag, this.world).run();
        results[key] = { status: 'ok', ...(await renderValue(result?.value)) };
      } catch (error) {
        results[key] = { status: 'error', ...reportError(error, this.world.positions) };
      }
      this.world.positions.remove(expression.filename);
    }
    return results;
  }

  /**
   * Ends the run once: the outcome of an aborted cell that comes later is dropped. When a termination unwinds this very
   * function, the abort that follows it begins it anew.
   */
  private finish(active: Active, outcome: Outcome): void {
    if (this.active !== active) return;
    const { message, run, code, measure } = active;
    if (measure.after === null) this.measure(active);
    const { payload } = run;
    run.end();
    liveTimers.prune();
    const declares = declaredNames(message);
    this.world.globals.awaitDeclaration(declares, false);
    const defined = declares.filter((name) => code.initialised.has(name) && this.world.globals.isDefined(name));
    this.sendDone(run.id, run.tag, outcome, defined, payload, measure);
    this.active = null;
    this.extension().cellEnded?.({
      tag: run.tag,
      silent: message.silent,
      status: outcome.status,
      measure,
      declares,
      source: code.source === '' ? null : (code.source.split('\n', 1)[0] ?? null),
    });
    // In a task of its own, so that a queue of cells never starves the frames of the front.
    if (this.queue.length > 0) setImmediate(() => this.active === null && this.next());
  }

  private measure({ measure, began }: Active): void {
    measure.after = usageNow();
    measure.highest = this.extension().heapPeak?.() ?? null;
    measure.tensors = this.extension().tensorMeasure?.() ?? null;
    measure.elapsedMs = performance.now() - began;
  }

  private sendDone(
    id: number,
    tag: CellTag,
    { status, error, userExpressions }: Outcome,
    defined: string[],
    payload: Record<string, unknown>[],
    measure: CellMeasure,
  ): void {
    this.drain(id);
    this.send({ type: 'done', id, tag, status, error, defined, userExpressions, payload, measure });
  }
}

const declaredNames = ({ cell }: RunMessage): string[] => cell.declares.map(({ name }) => name);

const emptyMeasure = (): CellMeasure => ({ startedAt: Date.now(), elapsedMs: 0, before: null, after: null });
