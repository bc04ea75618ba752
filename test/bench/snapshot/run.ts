/**
 * `%vars --exact` beside the time V8 alone needs to write a snapshot of the same heap, in turns on one kernel.
 * Run: npx tsx test/bench/snapshot/run.ts [objects, 1,000,000 when absent] [rounds, 3 when absent]
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Scratch } from '../kernels.js';
import { Session } from '../session.js';

/** The answer may take so many times V8's own time. */
const MARK = 1.5;

const objects = Number(process.argv[2] ?? 1_000_000);
const rounds = Number(process.argv[3] ?? 3);

const median = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;

async function main(): Promise<void> {
  using scratch = new Scratch();
  const { session } = await Session.launch('heapmark', scratch);
  try {
    const run = async (code: string): Promise<void> => {
      const { reply } = await session.client.execute(code);
      if (reply.content['status'] !== 'ok') throw new Error(`${code}\n${JSON.stringify(reply.content)}`);
    };
    const timed = async (code: string): Promise<number> => {
      await run(
        `{ const t = performance.now(); ${code}; (await import('node:fs')).writeFileSync('took', String(performance.now() - t)); }`,
      );
      return Number(readFileSync(join(scratch.notebooks, 'took'), 'utf8'));
    };
    await run(`const objects = Array.from({ length: ${objects} }, (_, i) => ({ a: i, b: i + 1 }));`);
    const alone: number[] = [];
    const exact: number[] = [];
    for (let round = 0; round < rounds; round++) {
      alone.push(await timed("(await import('node:v8')).writeHeapSnapshot('alone.heapsnapshot')"));
      exact.push(await timed("await (await import('heapmark')).vars({ exact: true, force: true })"));
    }
    const ratio = median(exact.map((ms, round) => ms / (alone[round] ?? Number.NaN)));
    const seconds = (values: readonly number[]): string => `${(median(values) / 1_000).toFixed(2)} s`;
    console.log(`objects                  ${objects.toLocaleString('en-US')}`);
    console.log(`V8 writes a snapshot     ${seconds(alone)}`);
    console.log(`%vars --exact            ${seconds(exact)}`);
    console.log(`ratio, median (mark)     ${ratio.toFixed(2)} (${MARK})`);
    process.exitCode = ratio <= MARK ? 0 : 1;
  } finally {
    await session.end();
  }
}

await main();
