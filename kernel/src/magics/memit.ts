import type { MemitRecord } from '@heapmark/protocol';
import type { PeakOptions } from '../memory/index.js';
import { memitBlocks } from '../render/memit.js';
import { MagicError, type RunnableCode } from '../runtime/context.js';
import type { Arguments } from './args.js';
import { compiled } from './compile.js';
import type { MagicContext } from './context.js';
import type { Magic } from './magic.js';
import { show } from './show.js';

/** `%memit` and `%%memit`: how high memory rose while code ran. */
export const memit: Magic = {
  name: 'memit',
  async line(args, context) {
    if (args.code === '')
      throw new MagicError(
        '%memit needs code to run, e.g. %memit load(). %%memit on the first line measures a whole cell.',
      );
    const record = await measured(args, await compiled(context.runtime, args.code), context);
    if (args.has('-o')) await context.showValue(record);
  },
  async cell(args, body, context) {
    if (args.code !== '')
      throw new MagicError('%%memit takes options only: the code to measure starts on the next line.');
    const record = await measured(args, body, context);
    return args.has('-o') ? { value: record } : undefined;
  },
};

async function measured(
  args: Arguments,
  code: RunnableCode,
  { runtime, functions }: MagicContext,
): Promise<MemitRecord> {
  const record = await functions.memit(() => code.run(), optionsOf(args));
  // With -o the record itself is shown.
  if (!args.has('-q') && !args.has('-o')) show(runtime, memitBlocks(record));
  return record;
}

function optionsOf(args: Arguments): PeakOptions {
  const options: PeakOptions = { children: args.has('-c') };
  const repeat = args.number('-r');
  const timeout = args.number('-t');
  const interval = args.number('-i');
  if (repeat !== undefined) options.repeat = repeat;
  if (timeout !== undefined) options.timeout = timeout;
  if (interval !== undefined) options.interval = interval;
  return options;
}
