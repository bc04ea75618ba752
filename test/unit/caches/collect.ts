/** Forced collections, and turns of the event loop in which clean-ups run. */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

setFlagsFromString('--expose-gc');
const gc = runInNewContext('gc') as () => void;

const turn = (): Promise<void> => new Promise((resolve) => void setImmediate(resolve));

/**
 * Collects until `done`, with turns of the event loop between; a condition that never comes ends with the test's own limit.
 * @param turnsBetween two collections.
 */
export async function collectUntil(done: () => boolean, turnsBetween = 1): Promise<void> {
  do {
    await turn();
    gc();
    for (let n = 0; n < turnsBetween && !done(); n += 1) await turn();
  } while (!done());
}
