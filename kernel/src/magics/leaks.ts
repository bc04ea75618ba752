import type { LeakOptions } from '../memory/index.js';
import type { Arguments } from './args.js';
import type { Magic } from './magic.js';

/** `%%leaks`: whether the cell leaks when it runs many times. */
export const leaks: Magic = {
  name: 'leaks',
  async cell(args, body, { leakDesk }) {
    await leakDesk.ofCell(body.source, optionsOf(args));
    return undefined;
  },
};

function optionsOf(args: Arguments): LeakOptions {
  const iterations = args.number('-n');
  const warmup = args.number('--warmup');
  const timeout = args.number('-t');
  return {
    async: args.has('--async'),
    snapshot: !args.has('--brief'),
    force: args.has('--force'),
    ...(iterations === undefined ? {} : { iterations }),
    ...(warmup === undefined ? {} : { warmup }),
    ...(timeout === undefined ? {} : { timeout }),
  };
}
