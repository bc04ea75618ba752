import { ErrorCode, ProtocolError } from '@heapmark/protocol';
import type { Memory } from '../memory/index.js';
import type { RequestHandlers } from '../runtime/context.js';
import type { HeapmarkFunctions } from './functions.js';

/**
 * Answers to the memory protocol's requests that need the runtime: the same calls that the magics make.
 * @param freed is called when names went by a request, outside of any cell.
 */
export function requestHandlers(memory: Memory, functions: HeapmarkFunctions, freed: () => void): RequestHandlers {
  return {
    variables: async (params) => ({ record: await functions.vars(params), stale: false, asOf: Date.now() }),
    expand: ({ path, from, limit }) => memory.expand(path, from, limit),
    async free({ names, all, pattern, dispose, why }) {
      if (dispose === true || why === true) throw notYet('free', dispose === true ? 'dispose' : 'why');
      const record = await functions.free({
        names,
        ...(all === undefined ? {} : { all }),
        ...(pattern === undefined ? {} : { pattern }),
      });
      freed();
      return record;
    },
    why({ name, all }) {
      if (all === true) throw notYet('why', 'all');
      return memory.why(name);
    },
    gc({ minor, stats, count }) {
      if (count === true) throw notYet('gc', 'count');
      return functions.gc({ minor: minor ?? false, stats: stats ?? false });
    },
  };
}

const notYet = (method: string, option: string): ProtocolError =>
  new ProtocolError(
    ErrorCode.unavailable,
    `This version of Heapmark does not know the option ${option} of ${method} yet.`,
    {
      reason: 'not in this version',
    },
  );
