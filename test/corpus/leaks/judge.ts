/** Has a kernel judge the programs of the corpus, and compares with what plain counters tell. */
import type { LeakRecord } from '@heapmark/protocol';
import type { Program } from './program.js';

/** Runs a cell; gives what it printed. Throws when it fails. */
export type RunCell = (code: string) => Promise<string>;

export interface Judgement {
  readonly program: Program;
  readonly record: LeakRecord;
  /** Bytes per iteration by V8's own counters before and after a row of iterations; `null` where they were not asked. */
  readonly truth: number | null;
  readonly tookMs: number;
}

export interface JudgeOptions {
  readonly iterations?: number;
  readonly warmup?: number;
  /** Takes snapshots, for kinds and holders. */
  readonly snapshot: boolean;
  /** Asks plain counters too. */
  readonly truth: boolean;
}

/** Rows of iterations for the truth: the middle one of the three counts. */
const ROWS = 3;
const ROW = 600;

export async function judge(program: Program, run: RunCell, options: JudgeOptions): Promise<Judgement> {
  await run(program.setup);
  const iterations = program.iterations ?? options.iterations;
  const warmup = program.warmup ?? options.warmup;
  const wishes = {
    ...(iterations === undefined ? {} : { iterations }),
    ...(warmup === undefined ? {} : { warmup }),
    async: program.async === true,
    snapshot: options.snapshot,
  };
  const began = performance.now();
  const said = await run(
    `console.log('RECORD' + JSON.stringify(await (await import('heapmark')).leaks(step, ${JSON.stringify(wishes)})));`,
  );
  const tookMs = performance.now() - began;
  const record = JSON.parse(said.split('RECORD')[1] ?? '') as LeakRecord;
  const asksTruth = options.truth && program.leak !== null && program.leak.steady !== false;
  const truth = asksTruth ? Number((await run(truthCell(iterations ?? ROW))).split('TRUTH')[1]) : null;
  if (program.cleanUp !== undefined) await run(program.cleanUp);
  await run('%reset -f');
  return { program, record, truth, tookMs };
}

const truthCell = (row: number): string => `{
  const { setFlagsFromString, getHeapStatistics } = await import('node:v8');
  setFlagsFromString('--expose-gc');
  const gc = (await import('node:vm')).runInNewContext('gc') as () => void;
  // The lowest of some readings: V8 has more for a moment now and then.
  const live = async (): Promise<number> => {
    gc();
    let lowest = Infinity;
    for (let look = 0; look < 3; look++) {
      await new Promise((resolve) => setImmediate(resolve));
      gc();
      const { used_heap_size, external_memory } = getHeapStatistics();
      lowest = Math.min(lowest, used_heap_size + external_memory);
    }
    return lowest;
  };
  const rows: number[] = [];
  for (let at = 1e6; rows.length < ${ROWS}; at += ${row}) {
    const before = await live();
    for (let i = at; i < at + ${row}; i++) await (step as (i: number) => unknown)(i);
    rows.push(((await live()) - before) / ${row});
  }
  rows.sort((a, b) => a - b);
  console.log('TRUTH' + rows[${ROWS >> 1}]);
}`;

/** What is wrong with a judgement, in words; empty where nothing is. */
export function faultsOf({ program, record, truth }: Judgement, { within = 0.1, holders = true } = {}): string[] {
  const { leak, name } = program;
  if (leak === null)
    return record.leaking === false ? [] : [`${name} was accused (${record.leaking}): ${text(record)}`];
  if (record.leaking !== true) return [`${name} was not found: ${text(record)}`];
  const faults: string[] = [];
  const rate = record.bytesPerIteration ?? 0;
  if (truth !== null && Math.abs(rate - truth) > within * truth)
    faults.push(`${name} leaks ${truth.toFixed(0)} B, told were ${rate.toFixed(0)}`);
  if (!holders) return faults;
  const [first] = record.growth;
  if (!record.growth.some(({ kind, holder }) => leak.kind.test(kind) && holder !== null && leak.holder.test(holder)))
    faults.push(`${name}: holder ${leak.holder} not named: ${first?.kind} ${first?.holder} ${text(record)}`);
  return faults;
}

const text = ({ growth, ...record }: LeakRecord): string =>
  JSON.stringify({ ...record, growth: growth.map(({ kind, holder, line }) => [kind, holder, line]) });
