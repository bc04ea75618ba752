import { createSecretKey } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { figureOf, type Figure, type Reach } from '../../../../kernel/src/memory/size/account.js';
import { measure } from '../../../../kernel/src/memory/size/measure.js';
import { figure, measureAll, TickingClock } from './model.js';

describe('a small view at the start of a large buffer', () => {
  const large = Buffer.alloc(3_000_000);
  const views: [string, unknown][] = [
    ['a Buffer', large.subarray(0, 10)],
    ['a Buffer without any bytes', large.subarray(0, 0)],
    ['a typed array', new Uint8Array(large.buffer, 0, 10)],
    ['one inside of an object', { header: new Uint8Array(large.buffer, 0, 10) }],
  ];
  it.each(views)('has the buffer it keeps alive: %s', (_, view) => {
    expect(figure(view).bytes).toBeGreaterThan(3_000_000);
  });

  it('is found among many, each with a buffer of its own', () => {
    const headers = Array.from({ length: 300 }, () => new Uint8Array(100_000).subarray(0, 10));
    expect(figure(headers).bytes).toBeGreaterThan(30_000_000);
  });

  it('is no alarm where the buffer is a pool', () => {
    const { walker } = measureAll(Buffer.from('pooled'), Buffer.alloc(10), new Uint8Array(10));
    expect(walker.pins.size).toBe(0);
  });
});

describe('what two variables share', () => {
  it('names no partner that shares no more than a text', () => {
    const part = Array.from({ length: 10_000 }, (_, i) => ({ i }));
    const { account } = measureAll({ part, unit: 'x' }, { part }, { unit: 'x' }, new Array(100).fill('x'));
    expect(account.reaches[0]?.sharedWith).toEqual([1]);
    expect(account.reaches[2]).toMatchObject({ shared: 0, sharedWith: [] });
    expect(account.reaches[3]).toMatchObject({ shared: 0, sharedWith: [] });
  });

  it('names no partner that shares next to nothing of it', () => {
    const part = Array.from({ length: 10_000 }, (_, i) => ({ i }));
    const tiny = { tiny: true };
    const { account } = measureAll({ part, tiny }, { tiny }, { part });
    expect(account.reaches[0]?.sharedWith).toEqual([2]);
    expect(account.reaches[1]?.sharedWith).toEqual([0]);
  });
});

describe('what nobody can look into', () => {
  const values: [string, unknown][] = [
    ['a promise', Promise.resolve(new Uint8Array(10))],
    ['a Blob', new Blob(['x'.repeat(10_000)])],
    ['a key', createSecretKey(Buffer.alloc(32))],
    ['a number format', new Intl.NumberFormat('en')],
  ];
  it.each(values)('is a floor: %s', (_, value) => {
    expect(figure(value)).toMatchObject({ precision: 'atLeast', high: null });
  });

  it('is not what a class of the user has', () => {
    class Point {
      constructor(readonly x: number) {}
    }
    expect(figure(new Point(1)).precision).not.toBe('atLeast');
  });
});

describe('a text that may be a concatenation or a slice', () => {
  it('has no upper bound', () => {
    const large = Buffer.alloc(200_000, 'ab').toString('latin1');
    expect(figure(large.slice(10, 60)).high).toBeNull();
    expect(figure(Array.from({ length: 50 }, (_, i) => `text number ${i} padded`)).high).toBeNull();
  });
});

describe('a reading that is cut short', () => {
  const tables = Array.from({ length: 200 }, () => Array.from({ length: 100 }, (_, i) => ({ i, half: i + 0.5 })));
  const truth = figure(tables).bytes;

  it.each([0.001, 0.01, 0.05, 0.2, 1, 5])('never shows a wrong size as a likely one (%f ms a look)', (tick) => {
    const { account } = measure([tables], new TickingClock(tick), 30);
    const shown: Figure = figureOf(account.reaches[0] as Reach, Infinity);
    expect(shown.low).toBeLessThanOrEqual(truth);
    if (shown.high !== null) expect(shown.high).toBeGreaterThanOrEqual(truth);
    if (shown.precision === 'estimate') expect(shown.bytes / truth).toBeGreaterThan(0.7);
    else if (shown.precision === 'exact') expect(shown.bytes).toBe(truth);
  });
});
