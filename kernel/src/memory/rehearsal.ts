/**
 * Runs the accounting on examples before anything is measured: what V8 compiles, notes down and grows for it, it does
 * then, and no cell's figure is blamed for it.
 */
import { inspect } from 'node:util';
import type { CellInfo, GlobalEntry } from '../runtime/context.js';
import { changesBetween, takeCensus } from './attribution.js';
import { batchRecords, confirmedRecord } from './delta-records.js';
import { listVariables } from './list/list.js';
import type { MemoryContext } from './memory.js';
import type { Probes } from './probes.js';

/** V8 makes up its mind about a function after some dozens of calls. */
const ROUNDS = 16;
/** Longest time for all rounds, ms. */
const LONGEST = 60;
/** V8's table of numbers as texts grows to 262 kB as it is used. */
const NUMBERS_AS_TEXT = 2_000;
const NOTHING = { heapUsed: 0, arrayBuffers: 0, otherExternal: 0 };
const CELL: CellInfo = {
  tag: { parentId: 'rehearsal', cellId: null, executionCount: 1 },
  silent: true,
  status: 'ok',
  measure: { startedAt: 0, elapsedMs: 0, before: NOTHING, after: NOTHING, tensors: null },
  declares: [],
  source: null,
};

/** At most {@link LONGEST} ms. */
export function rehearse(probes: Probes): void {
  const until = probes.now() + LONGEST;
  for (let i = 0; i < NUMBERS_AS_TEXT; i++) String(i + 0.5);
  const empty = notebookOf([]);
  const notebook = notebookOf(examples());
  for (let round = 0; round < ROUNDS && probes.now() < until; round++) rehearseOnce(empty, notebook, probes);
}

function rehearseOnce(empty: MemoryContext, notebook: MemoryContext, probes: Probes): void {
  const before = takeCensus(empty, probes);
  const census = takeCensus(notebook, probes);
  const ran = { cell: CELL, background: false };
  confirmedRecord(ran, NOTHING, 'exact', NOTHING, changesBetween(before, census, 1_000));
  batchRecords([ran, ran], 1_000, changesBetween(census, before, 1_000), () => null);
  listVariables(notebook, probes);
  inspect(notebook.globals.entries());
}

function notebookOf(values: unknown[]): MemoryContext {
  const entries = values.map<GlobalEntry>((value, index) => ({
    name: `example${index}`,
    kind: 'let',
    owner: CELL.tag,
    defined: true,
    value,
  }));
  return {
    isRunning: () => false,
    settled: () => undefined,
    settings: { settlePauseLimitMs: 0, settleDelayMs: 0, variablesWanted: false },
    usage: () => NOTHING,
    kernelBytes: () => NOTHING,
    rehearse: () => Promise.resolve(),
    globals: {
      entries: () => entries,
      get: (name) => entries.find((entry) => entry.name === name),
      size: entries.length,
      free: () => [],
      addedToGlobalThis: () => [],
    },
  };
}

class Example {
  constructor(
    readonly at: number,
    readonly name: string,
  ) {}
}

/** One of each kind that people keep. */
function examples(): unknown[] {
  const rows = Array.from({ length: 40 }, (_, id) => ({ id, name: `row ${id}`, score: id / 7, tags: ['a', 'b'] }));
  const large = Buffer.alloc(100_000);
  return [
    1,
    0.5,
    'text',
    'wide \u4e00'.repeat(20),
    true,
    null,
    undefined,
    rows,
    rows[0],
    Array.from({ length: 2_000 }, (_, i) => [i, i + 0.5]),
    new Map(rows.map((row) => [row.id, row])),
    new Set(rows),
    new Float64Array(1_000),
    large,
    large.subarray(0, 100),
    new Example(1, 'example'),
    Object.assign({}, ...Array.from({ length: 30 }, (_, i) => ({ [`key${i}`]: i }))) as object,
    new Date(0),
    /example/,
    Symbol('example'),
    1n << 70n,
    () => rows,
    Promise.resolve(rows),
    new Error('example'),
  ];
}
