import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FrameDecoder } from '../../../kernel/src/ipc/frames.js';
import type { FromRuntime } from '../../../kernel/src/ipc/messages.js';
import { makeOutboxMemory, Outbox, Side } from '../../../kernel/src/runtime/outbox.js';

const tag = { parentId: 'p', cellId: null, executionCount: 1 };
const other = { ...tag, executionCount: 2 };
let folder: string;
let descriptor: number;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'outbox-'));
  descriptor = openSync(join(folder, 'frames'), 'w');
});
afterEach(() => {
  closeSync(descriptor);
  rmSync(folder, { recursive: true });
});

const written = (): FromRuntime[] =>
  [...new FrameDecoder().push(readFileSync(join(folder, 'frames')))] as FromRuntime[];
const texts = (): string[] => written().map((frame) => (frame.type === 'stream' ? frame.text : frame.type));

function setUp() {
  const memory = makeOutboxMemory();
  const tails: number[] = [];
  const time = { now: 1_000 };
  return {
    main: new Outbox(
      memory,
      Side.main,
      descriptor,
      () => tails.push(1),
      () => time.now,
    ),
    monitor: new Outbox(memory, Side.monitor, descriptor),
    control: new Int32Array(memory, 0, 16),
    tails,
    time,
  };
}

describe('text', () => {
  it('leaves at once after a pause, then gathers, and somebody is told of the tail', () => {
    const { main, tails } = setUp();
    main.stream(tag, 'stdout', 'a');
    expect(texts()).toEqual(['a']);
    expect(tails).toHaveLength(0);
    main.stream(tag, 'stdout', 'b');
    main.stream(tag, 'stdout', 'c');
    expect(texts()).toEqual(['a']);
    expect(tails).toHaveLength(1);
    main.flush();
    expect(texts()).toEqual(['a', 'bc']);
    main.flush();
    expect(texts()).toEqual(['a', 'bc']);
  });

  it('of a steady stream leaves every few ms', () => {
    const { main, time, tails } = setUp();
    for (let ms = 0; ms <= 12; ms += 1) {
      time.now = 1_000 + ms;
      main.stream(tag, 'stdout', `${ms} `);
    }
    expect(texts()).toEqual(['0 ', '1 2 3 4 5 ', '6 7 8 9 10 ']);
    expect(tails).toHaveLength(3);
  });

  it('is sent by the monitor when the main thread does not', () => {
    const { main, monitor } = setUp();
    main.stream(tag, 'stdout', 'a');
    main.stream(tag, 'stderr', 'tail é €');
    expect(monitor.flush()).toBe(true);
    expect(written()).toEqual([
      { type: 'stream', tag, name: 'stdout', text: 'a' },
      { type: 'stream', tag, name: 'stderr', text: 'tail é €' },
    ]);
    main.stream(tag, 'stdout', 'next');
    main.flush();
    expect(texts()).toEqual(['a', 'tail é €', 'next']);
  });

  it('of another cell or stream, and any other frame, sends what gathered first', () => {
    const { main } = setUp();
    for (const [cell, name, text] of [
      [tag, 'stdout', '1'],
      [tag, 'stdout', '2'],
      [tag, 'stderr', '3'],
      [other, 'stderr', '4'],
    ] as const) {
      main.stream(cell, name, text);
    }
    main.send({ type: 'clearOutput', tag, wait: false });
    expect(texts()).toEqual(['1', '2', '3', '4', 'clearOutput']);
  });

  it('of any size comes whole and never cuts a character in two', () => {
    const { main } = setUp();
    const long = 'x'.repeat(4 * 1024 * 1024 - 1) + '😀'.repeat(10);
    main.stream(tag, 'stdout', 'a');
    main.stream(tag, 'stdout', 'é'.repeat(40_000));
    main.stream(tag, 'stdout', long);
    main.stream(tag, 'stdout', '');
    main.flush();
    expect(texts().join('')).toBe(`a${'é'.repeat(40_000)}${long}`);
    expect(texts().every((text) => text.isWellFormed())).toBe(true);
  });
});

describe('the lock', () => {
  it('held by the main thread makes the monitor come again later', () => {
    const { main, monitor, control } = setUp();
    main.stream(tag, 'stdout', 'a');
    main.stream(tag, 'stdout', 'b');
    control[0] = Side.main;
    expect(monitor.flush()).toBe(false);
    expect(texts()).toEqual(['a']);
  });

  it('left held by an unwound main thread is taken over by it, and nothing is sent twice', () => {
    const { main, control } = setUp();
    main.stream(tag, 'stdout', 'a');
    main.stream(tag, 'stdout', 'b');
    // Unwound right after the write of what had gathered.
    control[0] = Side.main;
    control[3] = 1;
    main.stream(tag, 'stdout', 'c');
    main.flush();
    expect(texts()).toEqual(['a', 'c']);
  });
});
