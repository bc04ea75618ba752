import type { CellRecord } from '@heapmark/protocol';
import { beforeEach, describe, expect, it } from 'vitest';
import { Collector } from '../../../kernel/src/memory/collect.js';
import { GcLog } from '../../../kernel/src/memory/gc-log.js';
import { readNow } from '../../../kernel/src/memory/reading.js';
import { Settler } from '../../../kernel/src/memory/settle.js';
import { cellInfo, FakeNotebook, FakeProbes } from './fake-notebook.js';

let notebook: FakeNotebook;
let probes: FakeProbes;
let settler: Settler;

beforeEach(async () => {
  notebook = new FakeNotebook();
  probes = new FakeProbes(notebook);
  settler = new Settler(notebook, probes, new Collector(probes, new GcLog(), () => notebook.running));
  settler.start();
  await probes.pass(0);
  // The first cell of a runtime is measured less precisely: see below.
  settler.cellBegins();
  settler.cellEnded(cellInfo(0, notebook.usage(), notebook.usage()));
  await probes.pass(1_000);
  probes.collections = [];
  notebook.records.length = 0;
});

function runCell(count: number, change: () => void = () => undefined): void {
  settler.quiet(false);
  settler.cellBegins();
  notebook.running = true;
  const before = notebook.usage();
  change();
  notebook.running = false;
  settler.cellEnded(cellInfo(count, before, notebook.usage()));
}

const grow = (kind: 'heapUsed' | 'arrayBuffers' | 'otherExternal', bytes: number) => (): void => {
  notebook.counters = { ...notebook.counters, [kind]: (notebook.counters[kind] ?? 0) + bytes };
};

describe('the confirming collection', () => {
  it('starts after the idle time, not before, and confirms with two collections', async () => {
    runCell(1, grow('arrayBuffers', 8_000_000));
    settler.quiet(true);
    await probes.pass(999);
    expect(probes.collections).toEqual([]);
    await probes.pass(1);
    expect(probes.collections.slice(0, 2)).toEqual(['full', 'full']);
    const [record] = notebook.records;
    expect(record).toMatchObject({
      executionCount: 1,
      settled: true,
      unsettledReason: null,
      delta: 8_000_000,
      deltaPrecision: 'exact',
      group: null,
    });
    expect(record?.deltaByKind).toEqual({ heapUsed: 0, arrayBuffers: 8_000_000, otherExternal: 0 });
  });

  it('drops an error of its own: it is no error of a cell', async () => {
    runCell(1, grow('arrayBuffers', 8_000_000));
    settler.quiet(true);
    probes.onCollect = () => {
      throw new Error('from the collector');
    };
    const seen: unknown[] = [];
    const see = (reason: unknown): void => void seen.push(reason);
    process.on('unhandledRejection', see);
    await probes.pass(1_000);
    await new Promise((resolve) => void setImmediate(resolve));
    process.off('unhandledRejection', see);
    expect(seen).toEqual([]);
    probes.onCollect = null;
    runCell(2, grow('arrayBuffers', 1_000_000));
    settler.quiet(true);
    await probes.pass(1_000);
    expect(notebook.records.at(-1)).toMatchObject({ executionCount: 2 });
  });

  it('does not start while cells are queued, and then gives the batch one delta', async () => {
    runCell(1, grow('heapUsed', 1_000_000));
    await probes.pass(5_000);
    runCell(2, grow('heapUsed', 2_000_000));
    await probes.pass(5_000);
    expect(probes.collections).toEqual([]);
    settler.quiet(true);
    await probes.pass(1_000);
    const batch = { settled: false, deltaPrecision: 'estimate', group: [1, 2], groupDelta: 3_000_000 };
    expect(notebook.records).toMatchObject([
      { executionCount: 1, delta: 1_000_000, ...batch },
      { executionCount: 2, delta: 2_000_000, ...batch },
    ]);
  });

  it('is called off when a cell begins between its two collections', async () => {
    runCell(1, grow('heapUsed', 1_000_000));
    settler.quiet(true);
    probes.onMacrotask = () => {
      settler.cellBegins();
    };
    await probes.pass(1_000);
    expect(probes.collections).toEqual(['full']);
    expect(notebook.records).toEqual([]);
  });

  it('is left out when its predicted pause is over the limit, and says so', async () => {
    probes.usedHeap = 1_000_000_000;
    runCell(1, grow('heapUsed', 1_000_000_000));
    settler.quiet(true);
    await probes.pass(1_000);
    expect(probes.collections).toEqual([]);
    expect(notebook.records[0]).toMatchObject({ settled: false, delta: 1_000_000_000, deltaPrecision: 'estimate' });
    expect(notebook.records[0]?.unsettledReason).toMatch(/expected to take 1\.8 s, over the limit of 100 ms/);
  });

  it('learns from measured pauses that a large heap is quick to collect', async () => {
    probes.usedHeap = 50_000_000;
    probes.pauseMs = 8;
    for (let count = 1; count <= 4; count++) {
      runCell(count, grow('heapUsed', 1_000_000));
      settler.quiet(true);
      await probes.pass(1_000);
    }
    notebook.records.length = 0;
    probes.usedHeap = 200_000_000;
    runCell(5, grow('heapUsed', 1_000_000));
    settler.quiet(true);
    await probes.pass(1_000);
    expect(notebook.records[0]).toMatchObject({ settled: true });
  });

  it('is turned off by a limit of 0', async () => {
    notebook.settings.settlePauseLimitMs = 0;
    runCell(1, grow('heapUsed', 5_000));
    settler.quiet(true);
    await probes.pass(1_000);
    expect(probes.collections).toEqual([]);
    expect(notebook.records[0]).toMatchObject({
      settled: false,
      unsettledReason: 'confirming collections are turned off',
    });
  });

  it('is turned off by one switch, and made up for when it is turned on', async () => {
    settler.confirms = false;
    runCell(1, grow('heapUsed', 5_000_000));
    settler.quiet(true);
    await probes.pass(1_000);
    expect(probes.collections).toEqual([]);
    expect(notebook.records.at(-1)).toMatchObject({ unsettledReason: 'confirming collections are turned off' });
    settler.confirms = true;
    await probes.pass(1_000);
    expect(notebook.records.at(-1)).toMatchObject({ settled: true, delta: 5_000_000 });
  });

  it('confirms what it had to leave, as one group, once the limit allows it', async () => {
    notebook.settings.settlePauseLimitMs = 0;
    runCell(1, grow('heapUsed', 5_000_000));
    settler.quiet(true);
    await probes.pass(1_000);
    notebook.settings.settlePauseLimitMs = 100;
    settler.settingsChanged();
    await probes.pass(1_000);
    expect(notebook.records.at(-1)).toMatchObject({ executionCount: 1, settled: true, delta: 5_000_000 });
  });
});

describe('a confirmed delta', () => {
  const confirm = async (): Promise<void> => {
    settler.quiet(true);
    await probes.pass(1_000);
  };

  it('is 0 for an empty cell although the engine moved by some bytes', async () => {
    runCell(1, grow('heapUsed', 900));
    await confirm();
    expect(notebook.records[0]).toMatchObject({ delta: 0, settled: true });
  });

  it('is 0 while V8 warms the kernel up, when no variable changed', async () => {
    runCell(1, grow('heapUsed', 12_000));
    await confirm();
    expect(notebook.records[0]).toMatchObject({ delta: 0, settled: true });
  });

  it('is told from 2 kB on when a variable changed', async () => {
    runCell(1, () => {
      notebook.define('grown', new Uint8Array(5_000));
      grow('heapUsed', 5_200)();
    });
    await confirm();
    expect(notebook.records[0]?.delta).toBe(5_200);
  });

  it('has a buffer as small as the pool of Node where a variable changed, and no pool where none did', async () => {
    runCell(1, grow('arrayBuffers', Buffer.poolSize));
    await confirm();
    runCell(2, () => {
      notebook.define('small', new Uint8Array(Buffer.poolSize));
      grow('arrayBuffers', Buffer.poolSize)();
    });
    await confirm();
    expect(notebook.records.map(({ delta }) => delta)).toEqual([0, Buffer.poolSize]);
  });

  it("has no part of what V8's compiler threads reserve for a moment", async () => {
    runCell(1, () => {
      notebook.define('grown', new Uint8Array(1_000_000));
      grow('arrayBuffers', 1_000_000)();
      grow('heapUsed', 240_000)();
    });
    probes.onPause = () => {
      probes.onPause = null;
      grow('heapUsed', -240_000)();
    };
    await confirm();
    expect(notebook.records[0]?.delta).toBe(1_000_000);
  });

  it('leaves out what the kernel took for itself', async () => {
    runCell(1, () => {
      grow('heapUsed', 300_000)();
      notebook.kernel = { heapUsed: 300_000, arrayBuffers: 0, otherExternal: 0 };
    });
    await confirm();
    expect(notebook.records[0]?.delta).toBe(0);
  });

  it('counts from where the last one ended, so that garbage of one cell is no credit for the next', async () => {
    runCell(1, grow('heapUsed', 5_000_000));
    probes.onCollect = () => {
      probes.onCollect = null;
      grow('heapUsed', -4_000_000)();
    };
    await confirm();
    runCell(2, grow('heapUsed', 100_000));
    await confirm();
    expect(notebook.records.map(({ delta }) => delta)).toEqual([1_000_000, 100_000]);
  });

  it('names variables that appeared, grew, shrank and went, and the rest as unattributed', async () => {
    notebook.define('grows', new Uint8Array(10_000));
    notebook.define('goes', new Uint8Array(50_000));
    runCell(1);
    await confirm();
    notebook.records.length = 0;
    runCell(2, () => {
      notebook.define('appears', new Uint8Array(100_000));
      notebook.define('grows', new Uint8Array(30_000));
      notebook.globals.free(['goes'], 'free');
      grow('arrayBuffers', 75_000)();
    });
    await confirm();
    const changes = notebook.records[0]?.byVariable.map(({ name, change, bytes }) => [
      name,
      change,
      Math.round((bytes ?? 0) / 1_000),
    ]);
    expect(changes).toEqual([
      ['appears', 'appeared', 100],
      ['goes', 'gone', -50],
      ['grows', 'grew', 20],
      ['unattributed', 'unattributed', 5],
    ]);
  });

  it('has no part of what was freed outside of cells, before or after', async () => {
    notebook.define('freed', new Uint8Array(500_000));
    runCell(1, grow('arrayBuffers', 500_000));
    await confirm();
    runCell(2, grow('arrayBuffers', 100_000));
    settler.quiet(true);
    const tell = settler.freesOutside();
    await probes.pass(1_000);
    expect(notebook.records).toHaveLength(1);
    const before = readNow(probes);
    notebook.globals.free(['freed'], 'free');
    grow('arrayBuffers', -500_000)();
    tell(['freed'], before, readNow(probes));
    await probes.pass(1_000);
    runCell(3, grow('arrayBuffers', 200_000));
    await confirm();
    expect(notebook.records.map(({ delta }) => delta)).toEqual([500_000, 100_000, 200_000]);
    expect(notebook.records.slice(1).flatMap(({ byVariable }) => byVariable.map(({ change }) => change))).toEqual([
      'unattributed',
      'unattributed',
    ]);
  });

  it('has no part of what the kernel itself needed for a free outside of cells', async () => {
    runCell(1);
    await confirm();
    const reading = readNow(probes);
    settler.freesOutside()([], reading, reading);
    grow('heapUsed', 60_000)();
    await probes.pass(1_000);
    notebook.define('grown', new Uint8Array(5_000));
    runCell(2, grow('heapUsed', 5_200));
    await confirm();
    expect(notebook.records.map(({ delta }) => delta)).toEqual([0, 5_200]);
  });

  it('has a SharedArrayBuffer once', async () => {
    runCell(1, () => {
      grow('arrayBuffers', 1_000_000)();
      grow('otherExternal', -1_000_100)();
    });
    await confirm();
    expect(notebook.records[0]).toMatchObject({ delta: 1_000_000, deltaByKind: { otherExternal: 0 } });
  });

  it('attributes what two names share to one of them only', async () => {
    const shared = new Uint8Array(1_000_000);
    runCell(1, () => {
      notebook.define('a', { shared });
      notebook.define('b', { shared });
      grow('arrayBuffers', 1_000_000)();
    });
    await confirm();
    const attributed = notebook.records[0]?.byVariable
      .filter(({ change }) => change === 'appeared')
      .reduce((sum, { bytes }) => sum + (bytes ?? 0), 0);
    expect(attributed).toBeLessThan(1_001_000);
  });

  it('says when timers of earlier cells may have taken part of it', async () => {
    probes.active = 1;
    runCell(1, grow('heapUsed', 50_000));
    probes.active = 0;
    runCell(2, grow('heapUsed', 50_000));
    await confirm();
    expect(notebook.records.map(({ background }) => background)).toEqual([true, false]);
  });
});

describe('the first cell', () => {
  const first = async (change: () => void): Promise<CellRecord | undefined> => {
    notebook = new FakeNotebook();
    probes = new FakeProbes(notebook);
    settler = new Settler(notebook, probes, new Collector(probes, new GcLog(), () => notebook.running));
    settler.start();
    await probes.pass(0);
    runCell(1, change);
    settler.quiet(true);
    await probes.pass(1_000);
    return notebook.records[0];
  };

  it('has 0 although much is compiled with it, when no variable changed', async () => {
    expect(await first(grow('heapUsed', 100_000))).toMatchObject({ delta: 0, settled: true });
  });

  it('leaves out what is compiled with it also when a variable changed, and nothing more', async () => {
    const withBuffer = (heap: number) => (): void => {
      grow('arrayBuffers', 32_000_000)();
      grow('heapUsed', heap)();
      notebook.define('big', new Float64Array(4_000_000));
    };
    const buffer = await first(withBuffer(100_000));
    expect(buffer?.byVariable).toMatchObject([
      { name: 'big', bytes: buffer?.delta },
      { name: 'unattributed', bytes: 0 },
    ]);
    expect(buffer?.delta).toBeCloseTo(32_000_000, -3);
    expect(await first(withBuffer(200_000))).toMatchObject({ delta: 32_200_000 });
  });

  it('has an estimate as long as what is compiled with it counts, and an exact figure far above', async () => {
    expect(await first(grow('arrayBuffers', 1_000_000))).toMatchObject({
      delta: 1_000_000,
      deltaPrecision: 'estimate',
    });
    expect(await first(grow('arrayBuffers', 50_000_000))).toMatchObject({ delta: 50_000_000, deltaPrecision: 'exact' });
  });
});

it('gives cells that ran before the first measurement an unconfirmed delta with the reason', async () => {
  const early = new FakeNotebook();
  const clock = new FakeProbes(early);
  const late = new Settler(early, clock, new Collector(clock, new GcLog(), () => early.running));
  late.start();
  late.cellBegins();
  late.cellEnded(cellInfo(1, early.usage(), { ...early.usage(), heapUsed: 12_000_000 }));
  late.quiet(true);
  await clock.pass(1_000);
  expect(early.records[0]).toMatchObject({
    settled: false,
    delta: 2_000_000,
    unsettledReason: 'it ran before the first measurement',
  });
});

it('leaves no timer behind when it is stopped', () => {
  runCell(1);
  settler.quiet(true);
  expect(probes.waiting).toBe(1);
  settler.stop();
  expect(probes.waiting).toBe(0);
});
