/**
 * The compiler, in a thread of its own: the front's event loop never waits for TypeScript. A thread that dies is
 * replaced by one that is told what it knew.
 */
import { Worker } from 'node:worker_threads';
import type { Answer, Call } from './calls.js';
import type { Compilation, Compiler, CompilerMethods, CompilerSettings } from './contract.js';
import { SessionRecord } from './session-record.js';

export type {
  Compilation,
  Compiler,
  CompilerSettings,
  Completeness,
  Completion,
  Diagnostic,
  Inspection,
} from './contract.js';

/** Stack of the thread, MiB: deep expressions are walked by recursion. */
const STACK_MB = 32;
/** Young generation, MiB: a larger one makes nothing faster here, and stays with the process. */
const YOUNG_MB = 16;
/** What nobody wants any longer may take so long, ms: a cell of usual size is done by then, and its thread is kept. */
const ABANDON_AFTER_MS = 500;
/** Threads in a row that ended before they had answered anything, after which none is started. */
const MOST_FAILED_STARTS = 3;

/** Where the bundled thread lies, beside the bundle that this code is part of. */
const BUNDLED = new URL('./compiler-worker.mjs', import.meta.url);

/** Starts the thread, which warms up at once. Calls wait for it. */
export function startCompiler(settings: CompilerSettings, file: URL = BUNDLED): Compiler {
  return new ThreadedCompiler(settings, file);
}

/** The compiler's thread ended before it had answered. */
export class CompilerEndedError extends Error {
  readonly code = 'COMPILER_ENDED';
  constructor(message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.name = 'CompilerEnded';
  }
}

interface Waiting {
  call: Call;
  resolve(value: unknown): void;
  reject(error: unknown): void;
}

/** A compiled cell whose run is not over. */
interface Compiled {
  code: string;
  executionCount: number;
  /** Its number in the thread that compiled it. */
  id: number;
  worker: Worker;
}

class ThreadedCompiler implements Compiler {
  private readonly waiting = new Map<number, Waiting>();
  private readonly compiled = new Map<number, Compiled>();
  private readonly record = new SessionRecord();
  private worker: Worker;
  private lastId = 0;
  private failedStarts = 0;
  private checks = true;
  private traces = false;
  /** Why no call can be answered any longer. */
  private gone: Error | null = null;

  constructor(
    private readonly settings: CompilerSettings,
    private readonly file: URL,
  ) {
    this.worker = this.start();
  }

  compileExpression = this.asking('compileExpression');
  complete = this.asking('complete');
  inspect = this.asking('inspect');
  isComplete = this.asking('isComplete');
  compileModule = this.asking('compileModule');

  async compile(code: string, executionCount: number, signal?: AbortSignal): Promise<Compilation> {
    const asked = this.ask<Compilation>('compile', [code, executionCount]);
    const call = this.lastId;
    signal?.addEventListener('abort', () => setTimeout(() => this.abandon(call), ABANDON_AFTER_MS), { once: true });
    const compilation = await asked;
    if (!compilation.ok) return compilation;
    const { worker } = this;
    const id = (this.lastId += 1);
    this.compiled.set(id, { code, executionCount, id: compilation.id, worker });
    return { ...compilation, id };
  }

  settle(id: number, defined: readonly string[]): void {
    const cell = this.compiled.get(id);
    if (cell === undefined) return;
    this.compiled.delete(id);
    const { code, executionCount } = cell;
    this.record.settled(code, executionCount, defined);
    if (cell.worker === this.worker) this.post({ id: null, method: 'settle', args: [cell.id, defined] });
    else this.tell('restore', { untyped: [], steps: [{ code, executionCount, defined }] });
  }

  forget(names: readonly string[]): void {
    this.record.forgotten(names);
    this.tell('forget', names);
  }

  reset(): void {
    this.record.clear();
    this.tell('reset');
  }

  traceLines(on: boolean): void {
    this.traces = on;
    this.tell('traceLines', on);
  }

  async typecheck(on: boolean | null): Promise<boolean> {
    if (on !== null) this.checks = on;
    return this.ask('typecheck', [on]);
  }

  async close(): Promise<void> {
    this.end(new CompilerEndedError('The compiler was closed.'));
    await this.worker.terminate();
  }

  private start(): Worker {
    const worker = new Worker(this.file, {
      workerData: this.settings,
      name: 'heapmark compiler',
      resourceLimits: { stackSizeMb: STACK_MB, maxYoungGenerationSizeMb: YOUNG_MB },
    });
    worker.unref();
    worker.on('message', (message: Answer) => this.settled(message));
    worker.on('error', (error) => this.died(worker, error));
    worker.on('exit', () => this.died(worker, null));
    return worker;
  }

  /** A thread has ended: what waits for it is refused, and another one takes its place. */
  private died(worker: Worker, cause: Error | null): void {
    if (worker !== this.worker || this.gone !== null) return;
    this.failedStarts += 1;
    const why = cause === null ? '' : ` (${cause.message})`;
    if (this.failedStarts >= MOST_FAILED_STARTS) {
      const text = `The compiler ended${why}, and so did those started after it. Restart the kernel.`;
      this.end(new CompilerEndedError(text, { cause }));
      return;
    }
    // Cells that ended a thread while it learnt them would end the next one too.
    const typed = this.failedStarts === 1;
    const known = typed ? 'names and types' : 'names, but not the types,';
    const text = `The compiler ended${why}. Another one has started and knows the ${known} of earlier cells: run this cell again.`;
    this.refuse(new CompilerEndedError(text, { cause }));
    this.replace(typed);
  }

  /** Ends the thread for the sake of one call that nobody wants any longer: the others go to the next thread. */
  private abandon(id: number): void {
    const unwanted = this.waiting.get(id);
    if (unwanted === undefined || this.gone !== null) return;
    this.waiting.delete(id);
    const others = [...this.waiting.values()];
    const { worker } = this;
    this.replace(true);
    for (const { call } of others) this.post(call);
    void worker.terminate();
    unwanted.reject(new CompilerEndedError('What was being compiled was given up.'));
  }

  /** Starts another thread, and tells it what this one knew. */
  private replace(typed: boolean): void {
    this.worker = this.start();
    // Its answer tells that the thread has started well; its end is dealt with elsewhere.
    this.ask('restore', [this.record.restoration(typed)]).catch(() => undefined);
    if (!this.checks) this.tell('typecheck', false);
    if (this.traces) this.tell('traceLines', true);
  }

  private asking<M extends keyof CompilerMethods>(
    method: M,
  ): (...args: Parameters<CompilerMethods[M]>) => Promise<ReturnType<CompilerMethods[M]>> {
    return (...args) => this.ask(method, args);
  }

  private ask<T>(method: keyof CompilerMethods, args: unknown[]): Promise<T> {
    if (this.gone !== null) return Promise.reject(this.gone);
    const id = (this.lastId += 1);
    return new Promise<unknown>((resolve, reject) => {
      // Alive for as long as somebody waits.
      this.worker.ref();
      const call = { id, method, args };
      this.waiting.set(id, { call, resolve, reject });
      this.post(call);
    }) as Promise<T>;
  }

  private tell<M extends keyof CompilerMethods>(method: M, ...args: Parameters<CompilerMethods[M]>): void {
    this.post({ id: null, method, args });
  }

  private post(call: Call): void {
    if (this.gone === null) this.worker.postMessage(call);
  }

  private settled(message: Answer): void {
    this.failedStarts = 0;
    const waiting = this.waiting.get(message.id);
    this.waiting.delete(message.id);
    if (this.waiting.size === 0) this.worker.unref();
    if (message.ok) waiting?.resolve(message.value);
    else waiting?.reject(message.error);
  }

  private end(reason: Error): void {
    this.gone ??= reason;
    this.refuse(this.gone);
  }

  private refuse(reason: Error): void {
    const waiting = [...this.waiting.values()];
    this.waiting.clear();
    for (const { reject } of waiting) reject(reason);
  }
}
