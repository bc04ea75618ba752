/** The corpus of leaking and clean programs in its short form; `npm run bench:leaks` judges it at length. */
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';
import { clean } from '../corpus/leaks/clean.js';
import { generatedClean, generatedLeaks } from '../corpus/leaks/generated.js';
import { faultsOf, judge, type RunCell } from '../corpus/leaks/judge.js';
import { leaking } from '../corpus/leaks/leaking.js';
import { ofType, textOf, useKernel } from '../helpers/shared-kernel.js';

/** Packages of this repository are found from here. */
const REPOSITORY = fileURLToPath(new URL('../../', import.meta.url));
const SEED = 20261121;

const shared = useKernel({ cwd: REPOSITORY, patienceMs: 55_000 });
const run: RunCell = async (code) => {
  const exchange = await shared.client.execute(code);
  const [error] = ofType(exchange, 'error');
  if (error !== undefined) throw new Error(`${code}\n→ ${error['ename']}: ${error['evalue']}`);
  return textOf(exchange);
};

describe('of the corpus', () => {
  const leaks = [...leaking, ...generatedLeaks(SEED, 4)];
  const harmless = [...clean, ...generatedClean(SEED, 4)];
  /** Programs whose growth is looked into: each takes two snapshots. Of the others some are asked for their true rate. */
  const explained = new Set(leaks.filter((_program, index) => index % 6 === 0));
  const measured = new Set(leaks.filter((program, index) => index % 3 === 1 && !explained.has(program)));

  beforeAll(async () => {
    await run('%typecheck off');
  });

  it('there are 25 programs of either kind, at least', () => {
    expect(leaking.length).toBeGreaterThanOrEqual(25);
    expect(clean.length).toBeGreaterThanOrEqual(25);
    expect(new Set([...leaks, ...harmless].map(({ name }) => name)).size).toBe(leaks.length + harmless.length);
  });

  it.each(leaks.map((program) => [program.name, program] as const))('%s is found to leak', async (_name, program) => {
    const holders = explained.has(program);
    const judged = await judge(program, run, {
      iterations: 600,
      warmup: 150,
      snapshot: holders,
      truth: measured.has(program),
    });
    expect(faultsOf(judged, { holders })).toEqual([]);
  });

  it.each(harmless.map((program) => [program.name, program] as const))(
    '%s is accused of nothing',
    async (_name, program) => {
      const judged = await judge(program, run, { iterations: 600, warmup: 150, snapshot: false, truth: false });
      expect(faultsOf(judged)).toEqual([]);
    },
  );
});
