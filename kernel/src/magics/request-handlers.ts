import type { HeapView, Memory } from '../memory/index.js';
import { refuseWhileRunning } from '../memory/index.js';
import type { RequestHandlers, RuntimeContext } from '../runtime/context.js';
import type { HeapmarkFunctions } from './functions.js';

/** What the answers are made of. */
export interface RequestServices {
  runtime: Pick<RuntimeContext, 'isRunning'>;
  memory: Memory;
  heap: HeapView;
  functions: HeapmarkFunctions;
  /** Called when names went by a request, outside of any cell. */
  freed(): void;
}

/** Answers to the memory protocol's requests that need the runtime: the same calls that the magics make. */
export function requestHandlers({ runtime, memory, heap, functions, freed }: RequestServices): RequestHandlers {
  const needsSnapshot = (wanted: boolean | undefined): void => {
    if (wanted === true) refuseWhileRunning(runtime);
  };
  return {
    async variables(params) {
      needsSnapshot(params.exact);
      return { record: await functions.vars(params), stale: false, asOf: Date.now() };
    },
    expand: ({ path, from, limit }) => memory.expand(path, from, limit),
    async free({ names, all, pattern, dispose, why, force }) {
      needsSnapshot(why);
      const record = await functions.free({
        names,
        ...(all === undefined ? {} : { all }),
        ...(pattern === undefined ? {} : { pattern }),
        ...(dispose === undefined ? {} : { dispose }),
        ...(why === undefined ? {} : { why }),
        ...(force === undefined ? {} : { force }),
      });
      freed();
      return record;
    },
    async why({ name, all, snapshot = false, force }) {
      needsSnapshot(all === true || snapshot);
      return heap.why(name, { all, snapshot, force });
    },
    async gc({ minor = false, stats = false, count = false, force = false }) {
      needsSnapshot(count);
      return functions.gc({ minor, stats, count, force });
    },
    snapshotCost: () => heap.cost(),
    async snapshot({ file, overwrite, force }) {
      needsSnapshot(true);
      return heap.write(file, { overwrite, force });
    },
  };
}
