/** What is measured, in the order of the table, and the marks to reach. */
import type { KernelName } from './kernels.js';

export type Unit = 'ms' | 'bytes';

/** A mark for Heapmark's figure: a bound, or a bound on its ratio to another figure. */
export type Target =
  { atMost: number } | { atMost: number; ofPeer: KernelName } | { atMost: number; ofFigure: 'loopFunction' };

export interface Figure {
  title: string;
  unit: Unit;
  target?: Target;
}

const figure = (title: string, unit: Unit, target?: Target): Figure =>
  target === undefined ? { title, unit } : { title, unit, target };

/** The longest wait for an answer while a cell spins. Milliseconds. */
const LIVELY_MS = 200;
/** The most that the runtime process alone may hold at the start. Bytes. */
const RUNTIME_BYTES = 70e6;
/** How much slower a loop at a cell's top level may be than inside a function. */
const LOOP_RATIO = 1.5;

export const figures = {
  ready: figure('launch to kernel_info_reply', 'ms', { atMost: 0.35, ofPeer: 'tslab' }),
  firstResult: figure('launch to the result of 1+1', 'ms', { atMost: 0.8, ofPeer: 'tslab' }),
  trivialCell: figure('cell `1`, round trip', 'ms'),
  declaration10: figure('declaration cell, 10 declared', 'ms', { atMost: 0.25, ofPeer: 'tslab' }),
  declaration400: figure('declaration cell, 400 declared', 'ms', { atMost: 0.25, ofPeer: 'tslab' }),
  stdout: figure('10 MB of stdout in 80-byte lines', 'ms'),
  memoryStart: figure('memory at the start (PSS)', 'bytes', { atMost: 1.4, ofPeer: 'tslab' }),
  memory400: figure('memory after 400 cells (PSS)', 'bytes', { atMost: 1, ofPeer: 'tslab' }),
  runtimeStart: figure('  of it the runtime, at the start', 'bytes', { atMost: RUNTIME_BYTES }),
  runtime400: figure('  of it the runtime, after 400 cells', 'bytes'),
  loopFunction: figure('1e8 iterations inside a function', 'ms'),
  loopTop: figure('1e8 iterations at top level', 'ms', { atMost: LOOP_RATIO, ofFigure: 'loopFunction' }),
  loopFreed: figure('1e8 iterations at top level after a %free', 'ms', {
    atMost: LOOP_RATIO,
    ofFigure: 'loopFunction',
  }),
  kernelInfoMedian: figure('kernel_info while a cell spins, median', 'ms'),
  kernelInfoMax: figure('kernel_info while a cell spins, longest', 'ms', { atMost: LIVELY_MS }),
  completeMedian: figure('completion while a cell spins, median', 'ms'),
  completeMax: figure('completion while a cell spins, longest', 'ms', { atMost: LIVELY_MS }),
  panelMedian: figure('memory request while a cell spins, median', 'ms'),
  panelMax: figure('memory request while a cell spins, longest', 'ms', { atMost: LIVELY_MS }),
} as const satisfies Record<string, Figure>;

export type FigureId = keyof typeof figures;
