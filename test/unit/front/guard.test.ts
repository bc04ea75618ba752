import type { MemorySample } from '@heapmark/protocol';
import { describe, expect, it } from 'vitest';
import { MemoryGuard, type GuardActions, type MemoryStop } from '../../../kernel/src/front/guard.js';
import type { Collected } from '../../../kernel/src/front/runtime.js';
import type { MemoryRoom } from '../../../kernel/src/front/memory-room.js';

const MB = 1_000_000;
const sample = (rss: number | null, heapUsed: number | null = null): MemorySample =>
  ({ rss, heapUsed, arrayBuffers: 0, otherExternal: 0 }) as MemorySample;

function setUp(over: Partial<GuardActions> = {}) {
  const stopped: MemoryStop[] = [];
  const asked: string[] = [];
  let now = 0;
  const guard = new MemoryGuard({
    heapLimit: () => 4_000 * MB,
    room: () => null,
    watchHeap: (on) => asked.push(`heap ${on}`),
    watchHeapEnd: (on) => asked.push(`end ${on}`),
    collect: async () => (asked.push('collect'), null),
    stop: (cause) => stopped.push(cause),
    now: () => now,
    ...over,
  });
  guard.cellBegins(100 * MB);
  return { guard, stopped, asked, pass: (ms: number) => (now += ms) };
}
const soon = () => new Promise((resolve) => setImmediate(resolve));

describe('a limit that a user set', () => {
  it('stops a cell that passes it, once', () => {
    const { guard, stopped } = setUp();
    guard.set(500 * MB);
    guard.look(499 * MB);
    guard.look(501 * MB);
    guard.look(502 * MB);
    expect(stopped).toMatchObject([{ used: 501 * MB, limit: 500 * MB, text: expect.stringContaining('%memlimit') }]);
    expect(guard.record()).toMatchObject({ limit: 500 * MB, heapLimit: 4_000 * MB });
  });

  it('lets a cell that begins above it run, to free something, as long as it does not grow', () => {
    const { guard, stopped } = setUp();
    guard.set(500 * MB);
    guard.cellBegins(600 * MB);
    guard.look(610 * MB);
    expect(stopped).toEqual([]);
    guard.look(700 * MB);
    expect(stopped).toHaveLength(1);
  });

  it('goes by what the runtime counts where the system tells nothing', () => {
    const { guard, stopped, asked } = setUp();
    guard.set(500 * MB);
    guard.look(null);
    expect(asked).toEqual(['heap true']);
    guard.check(sample(null, null));
    guard.check(sample(null, 501 * MB));
    expect(stopped).toHaveLength(1);
  });

  it.each([[0], [-1], [Number.NaN], [Infinity]])('is not %s', (bytes) => {
    expect(() => setUp().guard.set(bytes)).toThrow(RangeError);
  });
});

describe("the end of V8's heap", () => {
  const left = (heapUsed: number) => ({ heapUsed, stoppedAt: null });
  const full = (after: number) => setUp({ collect: async () => left(after * MB) });

  it('is not looked for in a small process, nor between cells', () => {
    const { guard, asked } = setUp();
    guard.look(1_000 * MB);
    guard.cellEnds();
    guard.look(3_900 * MB);
    expect(asked).toEqual(['heap false', 'heap false', 'end false']);
  });

  it('is watched for when half of the heap is in use', () => {
    const { guard, asked } = setUp();
    guard.look(2_500 * MB);
    guard.check(sample(null, 1_900 * MB));
    guard.check(sample(null, 2_100 * MB));
    expect(asked).toEqual(['heap true', 'end true']);
  });

  it('stops the cell when a collection leaves it that full', async () => {
    const { guard, stopped } = full(3_300);
    guard.check(sample(null, 100 * MB));
    guard.check(sample(null, 3_500 * MB));
    await soon();
    expect(stopped).toMatchObject([{ used: 3_300 * MB, limit: 4_000 * MB }]);
  });

  it('stops no cell whose heap was garbage, and collects seldom', async () => {
    let collections = 0;
    const { guard, stopped, pass } = setUp({ collect: async () => ((collections += 1), left(500 * MB)) });
    guard.check(sample(null, 100 * MB));
    for (let i = 0; i < 5; i += 1) {
      guard.check(sample(null, 3_500 * MB));
      await soon();
    }
    expect([stopped.length, collections]).toEqual([0, 1]);
    pass(6_000);
    guard.check(sample(null, 3_500 * MB));
    await soon();
    expect(collections).toBe(2);
  });

  it('collects without a rest what has grown to the last of the limit meanwhile, and again only when it grows on', async () => {
    const heaps = [2_900, 3_850, 3_850];
    let collections = 0;
    const { guard, stopped } = setUp({ collect: async () => left((heaps[collections++] ?? 0) * MB) });
    guard.check(sample(null, 100 * MB));
    for (const heap of [3_300, 3_700]) {
      guard.check(sample(null, heap * MB));
      await soon();
    }
    expect([stopped.length, collections]).toEqual([0, 1]);
    guard.check(sample(null, 3_850 * MB));
    await soon();
    expect([stopped.length, collections]).toEqual([1, 2]);
  });

  it('lets a cell that begins with a full heap run, to free something, as long as it does not grow', async () => {
    const { guard, stopped } = full(3_700);
    guard.check(sample(null, 3_600 * MB));
    guard.check(sample(null, 3_620 * MB));
    await soon();
    expect(stopped).toEqual([]);
    guard.check(sample(null, 3_700 * MB));
    await soon();
    expect(stopped).toHaveLength(1);
  });

  it('stops no cell for what the one before it had', async () => {
    let collected: (heap: Collected) => void = () => undefined;
    const { guard, stopped } = setUp({ collect: () => new Promise((resolve) => (collected = resolve)) });
    guard.check(sample(null, 100 * MB));
    guard.check(sample(null, 3_900 * MB));
    guard.cellEnds();
    guard.cellBegins(0);
    collected(left(3_900 * MB));
    await soon();
    expect(stopped).toEqual([]);
  });

  it('names the limit when V8 was there first', () => {
    const { guard, stopped } = setUp();
    guard.heapEnded([]);
    expect(stopped[0]?.text).toContain("the end of V8's heap");
  });
});

describe('a full machine', () => {
  const room = (available: number): MemoryRoom => ({
    available: available * MB,
    total: 8_000 * MB,
    of: 'the container',
  });

  it('stops the cell that has filled it', () => {
    const { guard, stopped } = setUp({ room: () => room(90) });
    guard.look(2_000 * MB);
    expect(stopped[0]?.text).toMatch(/2\.0\d? ?0? GB.*the container has only 90\.0 MB of 8\.00 GB left/);
  });

  it('stops no cell that has hardly grown, and none while there is room', () => {
    const { guard, stopped } = setUp({ room: () => room(90) });
    guard.look(200 * MB);
    const other = setUp({ room: () => room(900) });
    other.guard.look(2_000 * MB);
    expect([...stopped, ...other.stopped]).toEqual([]);
  });
});

describe('%memlimit off', () => {
  it('leaves everything to V8 and the system, and says so', async () => {
    const { guard, stopped } = setUp({
      room: () => ({ available: 0, total: 1, of: 'the machine' }),
      collect: async () => ({ heapUsed: 4_000 * MB, stoppedAt: null }),
    });
    guard.set(null);
    guard.look(3_900 * MB);
    guard.check(sample(3_900 * MB, 3_900 * MB));
    await soon();
    expect(stopped).toEqual([]);
    expect(guard.record()).toMatchObject({ limit: null, source: expect.stringContaining('turned off') });
    guard.set(500 * MB);
    guard.look(501 * MB);
    expect(stopped).toHaveLength(1);
  });
});
