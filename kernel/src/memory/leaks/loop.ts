/** The iterations as one loop, so that they run as fast as in the user's own. */
import type { Iterate } from './run.js';

const COUNT = '$leaksCount';

/**
 * A loop around the code of a cell: text of a function of the number of iterations. The code begins on line 2, as it does
 * below the magic's line, so that lines have the numbers that the user sees.
 */
export const loopAround = (code: string): string =>
  `(async (${COUNT}: number): Promise<void> => { for (let $leaksRound = 0; $leaksRound < ${COUNT}; $leaksRound++) {\n${code}\n}})`;

/** Whether a line of source is that loop's own. */
export const isLoop = (source: string | null): boolean => source?.includes(COUNT) === true;

/** Calls of a function, which is awaited from the first time on that it gives a promise. */
export function callsOf(body: (iteration: number) => unknown): Iterate {
  let gives = false;
  const awaited = async (from: number, end: number): Promise<void> => {
    for (let i = from; i < end; i++) await body(i);
  };
  return (from, count) => {
    const end = from + count;
    if (gives) return awaited(from, end);
    for (let i = from; i < end; i++) {
      const given = body(i);
      if (!isThenable(given)) continue;
      gives = true;
      return (async () => {
        await given;
        await awaited(i + 1, end);
      })();
    }
    return undefined;
  };
}

const isThenable = (value: unknown): value is PromiseLike<unknown> =>
  typeof value === 'object' && value !== null && typeof (value as { then?: unknown }).then === 'function';
