import { EventEmitter } from 'node:events';
import { createServer, type Server } from 'node:net';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { CellTag } from '../../../../kernel/src/ipc/messages.js';
import type { Explain } from '../../../../kernel/src/memory/memory.js';
import { systemProbes } from '../../../../kernel/src/memory/probes.js';
import { Watch } from '../../../../kernel/src/memory/watch/watch.js';
import type { GlobalEntry, PendingTimers } from '../../../../kernel/src/runtime/context.js';

const probes = systemProbes();
const tag = (executionCount: number): CellTag => ({ parentId: `cell ${executionCount}`, cellId: null, executionCount });

/** A notebook whose cell and collections the test decides. */
class World {
  cell: CellTag | null = tag(1);
  collections = 0;
  timers: PendingTimers[] = [];
  readonly names: GlobalEntry[] = [];
  readonly asked: string[] = [];
  readonly watch = new Watch(
    {
      currentCell: () => this.cell,
      ownCell: () => this.cell,
      pendingTimers: () => this.timers,
      entries: () => this.names,
      collections: () => this.collections,
    },
    probes,
  );

  readonly explain: Explain = async (values) => {
    this.asked.push(...values.map(({ name }) => name));
    return new Map(values.map(({ name }) => [name, { holder: null, reason: `nobody asked about ${name}` }]));
  };

  define(name: string, value: unknown): void {
    this.names.push({ name, kind: 'const', owner: tag(1), defined: true, value });
  }

  /** Collects until weak references have let go, and counts it as one. */
  async collect(): Promise<void> {
    await probes.macrotask();
    probes.collect('full');
    await probes.macrotask();
    probes.collect('full');
    this.collections += 1;
  }

  record(after = 2) {
    return this.watch.record(after, this.explain);
  }
}

const listening = (): Promise<Server> =>
  new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => resolve(server));
  });

let world: World;
beforeEach(() => {
  world = new World();
  world.watch.cellBegins();
});
afterEach(() => world.watch.close());

describe('tracked values', () => {
  test('that go are counted, and those that stay are overdue after their collections', async () => {
    const held = { rows: [1] };
    world.define('cache', new Map([['k', held]]));
    (() => world.watch.track({ gone: true }, 'temporary'))();
    world.watch.track(held, 'rows');
    await world.collect();
    expect(await world.record()).toMatchObject({
      gone: 1,
      tracked: [{ label: 'rows', overdue: false, collectionsSurvived: 1, holder: null }],
    });
    world.collections = 2;
    expect((await world.record()).tracked).toEqual([
      {
        label: 'rows',
        alive: true,
        collectionsSurvived: 2,
        overdue: true,
        holder: "held by `cache` -> Map entry 'k' -> value",
        reason: null,
        cell: { cellId: null, executionCount: 1 },
      },
    ]);
    expect(world.asked).toEqual([]);
  });

  test('that no variable holds are asked about by names of their own', async () => {
    const one = {};
    const two = {};
    for (const value of [one, two, one]) world.watch.track(value, 'solver');
    world.collections = 5;
    const { tracked } = await world.record();
    expect(tracked.map(({ label, reason }) => [label, reason])).toEqual([
      ['solver', 'nobody asked about solver'],
      ['solver', 'nobody asked about solver (2)'],
    ]);
    expect([one, two]).toHaveLength(2);
  });
});

test('of many tracked values of one label some are asked about, and none is left out silently', async () => {
  const many = Array.from({ length: 1_010 }, () => ({}));
  for (const value of many) world.watch.track(value, 'row');
  world.collections = 2;
  const { tracked, notes } = await world.record();
  expect(world.asked).toHaveLength(4);
  expect(tracked).toHaveLength(1_000);
  expect(notes).toContain('10 more tracked objects are alive.');
});

describe('what lives on by itself', () => {
  test('are timers of cells that are over', async () => {
    world.timers = [
      { cell: tag(3), over: true, what: 'setInterval(tick)', count: 2 },
      { cell: tag(4), over: false, what: 'setTimeout', count: 1 },
    ];
    expect((await world.record()).lingering).toEqual([
      { kind: 'timer', what: 'setInterval(tick)', count: 2, cell: { cellId: null, executionCount: 3 }, reason: null },
    ]);
  });

  test('are emitters with more listeners than is plausible, until these are taken away', async () => {
    class Bus extends EventEmitter {}
    const bus = new Bus();
    const listeners = Array.from({ length: 14 }, () => () => undefined);
    for (const listener of listeners) bus.on('tick', listener);
    await probes.macrotask();
    expect((await world.record()).lingering).toMatchObject([
      { kind: 'listener', what: "listeners for 'tick' of a Bus", count: 14, cell: { executionCount: 1 } },
    ]);
    for (const listener of listeners.slice(5)) bus.off('tick', listener);
    expect((await world.record()).lingering).toEqual([]);
  });

  test('are event targets, too', async () => {
    const target = new EventTarget();
    for (let i = 0; i < 12; i++) target.addEventListener('change', () => i);
    await probes.macrotask();
    expect((await world.record()).lingering).toMatchObject([
      { what: "listeners for 'change' of an EventTarget", count: 12 },
    ]);
  });

  test('are promises that something holds and that do not settle', async () => {
    world.watch.on = true;
    let resolve = (): void => undefined;
    const held = [new Promise<void>((done) => (resolve = done)), new Promise(() => undefined)];
    (() => void new Promise(() => undefined))();
    world.cell = null;
    const ours = new Promise(() => undefined);
    world.cell = tag(2);
    await world.collect();
    await world.collect();
    const promises = async (): Promise<number[]> =>
      (await world.record()).lingering.filter(({ kind }) => kind === 'promise').map(({ count }) => count);
    expect(await promises()).toEqual([2]);
    resolve();
    expect(await promises()).toEqual([1]);
    world.watch.on = false;
    expect(await promises()).toEqual([]);
    expect([held, ours]).toHaveLength(2);
  });

  test('is not what the asking cell itself waits for', async () => {
    world.watch.on = true;
    const held = new Promise(() => undefined);
    world.collections = 3;
    expect((await world.record()).lingering.filter(({ kind }) => kind === 'promise')).toEqual([]);
    expect(held).toBeInstanceOf(Promise);
  });

  test('are open handles, with their cell when somebody watched', async () => {
    const unseen = await listening();
    world.watch.on = true;
    world.cell = tag(7);
    const seen = await listening();
    world.cell = tag(8);
    const handles = async () =>
      (await world.record()).lingering
        .filter(({ what }) => what === 'TCPServerWrap')
        .map(({ count, cell, reason }) => [count, cell?.executionCount ?? null, reason === null]);
    expect(await handles()).toEqual([
      [1, 7, true],
      [1, null, false],
    ]);
    await Promise.all([seen, unseen].map((server) => new Promise((done) => server.close(done))));
    // The handle itself is closed in the next turn of the event loop.
    await probes.macrotask();
    expect(await handles()).toEqual([]);
  });

  test('say what is not noted down while nobody watches', async () => {
    expect((await world.record()).notes).toEqual([expect.stringContaining('while %gc --watch is on')]);
    world.watch.on = true;
    expect((await world.record()).notes).toEqual([]);
  });
});
