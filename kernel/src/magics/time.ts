import type { TimeRecord } from '@heapmark/protocol';
import { timeText } from '../render/timing.js';
import { MagicError, type RunnableCode } from '../runtime/context.js';
import { compiled } from './compile.js';
import type { MagicContext } from './context.js';
import type { Magic } from './magic.js';

/** `%time` and `%%time`: wall and processor time of one run. The result of the code is shown as ever. */
export const time: Magic = {
  name: 'time',
  async line(args, context) {
    if (args.code === '')
      throw new MagicError('%time needs code to run, e.g. %time load(). %%time on the first line times a whole cell.');
    const result = await timed(await compiled(context.runtime, args.code), context);
    if (result !== undefined && result.value !== undefined) await context.showValue(result.value);
  },
  async cell(args, body, context) {
    if (args.code !== '') throw new MagicError('%%time takes nothing behind it: the code starts on the next line.');
    return timed(body, context);
  },
};

/** Prints the times also when the code throws: how long it took to fail is worth knowing. */
async function timed(code: RunnableCode, { runtime, clock }: MagicContext): Promise<{ value: unknown } | undefined> {
  const cpuBefore = clock.cpu();
  const begun = clock.now();
  try {
    return await code.run();
  } finally {
    const wallMs = clock.now() - begun;
    const cpu = clock.cpu();
    const userMs = cpu.userMs - cpuBefore.userMs;
    const systemMs = cpu.systemMs - cpuBefore.systemMs;
    const record: TimeRecord = { wallMs, userMs, systemMs, cpuMs: userMs + systemMs };
    runtime.stdout(timeText(record));
  }
}
