/** A long session: thousands of cells, restarts of the runtime, many clients with a comm each; and what the front holds. */
import { startKernel, type RunningKernel } from '../helpers/kernel.js';
import { openMemory, type MemoryComm } from '../helpers/memory-comm.js';
import { resultOf } from '../helpers/shared-kernel.js';
import type { WireClient } from '../helpers/wire-client.js';
import { residentBytes } from './runaway/run-pattern.js';

export interface SessionOptions {
  cells: number;
  restarts: number;
  clients: number;
}

/** What the front may hold after all cells, against a tenth of them. */
const MOST_GROWTH = 1.1;
const PATIENCE_MS = 120_000;

/** Prints its figures; gives what was not reached. */
export async function sessions(options: SessionOptions, print: (line: string) => void): Promise<string[]> {
  const kernel = await startKernel({ patienceMs: PATIENCE_MS });
  const failures: string[] = [];
  try {
    const client = await kernel.connect();
    failures.push(...(await manyCells(kernel, client, options.cells, print)));
    failures.push(...(await manyRestarts(client, options.restarts, print)));
    failures.push(...(await manyClients(client, options.clients, print)));
    failures.push(...kernel.faults.map(String));
  } finally {
    await kernel.stop();
  }
  return failures;
}

async function manyCells(
  kernel: RunningKernel,
  client: WireClient,
  cells: number,
  print: (line: string) => void,
): Promise<string[]> {
  const failures: string[] = [];
  let early: number | null = null;
  for (let n = 1; n <= cells; n += 1) {
    const answer = resultOf(await client.execute(`let value${n % 50} = ${n}; value${n % 50} + 1`));
    if (answer !== String(n + 1)) failures.push(`cell ${n} gave ${answer ?? 'nothing'}`);
    if (n % 100 === 0) client.forget();
    if (n === Math.ceil(cells / 10)) early = residentBytes(kernel.pid);
  }
  const late = residentBytes(kernel.pid);
  print(`${cells} cells: front ${megabytes(early)} after a tenth, ${megabytes(late)} after all`);
  if (early !== null && late !== null && late > early * MOST_GROWTH) {
    failures.push(`the front grew from ${megabytes(early)} to ${megabytes(late)}`);
  }
  return failures;
}

async function manyRestarts(client: WireClient, restarts: number, print: (line: string) => void): Promise<string[]> {
  const failures: string[] = [];
  let slowest = 0;
  for (let n = 1; n <= restarts; n += 1) {
    await client.execute('process.exit(3)');
    const began = performance.now();
    const answer = resultOf(await client.execute('let fresh: number = 1; fresh + 1'));
    slowest = Math.max(slowest, performance.now() - began);
    if (answer !== '2') failures.push(`after restart ${n} a cell gave ${answer ?? 'nothing'}`);
    client.forget();
  }
  print(`${restarts} runtimes ended and replaced: slowest first answer ${slowest.toFixed(0)} ms`);
  return failures;
}

async function manyClients(client: WireClient, clients: number, print: (line: string) => void): Promise<string[]> {
  const comms: MemoryComm[] = [];
  let refused = 0;
  for (let n = 0; n < clients; n += 1) {
    comms.push(await openMemory(client));
    await client.execute(`${n}`);
    if (n % 10 === 9) {
      // The kernel keeps a bounded number: the latest always answers.
      const answer = await comms.at(-1)?.request('cells', {});
      if (answer === undefined || answer.cells.length === 0) refused += 1;
    }
  }
  for (const comm of comms) comm.close();
  // It is answered after all that was sent before it.
  await client.request('kernel_info_request');
  print(`${clients} clients of the memory protocol: the latest went unanswered ${refused} times`);
  return refused === 0 ? [] : [`${refused} clients of the memory protocol had no answer`];
}

const megabytes = (bytes: number | null): string => (bytes === null ? 'unknown' : `${(bytes / 1e6).toFixed(0)} MB`);
