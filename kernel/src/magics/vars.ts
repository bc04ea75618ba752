import { SHOWN_ROWS, variablesBlocks } from '../render/variables.js';
import type { VariablesOptions } from '../memory/index.js';
import type { Magic } from './magic.js';
import { show, showJson } from './show.js';

/** `%vars`: the user's variables with their sizes. */
export const vars: Magic = {
  name: 'vars',
  async line(args, { runtime, functions }) {
    const options: VariablesOptions = { all: args.has('--all') };
    if (args.has('--exact')) Object.assign(options, { exact: true, force: args.has('--force') });
    const pattern = args.text('PATTERN');
    const type = args.text('--type');
    const sort = args.text('--sort') as VariablesOptions['sort'];
    if (pattern !== undefined) options.pattern = pattern;
    if (type !== undefined) options.type = type;
    if (sort !== undefined) options.sort = sort;
    if (!args.has('--json')) options.limit = SHOWN_ROWS;
    const record = await functions.vars(options);
    if (args.has('--json')) showJson(runtime, record);
    else show(runtime, variablesBlocks(record));
  },
};
