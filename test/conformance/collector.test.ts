import { beforeEach, describe, expect, it } from 'vitest';
import type { GcRecord, GcThresholdRecord, MemoryDiffRecord } from '@heapmark/protocol';
import { cellsOf } from '../helpers/cells.js';
import { openMemory } from '../helpers/memory-comm.js';
import { ofType, textOf, useKernel } from '../helpers/shared-kernel.js';
import type { Exchange } from '../helpers/wire-client.js';

const shared = useKernel();
const { run, record } = cellsOf(shared);

const displayed = (exchange: Exchange): string =>
  ofType(exchange, 'display_data')
    .map((content) => String(content['data']['text/plain']))
    .join('\n');

/** Makes garbage of short and of long life without ever giving up the thread. */
const CHURN = `{ let kept: object[] = [];
  for (let n = 0, until = Date.now() + 1_200; n < 10_000 || Date.now() < until; n++) {
    kept.push(Array.from({ length: 200 }, (_, i) => ({ i })));
    Array.from({ length: 200 }, (_, i) => ({ i }));
    if (kept.length > 2_000) kept = [];
  } }`;

beforeEach(async () => {
  await run('%reset -f');
});

describe('%gc --stats', () => {
  it('counts what collections of cells freed and what lived on, and shows the spaces', async () => {
    await run(CHURN);
    const { stats, spaces, timeShare } = await record<GcRecord>('gc({ stats: true })');
    const minor = stats?.find(({ kind }) => kind === 'minor');
    expect(minor?.measured).toBeGreaterThan(5);
    expect(minor?.count).toBeGreaterThanOrEqual(minor?.measured ?? Infinity);
    expect(minor?.freedBytes).toBeGreaterThan(1e7);
    expect(minor?.survival).toBeGreaterThan(0);
    expect(minor?.survival).toBeLessThan(1);
    expect(timeShare).toBeGreaterThan(0);
    expect(spaces?.map(({ name }) => name)).toContain('old_space');
    expect(displayed(await run('%gc --stats'))).toMatch(/^minor +[\d,]+ +\d+ .* [MG]B +\d+\.\d %$/m);
  });

  it('makes a minor collection alone on request', async () => {
    expect(await record<GcRecord>('gc({ minor: true })')).toMatchObject({ kind: 'minor' });
    expect(displayed(await run('%gc --minor'))).toContain('Minor collection');
  });
});

describe('%gc --debug', () => {
  it('prints each collection, also while a cell never gives up the thread', async () => {
    expect(textOf(await run('%gc --debug on'))).toContain('Each collection is printed as it happens.');
    try {
      const exchange = await run(`${CHURN}\nconsole.log('over');`);
      const printed = textOf(exchange);
      expect(printed).toMatch(/^gc: minor, [\d.]+ (?:µs|ms), [\d.]+ [kM]B freed, heap now [\d.]+ MB$/m);
      const first = printed.indexOf('gc: ');
      expect(first).toBeGreaterThanOrEqual(0);
      expect(first).toBeLessThan(printed.indexOf('over'));
    } finally {
      await run('%gc --debug off');
    }
    expect(textOf(await run(CHURN))).not.toContain('gc: ');
  });
});

describe('the timeline', () => {
  it('is told of pauses while a cell spins', async () => {
    const comm = await openMemory(shared.client);
    await comm.request('subscribe', { topics: ['sample'], sampleEveryMs: 250 });
    const busy = comm.event('sample', ({ collections = [] }) =>
      collections.some(({ kind, heapUsed }) => kind === 'minor' && heapUsed !== null),
    );
    await run(CHURN);
    const { collections = [] } = await busy;
    for (const { count, pauseMs, longestMs, time } of collections) {
      expect(count).toBeGreaterThan(0);
      expect(pauseMs).toBeGreaterThanOrEqual(longestMs);
      expect(Math.abs(Date.now() - time)).toBeLessThan(60_000);
    }
    comm.close();
  });
});

describe('gcThreshold()', () => {
  it('reads the limits in force, and a change applies at the next start of the runtime', async () => {
    const before = await record<GcThresholdRecord>('gcThreshold()');
    expect((before.newSpace ?? 0) + (before.oldSpace ?? 0)).toBe(before.heapLimit);
    expect(before.pending).toBeNull();
    const changed = await record<GcThresholdRecord>('gcThreshold({ semiSpace: 2 ** 25, oldSpace: 2 ** 30 })');
    expect(changed).toMatchObject({ semiSpace: before.semiSpace, oldSpace: before.oldSpace });
    expect(changed.pending).toContain('%reset --runtime starts it now');
    await run('%reset --runtime -f');
    expect(await record<GcThresholdRecord>('gcThreshold()')).toMatchObject({
      semiSpace: 2 ** 25,
      newSpace: 3 * 2 ** 25,
      oldSpace: 2 ** 30,
      heapLimit: 3 * 2 ** 25 + 2 ** 30,
      pending: null,
    });
    await run(
      '{ const { gcThreshold } = await import("heapmark"); await gcThreshold({ semiSpace: null, oldSpace: null }); }',
    );
    await run('%reset --runtime -f');
    expect(await record<GcThresholdRecord>('gcThreshold()')).toEqual(before);
  });

  it('refuses what no runtime can start with', async () => {
    const exchange = await shared.client.execute(
      '{ const { gcThreshold } = await import("heapmark"); await gcThreshold({ oldSpace: 1000 }); }',
    );
    expect(ofType(exchange, 'error')[0]).toMatchObject({
      evalue: expect.stringContaining('The limit of the old generation is a number of bytes from'),
    });
  });
});

describe('track and %gc --watch', () => {
  it('list what should be gone with its holder, and what went', async () => {
    await run('import { track } from "heapmark"; const registry = new Map<string, object>();');
    await run(
      `{ for (let i = 0; i < 3; i++) track({ i }, 'temporary'); registry.set('k', track({ big: [] }, 'solver')); }`,
    );
    const shown = displayed(await run('%gc --watch on'));
    expect(shown).toContain('1 tracked object should be gone and is not; 3 went.');
    expect(shown).toMatch(/^solver +\[\d+\] +\d+ +held by `registry` -> Map entry 'k' -> value$/m);
    await run('registry.clear();');
    expect(displayed(await run('%gc'))).toContain('All 4 tracked objects went.');
    await run('%gc --watch off');
    expect(displayed(await run('%gc'))).not.toContain('tracked');
  });

  it('name a holder that no variable is, from a heap snapshot', async () => {
    await run(
      `{ const { track } = await import('heapmark'); const kept = track({ rows: [1, 2] }, 'rows');
         setTimeout(function remind() { console.log(kept); }, 3_600_000); }`,
    );
    const { watch } = await record<GcRecord>('gc({ watch: true })');
    expect(watch?.tracked).toMatchObject([{ label: 'rows', overdue: true, holder: expect.stringContaining('timer') }]);
    expect(watch?.lingering).toContainEqual(
      expect.objectContaining({ kind: 'timer', what: 'setTimeout(remind)', count: 1 }),
    );
    await run('%gc --watch off');
  });

  it('list listeners, promises, servers and threads with the cell that made them', async () => {
    await run('%gc --watch on');
    const made = await run(
      `import { EventEmitter } from 'node:events'; import { createServer } from 'node:net'; import { Worker } from 'node:worker_threads';
       const bus = new EventEmitter(); for (let i = 0; i < 12; i++) bus.on('tick', () => i);
       const waits = [new Promise(() => {}), new Promise(() => {})];
       const server = createServer().listen(0, '127.0.0.1');
       const thread = new Worker('setInterval(() => {}, 1e6)', { eval: true });`,
    );
    const count = made.reply.content['execution_count'] as number;
    const { watch } = await record<GcRecord>('gc({ watch: true })');
    const cell = { executionCount: count };
    expect(watch?.lingering).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ kind: 'listener', what: "listeners for 'tick' of an EventEmitter", count: 12 }),
        expect.objectContaining({ kind: 'promise', cell: expect.objectContaining(cell) }),
        expect.objectContaining({
          kind: 'handle',
          what: 'TCPServerWrap',
          count: 1,
          cell: expect.objectContaining(cell),
        }),
        expect.objectContaining({ kind: 'worker', count: 1, cell: expect.objectContaining(cell) }),
      ]),
    );
    await run('server.close(); await thread.terminate();');
    const after = await record<GcRecord>('gc({ watch: true })');
    expect(after.watch?.lingering.filter(({ kind }) => kind === 'worker' || kind === 'handle')).toEqual([]);
    await run('%gc --watch off');
  });
});

describe('%mem --diff', () => {
  it('tells what was added since the mark, by kind and holder', async () => {
    expect(displayed(await run('%mem --diff'))).toContain('This sets the mark');
    await run(
      `class Particle { constructor(readonly at: number, readonly path = [at, at + 1]) {} }
       const history: Particle[] = Array.from({ length: 20_000 }, (_, i) => new Particle(i));
       const image = new Uint8Array(5_000_000);`,
    );
    const { since, change, added } = await record<MemoryDiffRecord>('memoryDiff()');
    expect(since).not.toBeNull();
    expect(change.arrayBuffers).toBeGreaterThanOrEqual(5_000_000);
    const particles = added.find(({ type }) => type === 'Particle');
    expect(particles).toMatchObject({ count: 20_000, holder: expect.stringMatching(/^held by `history` -> \[\d+\]/) });
    expect(particles?.cell).not.toBeNull();
    expect(added.find(({ type }) => type === 'Array')?.count).toBeGreaterThanOrEqual(20_000);
    expect(added[0]).toMatchObject({ holder: expect.stringContaining('image') });
    expect(displayed(await run('%mem --diff --mark'))).toMatch(/^Particle +20,000 +/m);
    const again = await record<MemoryDiffRecord>('memoryDiff()');
    expect(again.added.some(({ type }) => type === 'Particle')).toBe(false);
  });
});
