import type { TimeitRecord } from '@heapmark/protocol';
import { timeitText } from '../render/timing.js';
import { MagicError, type RunnableCode, type RuntimeContext } from '../runtime/context.js';
import type { Arguments } from './args.js';
import { compiled } from './compile.js';
import type { Clock, MagicContext } from './context.js';
import type { Magic } from './magic.js';
import { displayable } from './show.js';

/** Runs of the loop, as IPython has it. */
const DEFAULT_REPEATS = 7;
/** A run should take at least this long, in ms: then the clock's own cost and grain do not count. */
const LEAST_RUN_MS = 200;
const MOST_LOOPS = 1e9;

/** `%timeit` and `%%timeit`: the mean time of one loop over several runs of many loops. */
export const timeit: Magic = {
  name: 'timeit',
  async line(args, context) {
    if (args.code === '')
      throw new MagicError(
        '%timeit needs code to run, e.g. %timeit sum(rows). %%timeit on the first line times a whole cell.',
      );
    const record = await measure(args, args.code, context);
    if (args.has('-o')) await context.showValue(record);
  },
  async cell(args, body, context) {
    if (args.code !== '')
      throw new MagicError(
        '%%timeit takes options only: the code to time starts on the next line, what it needs stands in an earlier cell.',
      );
    const record = await measure(args, body.source, context);
    return args.has('-o') ? { value: record } : undefined;
  },
};

async function measure(args: Arguments, code: string, { runtime, clock }: MagicContext): Promise<TimeitRecord> {
  const repeats = args.number('-r') ?? DEFAULT_REPEATS;
  if (repeats === 0) throw new MagicError('-r takes 1 or more runs.');
  const loop = await compileLoop(runtime, code);
  const asked = args.number('-n') ?? 0;
  const loops = asked === 0 ? await chooseLoops(loop, clock, runtime.aborted()) : asked;
  const runs: number[] = [];
  for (let run = 0; run < repeats; run++) {
    runtime.aborted().throwIfAborted();
    runs.push((await loop(loops, clock.now)) / loops);
  }
  const mean = runs.reduce((sum, each) => sum + each, 0) / repeats;
  const deviation = Math.sqrt(runs.reduce((sum, each) => sum + (each - mean) ** 2, 0) / repeats);
  const record: TimeitRecord = { loops, repeats, best: Math.min(...runs), mean, deviation, runs };
  if (!args.has('-q')) runtime.stdout(timeitText(record));
  return displayable(record, () => [{ kind: 'line', pieces: [timeitText(record).trimEnd()] }]);
}

/** The code `loops` times over; gives how long it took, in ms of the clock that is passed in. */
type Loop = (loops: number, now: () => number) => Promise<number>;

/**
 * Compiles the loop around the code, so that nothing but the code and the loop's counter is timed. The code is compiled
 * alone first: its errors then name the user's own lines.
 */
async function compileLoop(runtime: RuntimeContext, code: string): Promise<Loop> {
  await compiled(runtime, code);
  const source = [
    '(async ($timeitLoops: number, $timeitNow: () => number): Promise<number> => {',
    'const $timeitBegun = $timeitNow();',
    'for (let $timeitLoop = 0; $timeitLoop < $timeitLoops; $timeitLoop++) {',
    code,
    '}',
    'return $timeitNow() - $timeitBegun;',
    '})',
  ].join('\n');
  const made = await (await inLoop(runtime, source)).run();
  return made?.value as Loop;
}

async function inLoop(runtime: RuntimeContext, source: string): Promise<RunnableCode> {
  try {
    return await compiled(runtime, source);
  } catch (cause) {
    if (!(cause instanceof MagicError)) throw cause;
    throw new MagicError(
      'This code cannot stand in a loop (an import, a label?): put it into a function and time calls of it.',
      { cause },
    );
  }
}

/** 1, 2, 5, 10, 20, 50 … until a run takes long enough. */
async function chooseLoops(loop: Loop, clock: Clock, aborted: AbortSignal): Promise<number> {
  for (let power = 1; ; power *= 10) {
    for (const factor of [1, 2, 5]) {
      aborted.throwIfAborted();
      const loops = power * factor;
      if (loops >= MOST_LOOPS || (await loop(loops, clock.now)) >= LEAST_RUN_MS) return loops;
    }
  }
}
