/** The compiler, in a thread of its own: the front's event loop never waits for TypeScript. */
import { Worker } from 'node:worker_threads';
import type { Answer, Call } from './calls.js';
import type { Compiler, CompilerMethods, CompilerSettings } from './contract.js';

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

/** Where the bundled thread lies, beside the bundle that this code is part of. */
const BUNDLED = new URL('./compiler-worker.mjs', import.meta.url);

/** Starts the thread, which warms up at once. Calls wait for it. */
export function startCompiler(settings: CompilerSettings, file: URL = BUNDLED): Compiler {
  return new ThreadedCompiler(settings, file);
}

interface Waiting {
  resolve(value: unknown): void;
  reject(error: unknown): void;
}

class ThreadedCompiler implements Compiler {
  private readonly waiting = new Map<number, Waiting>();
  private readonly worker: Worker;
  private lastId = 0;
  /** Why no call can be answered any longer. */
  private gone: Error | null = null;

  constructor(settings: CompilerSettings, file: URL) {
    this.worker = new Worker(file, {
      workerData: settings,
      name: 'heapmark compiler',
      resourceLimits: { stackSizeMb: STACK_MB, maxYoungGenerationSizeMb: YOUNG_MB },
    });
    this.worker.unref();
    this.worker.on('message', (message: Answer) => this.settled(message));
    this.worker.on('error', (error) =>
      this.end(new Error(`The compiler's thread failed: ${error.message}`, { cause: error })),
    );
    this.worker.on('exit', () => this.end(new Error('The compiler has ended.')));
  }

  compile = this.asking('compile');
  compileExpression = this.asking('compileExpression');
  complete = this.asking('complete');
  inspect = this.asking('inspect');
  isComplete = this.asking('isComplete');
  compileModule = this.asking('compileModule');
  typecheck = this.asking('typecheck');

  settle(id: number, defined: readonly string[]): void {
    this.post({ id: null, method: 'settle', args: [id, defined] });
  }

  forget(names: readonly string[]): void {
    this.post({ id: null, method: 'forget', args: [names] });
  }

  reset(): void {
    this.post({ id: null, method: 'reset', args: [] });
  }

  async close(): Promise<void> {
    this.end(new Error('The compiler was closed.'));
    await this.worker.terminate();
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
      this.waiting.set(id, { resolve, reject });
      this.post({ id, method, args });
    }) as Promise<T>;
  }

  private post(call: Call): void {
    if (this.gone === null) this.worker.postMessage(call);
  }

  private settled(message: Answer): void {
    const waiting = this.waiting.get(message.id);
    this.waiting.delete(message.id);
    if (this.waiting.size === 0) this.worker.unref();
    if (message.ok) waiting?.resolve(message.value);
    else waiting?.reject(message.error);
  }

  private end(reason: Error): void {
    this.gone ??= reason;
    for (const { reject } of this.waiting.values()) reject(this.gone);
    this.waiting.clear();
  }
}
