/**
 * Runs one program of the corpus in plain Node and writes snapshots where a person with memlab would: after warming up,
 * after the iterations, and after as many more. Arguments: the program's module, the folder for snapshots, iterations.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { setFlagsFromString, writeHeapSnapshot } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const [, , module, folder, count] = process.argv;
setFlagsFromString('--expose-gc');
const gc = runInNewContext('gc');
const { step } = await import(pathToFileURL(module).href);

let at = 0;
async function iterate(iterations) {
  for (const end = at + iterations; at < end; at++) await step(at);
  gc();
  await delay(20);
  gc();
}
await iterate(Math.max(10, Math.ceil(count / 4)));
for (const name of ['baseline', 'target', 'final']) {
  if (name !== 'baseline') await iterate(Number(count));
  writeHeapSnapshot(join(folder, `${name}.heapsnapshot`));
}
process.exit(0);
