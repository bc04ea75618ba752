/** `npm run bench:accuracy`: every figure beside its truth; ends with 1 when a mark is missed. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describeMachine } from '../machine.js';
import { renderChecks } from './check.js';
import { deltaChecks } from './deltas.js';
import { bundleModel, kindChecks, rangeChecks } from './kinds.js';

const FOLDER = fileURLToPath(new URL('../../../bench-results/', import.meta.url));

const scratch = mkdtempSync(join(tmpdir(), 'heapmark-accuracy-'));
try {
  const machine = describeMachine();
  const model = await bundleModel(scratch);
  const checks = [...(await kindChecks(model)), ...(await rangeChecks(model)), ...(await deltaChecks())];
  console.log(`Node ${process.versions.node}, V8 ${process.versions.v8}; bytes\n\n${renderChecks(checks)}`);
  mkdirSync(FOLDER, { recursive: true });
  const report = { version: 1, time: new Date().toISOString(), machine, checks };
  writeFileSync(`${FOLDER}accuracy-${process.versions.node}.json`, `${JSON.stringify(report, null, 2)}\n`);
  if (checks.some(({ passed }) => !passed)) process.exitCode = 1;
} finally {
  rmSync(scratch, { recursive: true, force: true });
}
