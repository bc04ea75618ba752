import { describe, expect, it } from 'vitest';
import type { LeakRecord } from '@heapmark/protocol';
import type { GrownKind } from '../../../../kernel/src/ipc/heap.js';
import type { ExplainTools } from '../../../../kernel/src/memory/leaks/explain.js';
import { LeakFinder, type LeakOptions } from '../../../../kernel/src/memory/leaks/find.js';
import { madeUp, type Made, type MadeUp } from './world.js';

const HEAP = 10e6;

interface Found {
  record: LeakRecord;
  made: Made;
  told: [done: number, planned: number][];
}

async function find(what: MadeUp, options: LeakOptions = {}, tools: ExplainTools | null = null): Promise<Found> {
  const made = madeUp(what);
  const told: Found['told'] = [];
  const finder = new LeakFinder(made.iterate, options, {
    probes: made.probes,
    signal: new AbortController().signal,
    tools,
    progress: (done, planned) => void told.push([done, planned]),
  });
  return { record: await finder.find(), made, told };
}

const kind = (more: Partial<GrownKind> = {}): GrownKind => ({
  kind: 'Solver',
  count: 0,
  bytes: 0,
  sizes: [],
  wholes: [],
  holder: null,
  held: [],
  ...more,
});

describe('a search for leaks', () => {
  it('finds what each iteration leaves behind, with its interval', async () => {
    const { record } = await find({ heap: (i) => HEAP + 150 * i });
    expect(record.leaking).toBe(true);
    expect(record.bytesPerIteration).toBeCloseTo(150, 1);
    expect(record.interval?.low).toBeCloseTo(150, 1);
    expect(record.byKind.heap).toBeCloseTo(150, 1);
    expect(record).toMatchObject({ complete: true, reason: null, growthReason: null });
  });

  it('accuses nobody where memory moves by less than a reading tells', async () => {
    const { record } = await find({ heap: (i) => HEAP + ((i * 7919) % 9_000) });
    expect(record.leaking).toBe(false);
    expect(record.growth).toEqual([]);
  });

  it('makes as many iterations as it was asked for, after some to warm up', async () => {
    const { record, made } = await find({ heap: () => HEAP }, { iterations: 5_000 });
    expect(record.iterations).toBe(5_000);
    expect(record.warmup).toBe(200);
    expect(made.iterations()).toBe(5_200);
    expect((await find({}, { iterations: 700, warmup: 0 })).made.iterations()).toBe(700);
  });

  it('goes on where a cache is still filling, and finds it full', async () => {
    const { record } = await find({ heap: (i) => HEAP + 800 * Math.min(i, 9_500) });
    expect(record.leaking).toBe(false);
    expect(record.iterations).toBeGreaterThan(10_000);
    expect(record.filled).toBeGreaterThan(4e6);
  });

  it('does not say of a cache that still fills, more slowly, that it leaks', async () => {
    const { record } = await find({ heap: (i) => HEAP + 1e7 * (1 - Math.exp(-i / 1_500)) }, { iterations: 2_000 });
    expect(record.leaking).toBeNull();
    expect(record.reason).toContain('less and less');
  });

  it('reads again what V8 has for a moment only', async () => {
    const spike = (reading: number): number => [0, 262_144, 0, 0, 70_000][reading % 5] ?? 0;
    const leak = await find({ heap: (i) => HEAP + 150 * i, spike }, { iterations: 1_000 });
    expect(leak.record.leaking).toBe(true);
    expect(leak.record.bytesPerIteration).toBeCloseTo(150, 0);
    const clean = await find({ heap: () => HEAP, spike }, { iterations: 1_000 });
    expect(clean.record).toMatchObject({ leaking: false, filled: 0 });
  });

  it('tells buffers from the heap', async () => {
    const { record } = await find({ arrayBuffers: (i) => 2_000 * i, heap: (i) => HEAP + 100 * i });
    expect(record.bytesPerIteration).toBeCloseTo(2_100, 0);
    expect(record.byKind).toMatchObject({ otherExternal: 0, native: null, tensors: null });
    expect(record.byKind.arrayBuffers).toBeCloseTo(2_000, 0);
  });

  it('does not take a SharedArrayBuffer for less external memory', async () => {
    const { record } = await find({ arrayBuffers: (i) => 2_000 * i, otherExternal: (i) => -2_000 * i });
    expect(record.bytesPerIteration).toBeCloseTo(2_000, 0);
  });

  it('finds tensors that live outside of JavaScript', async () => {
    const { record } = await find({ tensors: (i) => 400 * i });
    expect(record.leaking).toBe(true);
    expect(record.bytesPerIteration).toBeCloseTo(400, 0);
    expect(record.growth).toMatchObject([{ kind: 'tensors', holder: null }]);
  });

  it('finds native memory where it grows far beyond its noise, and says nothing of it otherwise', async () => {
    const { record } = await find({ native: (i) => 50e6 + 40_000 * i });
    expect(record.leaking).toBe(true);
    expect(record.byKind.native).toBeCloseTo(40_000, -1);
    expect((await find({ native: (i) => 50e6 + ((i * 7919) % 4e6) })).record).toMatchObject({
      leaking: false,
      byKind: { native: null },
    });
  });

  it('ends before the runtime is in danger, and tells what it saw', async () => {
    const { record, made } = await find({ heap: (i) => HEAP + 5e6 * i }, { iterations: 1_000 });
    expect(record.leaking).toBe(true);
    expect(record.bytesPerIteration).toBeCloseTo(5e6, -4);
    expect(record.complete).toBe(false);
    expect(record.reason).toMatch(/^ended after \d+ of 1,000 iterations, which left ~\d+ MB behind/);
    expect(made.iterations() * 5e6).toBeLessThan(1.1e9);
  });

  it('ends when the time is over', async () => {
    const { record } = await find({ eachMs: 400 }, { timeout: 2 });
    expect(record.complete).toBe(false);
    expect(record.reason).toContain('the time was over after');
    expect(record.elapsedMs).toBeLessThan(4_000);
  });

  it('makes fewer iterations of slow code', async () => {
    const { record } = await find({ eachMs: 100, heap: (i) => HEAP + 20_000 * i });
    expect(record.leaking).toBe(true);
    expect(record.elapsedMs).toBeLessThan(11_000);
  });

  it('says of too few iterations that they are too few', async () => {
    const { record } = await find({ heap: (i) => HEAP + 1e5 * i }, { iterations: 3 });
    expect(record.leaking).toBeNull();
    expect(record.reason).toContain('too few');
  });

  it('reads seldom where reading is dear beside the iterations', async () => {
    const { made } = await find({ eachMs: 0.001, readingMs: 40 }, { iterations: 1_000_000 });
    expect(made.readings.count).toBeLessThan(20);
    expect(Math.max(...made.stretches)).toBeGreaterThan(10_000);
  });

  it('looks up every 25 ms, so that an interrupt is heard', async () => {
    const { made } = await find({ eachMs: 0.05 }, { iterations: 20_000 });
    expect(Math.max(...made.stretches) * 0.05).toBeLessThanOrEqual(25);
  });

  it('tells how far it is', async () => {
    const { told } = await find({ eachMs: 5 }, { iterations: 400 });
    expect(told.at(-1)).toEqual([440, 440]);
    expect(told.every(([done, planned]) => planned === 0 || done <= planned || done <= 40)).toBe(true);
  });

  it('gives what it knows when it is interrupted', async () => {
    const stop = new AbortController();
    const made = madeUp({ heap: (i) => HEAP + 500 * i });
    const finder = new LeakFinder(
      made.iterate,
      { iterations: 10_000 },
      {
        probes: made.probes,
        signal: stop.signal,
        tools: null,
        progress: (done) => {
          if (done > 8_000) stop.abort(new Error('stop'));
        },
      },
    );
    await expect(finder.find()).rejects.toThrow('stop');
    const record = finder.soFar();
    expect(record.leaking).toBe(true);
    expect(record.bytesPerIteration).toBeCloseTo(500, 0);
    expect(record.complete).toBe(false);
    expect(record.reason).toMatch(/^interrupted after [78],\d+ of 10,000 iterations/);
  });

  it('knows nothing yet when it is interrupted at once', async () => {
    const stop = new AbortController();
    stop.abort(new Error('stop'));
    const made = madeUp({});
    const context = { probes: made.probes, signal: stop.signal, tools: null, progress: () => undefined };
    const finder = new LeakFinder(made.iterate, {}, context);
    await expect(finder.find()).rejects.toThrow('stop');
    expect(finder.soFar()).toMatchObject({ leaking: null, bytesPerIteration: null, iterations: 0 });
  });

  it('lets through what an iteration throws', async () => {
    const made = madeUp({});
    const context = {
      probes: made.probes,
      signal: new AbortController().signal,
      tools: null,
      progress: () => undefined,
    };
    const iterate = (): void => {
      throw new RangeError('no such cell');
    };
    await expect(new LeakFinder(iterate, {}, context).find()).rejects.toThrow('no such cell');
  });

  it('waits for what iterations have started, but not for what never ends', async () => {
    const ends = await find({ activity: (looks) => (looks % 4 === 0 ? 0 : 3) }, { async: true, iterations: 1_000 });
    const never = await find({ activity: (looks) => Math.min(looks, 5) }, { async: true, iterations: 1_000 });
    expect(ends.record.leaking).toBe(false);
    expect(never.record.elapsedMs).toBeLessThan(4_000);
    expect(never.record.elapsedMs).toBeGreaterThan((await find({}, { iterations: 1_000 })).record.elapsedMs);
  });
});

describe('an explanation of what grows', () => {
  const tools = (more: Partial<ExplainTools> = {}, asked: string[] = []): ExplainTools => ({
    async mark() {
      asked.push('mark');
      return { id: 1 };
    },
    async grown() {
      asked.push('grown');
      return [kind({ count: 60, bytes: 9_000, sizes: [[150, 60]], wholes: [] })];
    },
    holderOf: () => ({ path: [], text: 'held by `all`', cell: null, retainedBytes: null }),
    traced: async () => null,
    sampling: () => ({
      profile: () => ({
        head: node(1, '', '', [node(2, 'solve', 'cell-2.ts'), node(3, '$hm7', 'expression-3.ts')]),
        samples: Array.from({ length: 60 }, () => ({ size: 150, nodeId: 3 })),
      }),
      stop: () => void asked.push('stop'),
    }),
    placeOf: (script, line) => ({
      label: script === 'cell-2.ts' ? 'cell [2]' : 'cell [3]',
      line,
      source: 'new Solver()',
    }),
    ...more,
  });
  const node = (id: number, functionName: string, url: string, children: object[] = []) =>
    ({ id, callFrame: { functionName, url, lineNumber: 0, columnNumber: 0 }, selfSize: 0, children }) as never;

  it('tells kinds per iteration with holder and line', async () => {
    const { record } = await find(
      { heap: (i) => HEAP + 150 * i },
      {},
      tools({
        grown: async () => [
          kind({
            count: 400,
            bytes: 60_000,
            sizes: [[150, 60]],
            held: [{ holder: { steps: [] }, count: 400, bytes: 60_000 }],
          }),
        ],
      }),
    );
    const [first] = record.growth;
    expect(first).toMatchObject({
      kind: 'Solver',
      holder: 'held by `all`',
      line: 'cell [3]:7',
      source: 'new Solver()',
    });
    expect((first?.bytesPerIteration ?? 0) / (first?.count ?? 1)).toBeCloseTo(150, 6);
  });

  it('is not looked for where nothing leaks, nor where it was not wanted', async () => {
    const asked: string[] = [];
    await find({ heap: () => HEAP }, {}, tools({}, asked));
    expect(asked).toEqual([]);
  });

  it('says why no snapshot was taken, and keeps the verdict', async () => {
    const asked: string[] = [];
    const { record } = await find(
      { heap: (i) => HEAP + 150 * i },
      {},
      tools({ mark: async () => 'no heap snapshot was taken: it would take long' }, asked),
    );
    expect(record).toMatchObject({ leaking: true, growth: [] });
    expect(record.growthReason).toContain('it would take long');
    expect(asked).toEqual([]);
  });

  it('stops noting places down even when an iteration throws', async () => {
    const asked: string[] = [];
    const made = madeUp({ heap: (i) => HEAP + 150 * i });
    let marked = false;
    const iterate = (from: number, count: number): void => {
      if (marked) throw new Error('broken');
      void made.iterate(from, count);
    };
    const finder = new LeakFinder(
      iterate,
      {},
      {
        probes: made.probes,
        signal: new AbortController().signal,
        tools: tools(
          {
            async mark() {
              marked = true;
              return { id: 1 };
            },
          },
          asked,
        ),
        progress: () => undefined,
      },
    );
    await expect(finder.find()).rejects.toThrow('broken');
    expect(asked).toEqual(['stop']);
  });

  it('goes without lines where something else notes places down', async () => {
    const { record } = await find({ heap: (i) => HEAP + 150 * i }, {}, tools({ sampling: () => null }));
    expect(record.growth).toMatchObject([{ kind: 'Solver', line: null }]);
  });
});
