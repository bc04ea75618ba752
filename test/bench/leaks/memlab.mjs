/** memlab's verdict on three snapshots. Argument: their folder. Prints JSON: how many clusters of leaks it found. */
import { writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';

const { analysis, config } = createRequire(import.meta.url)('@memlab/core');
const folder = process.argv[2];
const names = ['baseline', 'target', 'final'];
config.muteConsole = true;
config.useExternalSnapshot = true;
config.externalSnapshotFilePaths = names.map((name) => join(folder, `${name}.heapsnapshot`));
config.externalSnapshotVisitOrderFile = join(folder, 'order.json');
writeFileSync(
  config.externalSnapshotVisitOrderFile,
  JSON.stringify(names.map((name, at) => ({ name, url: '', idx: at + 1, snapshot: true, type: name }))),
);
// What memlab looks for by itself are parts of web pages; for Node it asks for a filter: each object that the iterations
// made and that is still there, if it keeps 100 bytes or more.
config.externalLeakFilter = { leakFilter: (node) => node.retainedSize >= 100 };
try {
  const leaks = await analysis.detectMemoryLeaks();
  console.log(`RESULT${JSON.stringify({ clusters: leaks.length })}`);
} catch (error) {
  console.log(`RESULT${JSON.stringify({ failed: String(error?.stack ?? error) })}`);
}
process.exit(0);
