/** Round trips of small cells, and the memory of all the kernel's processes, before and after 400 declarations. */
import { setTimeout as delay } from 'node:timers/promises';
import type { FigureId } from '../figures.js';
import type { KernelName } from '../kernels.js';
import { treeMemory, type ProcessMemory } from '../process-tree.js';
import { Session } from '../session.js';
import { median } from '../statistics.js';
import { assertOk } from './assert-ok.js';
import type { Bench, Measurement } from './measurement.js';

const CELLS = 400;
const TRIVIAL_CELLS = 20;
/** The cells around a count over which its median is taken. */
const WINDOW = 5;

/** A declaration of each common kind, using one another, so that a type checker has something to check. */
export function declaration(index: number): string {
  return [
    `interface P${index} { a: number }`,
    `const v${index}: P${index} = { a: ${index} };`,
    `function f${index}(x: P${index}) { return x.a + v${index}.a }`,
  ].join('\n');
}

export const cells: Measurement = {
  name: 'cells',
  figures: ['trivialCell', 'declaration10', 'declaration400', 'memoryStart', 'runtimeStart', 'memory400', 'runtime400'],
  once: false,
  async run(kernel, bench) {
    const { session } = await Session.launch(kernel, bench.scratch);
    try {
      assertOk(await session.client.execute('1+1'), kernel);
      await recordMemory(session, bench, 'memoryStart', 'runtimeStart');

      const times: number[] = [];
      for (let index = 0; index < CELLS; index++) {
        const cell = await session.client.execute(declaration(index));
        assertOk(cell, kernel);
        times.push(cell.done - cell.sent);
      }
      bench.results.add(kernel, 'declaration10', median(times.slice(10 - WINDOW, 10 + WINDOW)));
      bench.results.add(kernel, 'declaration400', median(times.slice(-2 * WINDOW)));
      await recordMemory(session, bench, 'memory400', 'runtime400');

      const trivial: number[] = [];
      for (let index = 0; index < TRIVIAL_CELLS; index++) {
        const cell = await session.client.execute('1');
        trivial.push(cell.done - cell.sent);
      }
      bench.results.add(kernel, 'trivialCell', median(trivial));
    } finally {
      await session.end();
    }
  },
};

async function recordMemory(session: Session, bench: Bench, whole: FigureId, runtime: FigureId): Promise<void> {
  const processes = await settledMemory(session.pid);
  const { results } = bench;
  const kernel: KernelName = session.name;
  if (processes === null) {
    results.missing(kernel, whole, 'this system has no smaps_rollup');
    results.missing(kernel, runtime, 'this system has no smaps_rollup');
    return;
  }
  results.add(kernel, whole, total(processes));
  const runtimeProcess = processes.find((one) => one.command.includes('runtime.mjs'));
  if (runtimeProcess === undefined) results.missing(kernel, runtime, 'it runs cells in the same process');
  else results.add(kernel, runtime, runtimeProcess.pss);
}

const SETTLE_EVERY_MS = 500;
const SETTLE_READINGS = 5;
/** A kernel may tidy up when it has rested. */
const SETTLE_AT_LEAST_MS = 6_000;
const SETTLE_BOUND_MS = 15_000;
const SETTLE_CHANGE = 0.005;

/** Reads until five readings in a row lie within 0.5 %: after 6 s at the earliest and 15 s at the latest. */
async function settledMemory(pid: number): Promise<ProcessMemory[] | null> {
  const recent: number[] = [];
  const began = performance.now();
  for (;;) {
    const processes = treeMemory(pid);
    if (processes === null) return null;
    recent.push(total(processes));
    if (recent.length > SETTLE_READINGS) recent.shift();
    const spread = Math.max(...recent) - Math.min(...recent);
    const settled = recent.length === SETTLE_READINGS && spread < SETTLE_CHANGE * Math.max(...recent);
    const elapsed = performance.now() - began;
    if ((settled && elapsed >= SETTLE_AT_LEAST_MS) || elapsed > SETTLE_BOUND_MS) return processes;
    await delay(SETTLE_EVERY_MS);
  }
}

function total(processes: readonly ProcessMemory[]): number {
  return processes.reduce((sum, { pss }) => sum + pss, 0);
}
