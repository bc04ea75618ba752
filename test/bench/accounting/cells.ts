/** What accounting adds to a cell's reply and to a long loop: the kernel beside itself without accounting, in turns. */
import { rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { median } from '../statistics.js';
import { buildBare } from './bare.js';
import { MeasuredKernel } from './kernel.js';
import type { Timing } from './timing.js';

const CELLS = 200;
const MARK_REPLY_MS = 2;
const ROUNDS = 3;
const MARK_LOOP_PERCENT = 3;
/** Allocates for about ten seconds on a machine of 2026, alone. */
const LOOP = `{
  const kept: object[] = [];
  for (let i = 0; i < LOOPS; i++) kept[i % 100_000] = { i, text: 'text ' + i, list: [i, i + 1] };
}`;
const CALIBRATE = 4_000_000;
const LOOP_MS = 10_000;

export async function cellTimings(): Promise<Timing[]> {
  const bareMain = await buildBare();
  const full = await MeasuredKernel.start(true);
  try {
    const bare = await MeasuredKernel.start(false, { main: bareMain });
    try {
      return [await replyTiming(full, bare), await loopTiming(full, bare)];
    } finally {
      await bare.stop();
    }
  } finally {
    await full.stop();
    rmSync(dirname(bareMain), { recursive: true, force: true });
  }
}

async function replyTiming(full: MeasuredKernel, bare: MeasuredKernel): Promise<Timing> {
  const with_: number[] = [];
  const without: number[] = [];
  for (let i = 0; i < CELLS; i++) {
    with_.push(await full.run('1'));
    without.push(await bare.run('1'));
  }
  const all = with_.map((ms, i) => ms - (without[i] ?? NaN));
  return {
    name: `added to a cell's reply (${median(without).toFixed(1)} ms)`,
    value: median(all),
    unit: 'ms',
    atMost: MARK_REPLY_MS,
    cpuMs: null,
    all,
  };
}

async function loopTiming(full: MeasuredKernel, bare: MeasuredKernel): Promise<Timing> {
  const loops = (count: number): string => LOOP.replace('LOOPS', String(count));
  const alone = await bare.run(loops(CALIBRATE));
  const code = loops(Math.round((CALIBRATE * LOOP_MS) / alone));
  const worked = async (kernel: MeasuredKernel): Promise<number> => {
    const before = kernel.worked();
    const took = await kernel.run(code);
    const after = kernel.worked();
    return before === null || after === null ? took : after - before;
  };
  await full.run(loops(CALIBRATE));
  const all: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const without = await worked(bare);
    all.push(((await worked(full)) / without - 1) * 100);
  }
  return {
    name: 'added to the work of a 10 s allocating loop',
    value: median(all),
    unit: '%',
    atMost: MARK_LOOP_PERCENT,
    cpuMs: null,
    all,
  };
}
