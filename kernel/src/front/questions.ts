/** What the runtime may ask of the front while user code runs. */
import type { CellTag, Question, QuestionMap } from '../ipc/messages.js';
import type { Compiler } from '../compiler/contract.js';
import type { CellStore } from './cells.js';
import type { Executor } from './executor.js';
import type { MemoryGuard } from './guard.js';
import type { History } from './history.js';
import type { Monitor } from './monitor.js';
import type { NextLimits } from './heap-limits.js';
import type { SnapshotDesk } from './snapshots.js';
import { StdinError, type StdinDesk } from './stdin.js';

export interface QuestionServices {
  executor: Executor;
  stdin: StdinDesk;
  compiler: Compiler;
  cells: CellStore;
  monitor: Monitor;
  guard: MemoryGuard;
  history: History;
  snapshots: SnapshotDesk;
  /** Of the runtime that starts next. */
  limits: NextLimits;
  /** Replaces the runtime once the cell that asked is over. */
  resetRuntime(): void;
}

type Answers = {
  [K in keyof QuestionMap]: (
    params: QuestionMap[K]['params'],
    tag: CellTag | null,
    withdrawn: AbortSignal,
  ) => Promise<QuestionMap[K]['result']>;
};

/** Resolves with the answer; a rejection reaches the code that asked. */
export function questionDesk(
  services: QuestionServices,
): (question: Question, tag: CellTag | null, withdrawn: AbortSignal) => Promise<unknown> {
  const { executor, stdin, compiler, cells, monitor, guard, history, snapshots } = services;
  const answers: Answers = {
    async input({ prompt, password }, tag) {
      const cell = tag === null ? null : executor.current(tag.parentId);
      if (cell === null)
        throw new StdinError('NO_CELL', 'input() was called when its cell was over: nobody can answer.');
      if (!cell.allowStdin) {
        throw new StdinError('STDIN_NOT_ALLOWED', 'input() needs a front end that can ask the user; this one cannot.');
      }
      return stdin.ask(cell.message, prompt, password);
    },
    compileModule: ({ path, source }) => compiler.compileModule(path, source),
    async compileFragment({ code, traced = false }) {
      const compiled = await compiler.compileExpression(code, traced);
      if (!compiled.ok) throw new Error(compiled.error.evalue);
      return compiled.cell;
    },
    cells: async () => cells.living(),
    sample: () => monitor.now(),
    async memlimit({ bytes }) {
      return bytes === 'get' ? guard.record() : guard.set(bytes);
    },
    async traceLines({ on }) {
      compiler.traceLines(on);
      return null;
    },
    typecheck: async ({ on }) => ({ on: await compiler.typecheck(on) }),
    async history({ n }) {
      const lines = await history.tail(n);
      return lines.map(({ line, code }) => ({ executionCount: line, code }));
    },
    heapSizes: (_params, _tag, withdrawn) => snapshots.sizes(withdrawn),
    heapWhy: (params, _tag, withdrawn) => snapshots.why(params, withdrawn),
    heapGone: (_params, _tag, withdrawn) => snapshots.gone(withdrawn),
    heapMark: (params, _tag, withdrawn) => snapshots.mark(params, withdrawn),
    heapGrown: (params, _tag, withdrawn) => snapshots.grown(params, withdrawn),
    heapFile: (params, _tag, withdrawn) => snapshots.file(params, withdrawn),
    async heapLimits(wanted) {
      services.limits.set(wanted);
      return { pending: services.limits.pending() };
    },
    async resetRuntime() {
      services.resetRuntime();
      return null;
    },
  };
  return async (question, tag, withdrawn) => {
    if (!Object.hasOwn(answers, question.kind)) throw new Error(`The front knows no question ${question.kind}.`);
    return answers[question.kind](question.params as never, tag, withdrawn);
  };
}
