/** memlab's verdict on three snapshots. Argument: their folder. Prints JSON: traces of leaks, clustered by memlab. */
import { createRequire } from 'node:module';
import { join } from 'node:path';

const require = createRequire(import.meta.url);
const { analysis, config, info } = require('@memlab/core');
const folder = process.argv[2];
info.globalConfig.muteConsole = true;
config.useExternalSnapshot = true;
config.externalSnapshotFilePaths = ['baseline', 'target', 'final'].map((name) => join(folder, `${name}.heapsnapshot`));
config.chaseWeakMapEdge = false;
// What memlab looks for by itself are parts of web pages; for Node it asks for a filter: each object that the iterations
// made and that is still there, if it keeps 100 bytes or more.
config.externalLeakFilter = { leakFilter: (node) => node.retainedSize >= 100 };
config.setRunInfo?.({});
try {
  const leaks = await analysis.detectMemoryLeaks();
  console.log(
    `RESULT${JSON.stringify({ clusters: leaks.length, traces: leaks.slice(0, 5).map((leak) => Object.keys(leak)) })}`,
  );
} catch (error) {
  console.log(`RESULT${JSON.stringify({ failed: String(error?.message ?? error) })}`);
}
process.exit(0);
