import { beforeEach, describe, expect, it } from 'vitest';
import { Collector } from '../../../kernel/src/memory/collect.js';
import { GcLog } from '../../../kernel/src/memory/gc-log.js';
import { readNow, readSteady, wentBetween, type Reading } from '../../../kernel/src/memory/reading.js';
import { FakeNotebook, FakeProbes } from './fake-notebook.js';

let notebook: FakeNotebook;
let probes: FakeProbes;
let seen: Reading[];

beforeEach(() => {
  notebook = new FakeNotebook();
  probes = new FakeProbes(notebook);
  seen = [];
});

const heap = (bytes: number): void => {
  notebook.counters = { ...notebook.counters, heapUsed: bytes };
};
const space = (space_name: string, space_used_size: number): ReturnType<FakeProbes['spaces']>[number] => ({
  space_name,
  space_used_size,
  space_size: 0,
  space_available_size: 0,
  physical_space_size: 0,
});
const read = (rounds = 4, goOn = (): boolean => true): Promise<boolean> =>
  readSteady(probes, new Collector(probes, new GcLog(), () => false), { rounds, goOn }, (reading) => {
    seen.push(reading);
  });

it('leaves out the spaces of machine and byte code', () => {
  probes.spaces = () => [
    space('code_space', 100),
    space('code_large_object_space', 20),
    space('trusted_space', 3),
    space('old_space', 500),
  ];
  expect(readNow(probes).heapUsed).toBe(500);
});

it('counts no external byte twice', () => {
  notebook.counters = { heapUsed: 0, arrayBuffers: 300, otherExternal: 50 };
  expect(readNow(probes)).toMatchObject({ arrayBuffers: 300, otherExternal: 50 });
});

describe('a steady reading', () => {
  it('is over when two collections left the same', async () => {
    const after = [9_000, 9_000, 5_000, 3_000, 3_100, 1];
    probes.onCollect = () => heap(after.shift() as number);
    expect(await read()).toBe(true);
    expect(seen.map(({ heapUsed }) => heapUsed)).toEqual([9_000, 5_000, 3_000, 3_100]);
  });

  it('ends after so many rounds on a heap that never rests', async () => {
    let bytes = 1_000_000;
    probes.onCollect = () => heap((bytes += 10_000));
    await read(2);
    expect(seen).toHaveLength(3);
    expect(probes.collections).toHaveLength(4);
  });

  it('takes the lower one of the last two where none agree', async () => {
    const after = [9_000, 9_000, 4_000, 250_000];
    probes.onCollect = () => heap(after.shift() as number);
    await read(2);
    expect(seen.at(-1)?.heapUsed).toBe(4_000);
  });

  it('ends when it is told to, with what was read until then', async () => {
    let bytes = 1_000_000;
    probes.onCollect = () => heap((bytes -= 10_000));
    await read(4, () => seen.length < 2);
    expect(seen).toHaveLength(2);
  });

  it('says when there is no collector', async () => {
    probes.collectable = false;
    expect(await read()).toBe(false);
    expect(seen).toEqual([]);
  });
});

it('is positive for what went', () => {
  const reading = { heapUsed: 10, arrayBuffers: 20, otherExternal: 30, rss: 40 };
  expect(wentBetween(reading, { heapUsed: 4, arrayBuffers: 25, otherExternal: 30, rss: 10 })).toEqual({
    heap: 6,
    arrayBuffers: -5,
    otherExternal: 0,
    tensors: null,
    rss: 30,
  });
});
