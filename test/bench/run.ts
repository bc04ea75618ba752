/** Measures Heapmark beside its peers, in turns, and compares it with its marks. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { installPeers, Scratch, UnavailableKernel, type KernelName } from './kernels.js';
import { describeMachine } from './machine.js';
import type { Bench } from './measurements/measurement.js';
import { parseOptions, USAGE, UsageError, type Options } from './options.js';
import { renderTable, toJson } from './report.js';
import { Results } from './results.js';
import { Session } from './session.js';

/** A kernel may fill its caches when it has rested. Milliseconds. */
const CACHES_MS = 5_000;

const FOLDER = fileURLToPath(new URL('../../bench-results/', import.meta.url));

async function main(): Promise<void> {
  const options = parseOptions(process.argv.slice(2));
  if (options === null) {
    console.log(USAGE);
    return;
  }
  const machine = describeMachine();
  using scratch = new Scratch();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => {
      void Session.endAll().finally(() => {
        scratch[Symbol.dispose]();
        process.exit(1);
      });
    });
  }
  const results = new Results();
  const unavailable = new Map<KernelName, string>();
  if (options.kernels.some((kernel) => kernel !== 'heapmark')) tryInstall(results);

  // A start that is thrown away fills each kernel's own caches and the system's.
  for (const kernel of options.kernels) {
    try {
      await warmUp(kernel, scratch);
    } catch (error) {
      if (!(error instanceof UnavailableKernel)) throw error;
      unavailable.set(kernel, error.message);
    }
  }
  await measure(options, { results, scratch, quick: options.quick }, unavailable);

  const figureIds = options.measurements.flatMap((measurement) => measurement.figures);
  for (const [kernel, reason] of unavailable) {
    for (const figure of figureIds) results.missing(kernel, figure, reason);
  }
  const input = { results, kernels: options.kernels, figureIds, machine, rounds: options.rounds };
  console.log(`\n${renderTable(input)}`);
  mkdirSync(FOLDER, { recursive: true });
  writeFileSync(`${FOLDER}bench.json`, `${JSON.stringify(toJson(input), null, 2)}\n`);
  if (unavailable.has('heapmark')) process.exitCode = 1;
}

async function measure(options: Options, bench: Bench, unavailable: Map<KernelName, string>): Promise<void> {
  for (let round = 1; round <= options.rounds; round++) {
    for (const measurement of options.measurements) {
      if (measurement.once && round > 1) continue;
      for (const kernel of options.kernels) {
        if (unavailable.has(kernel)) continue;
        process.stderr.write(`round ${round} of ${options.rounds}: ${measurement.name}, ${kernel}\n`);
        try {
          await measurement.run(kernel, bench);
        } catch (error) {
          const reason = error instanceof Error ? error.message : String(error);
          for (const figure of measurement.figures) bench.results.missing(kernel, figure, reason);
        }
      }
    }
  }
}

async function warmUp(kernel: KernelName, scratch: Scratch): Promise<void> {
  const { session } = await Session.launch(kernel, scratch);
  try {
    await session.client.execute('1+1');
    await delay(CACHES_MS);
  } finally {
    await session.end();
  }
}

function tryInstall(results: Results): void {
  try {
    installPeers();
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    results.note(`The peers could not be installed: ${reason}`);
  }
}

try {
  await main();
} catch (error) {
  if (!(error instanceof UsageError)) throw error;
  console.error(`${error.message}\n\n${USAGE}`);
  process.exitCode = 2;
}
