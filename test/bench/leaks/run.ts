/**
 * `npm run bench:leaks`: the corpus at length under `leaks()`, beside memlab and a plain difference of snapshots on the same
 * programs, and the cost of a million light iterations. Arguments: [--seed N] [--only TEXT] [--no-peers]
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { clean } from '../../corpus/leaks/clean.js';
import { generatedClean, generatedLeaks } from '../../corpus/leaks/generated.js';
import { faultsOf, judge, type Judgement, type RunCell } from '../../corpus/leaks/judge.js';
import { leaking } from '../../corpus/leaks/leaking.js';
import type { Program } from '../../corpus/leaks/program.js';
import { startKernel } from '../../helpers/kernel.js';
import { lightTimes } from './light.js';
import { judgeByPeers, type PeerJudgement } from './peers.js';

const REPOSITORY = fileURLToPath(new URL('../../../', import.meta.url));
const RESULTS = `${REPOSITORY}bench-results/`;
/** Rate within; holders right; a million light iterations against their plain time. */
const MARKS = { rate: 0.1, holders: 0.9, light: 1.3 } as const;
const GENERATED = 12;
const LIGHT_ROUNDS = 3;
const PATIENCE_MS = 120_000;

const { values: options } = parseArgs({
  options: { seed: { type: 'string' }, only: { type: 'string' }, 'no-peers': { type: 'boolean', default: false } },
});
const seed = Number(options.seed ?? Date.now() % 1_000_000);

const median = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[values.length >> 1] ?? Number.NaN;
const percent = (part: number): string => `${(100 * part).toFixed(1)} %`;

async function main(): Promise<void> {
  console.log(`seed ${seed}`);
  const wanted = (program: Program): boolean => options.only === undefined || program.name.includes(options.only);
  const leaks = [...leaking, ...generatedLeaks(seed, GENERATED)].filter(wanted);
  const harmless = [...clean, ...generatedClean(seed, GENERATED)].filter(wanted);
  const kernel = await startKernel({ cwd: REPOSITORY, patienceMs: PATIENCE_MS });
  try {
    const client = await kernel.connect();
    const run: RunCell = async (code) => {
      const { reply, broadcasts } = await client.execute(code);
      if (reply.content['status'] !== 'ok') throw new Error(`${code}\n${JSON.stringify(reply.content)}`);
      return broadcasts
        .filter(({ header }) => header.msg_type === 'stream')
        .map(({ content }) => String(content['text']))
        .join('');
    };
    const light = await lightTimes(run, options.only === undefined ? LIGHT_ROUNDS : 0);
    const judged: { judgement: Judgement; peers: PeerJudgement | null }[] = [];
    for (const program of [...leaks, ...harmless]) {
      const judgement = await judge(program, run, { snapshot: true, truth: true });
      const peers = options['no-peers'] ? null : await judgeByPeers(program);
      judged.push({ judgement, peers });
      console.log(lineOf(judgement, peers));
    }
    const failed = report(judged, light);
    mkdirSync(RESULTS, { recursive: true });
    writeFileSync(`${RESULTS}leaks.json`, `${JSON.stringify({ seed, light, judged }, null, 2)}\n`);
    process.exitCode = failed ? 1 : 0;
  } finally {
    await kernel.stop();
  }
}

function lineOf({ program, record, truth, tookMs }: Judgement, peers: PeerJudgement | null): string {
  const verdict =
    record.leaking === null
      ? 'not clear'
      : record.leaking
        ? `${Math.round(record.bytesPerIteration ?? 0)} B`
        : 'no leak';
  const other = peers === null ? '' : `memlab ${peers.memlab ?? '—'}  difference ${Math.round(peers.difference)} B`;
  const faults = faultsOf({ program, record, truth, tookMs }).map((fault) => `\n    ${fault}`);
  return [
    program.name.padEnd(34),
    (program.leak === null ? 'clean' : truth === null ? 'leaks' : `${Math.round(truth)} B`).padEnd(9),
    verdict.padEnd(11),
    `${(tookMs / 1000).toFixed(1)} s`.padEnd(8),
    other,
    ...faults,
  ].join(' ');
}

/** Prints the sums; `true` when a mark was missed. */
function report(
  judged: readonly { judgement: Judgement; peers: PeerJudgement | null }[],
  light: Awaited<ReturnType<typeof lightTimes>>,
): boolean {
  const leaks = judged.filter(({ judgement }) => judgement.program.leak !== null);
  const harmless = judged.filter(({ judgement }) => judgement.program.leak === null);
  const found = leaks.filter(({ judgement }) => judgement.record.leaking === true).length;
  const accused = harmless.filter(({ judgement }) => judgement.record.leaking !== false).length;
  const errors = leaks.flatMap(({ judgement: { truth, record } }) =>
    truth === null ? [] : [Math.abs((record.bytesPerIteration ?? 0) - truth) / truth],
  );
  const within = errors.filter((error) => error <= MARKS.rate).length;
  const named = leaks.filter(({ judgement }) => faultsOf(judgement, { within: Infinity }).length === 0).length;
  const lines = leaks.filter(({ judgement }) => judgement.record.growth.some(({ line }) => line !== null)).length;
  const ratio = median(light.map(({ plainMs, leaksMs }) => leaksMs / plainMs));
  console.log(`\nleaks found               ${found} of ${leaks.length}`);
  console.log(`clean programs accused    ${accused} of ${harmless.length}`);
  console.log(
    `rate within ${percent(MARKS.rate)}        ${within} of ${errors.length}; median off by ${percent(median(errors))}, at most ${percent(Math.max(...errors))}`,
  );
  console.log(`holder named              ${named} of ${leaks.length} (mark ${percent(MARKS.holders)})`);
  console.log(`a line named              ${lines} of ${leaks.length}`);
  console.log(
    `time for a verdict        median ${median(judged.map(({ judgement }) => judgement.tookMs / 1000)).toFixed(1)} s`,
  );
  if (light.length > 0)
    console.log(
      `1e6 light iterations      ${ratio.toFixed(2)} times their plain time of ${(median(light.map(({ plainMs }) => plainMs)) / 1000).toFixed(2)} s (mark ${MARKS.light})`,
    );
  reportPeers(leaks, harmless);
  return (
    found < leaks.length ||
    accused > 0 ||
    within < errors.length ||
    named < MARKS.holders * leaks.length ||
    ratio > MARKS.light
  );
}

function reportPeers(
  leaks: readonly { peers: PeerJudgement | null }[],
  harmless: readonly { peers: PeerJudgement | null }[],
): void {
  const of = (some: typeof leaks, says: (peer: PeerJudgement) => boolean): string => {
    const known = some.flatMap(({ peers }) => (peers === null ? [] : [peers]));
    return `${known.filter(says).length} of ${known.length}`;
  };
  if (leaks.every(({ peers }) => peers === null)) return;
  const memlab = (peer: PeerJudgement): boolean => (peer.memlab ?? 0) > 0;
  const difference = (peer: PeerJudgement): boolean => peer.saysLeak;
  console.log(`memlab                    found ${of(leaks, memlab)}, accused ${of(harmless, memlab)}`);
  console.log(`difference of snapshots   found ${of(leaks, difference)}, accused ${of(harmless, difference)}`);
  console.log(
    `time for both             median ${median([...leaks, ...harmless].map(({ peers }) => (peers?.tookMs ?? 0) / 1000)).toFixed(1)} s`,
  );
}

await main();
