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

describe('a text', () => {
  const made = (length: number): string => Buffer.alloc(length, 'ab').toString('latin1');
  /** Nobody has read it: a joint of 32 bytes a character. */
  const rope = (length: number, piece = 'x'): string => {
    let text = '';
    for (let i = 0; i < length; i++) text += piece;
    return text;
  };

  it('that is a slice has no upper bound: it may keep any text alive', () => {
    expect(figure(made(200_000).slice(10, 60))).toMatchObject({ low: 32, high: null, precision: 'estimate' });
  });

  it.each([13, 40, 100, 2_000, 200_000, 400_000])('of %i characters that is flat is exact', (length) => {
    const bytes = 16 + Math.ceil(length / 8) * 8;
    expect(figure(made(length))).toEqual({ bytes, low: bytes, high: bytes, precision: 'exact' });
    const wide = Buffer.alloc(length * 2, '\u4e00', 'utf16le').toString('utf16le');
    expect(figure(wide)).toMatchObject({ bytes: 16 + Math.ceil((length * 2) / 8) * 8, precision: 'exact' });
  });

  it.each([20, 64, 65, 1_000, 100_000, 1_000_000])(
    'of %i characters that was joined one by one has a bound',
    (length) => {
      const { low, bytes, high } = figure(rope(length));
      const truth = 32 * (length - 12) + 32;
      expect(low).toBeLessThanOrEqual(truth);
      expect(high).toBeGreaterThanOrEqual(truth);
      expect(high).toBeLessThan(truth * 2 + 500);
      expect(bytes).toBeGreaterThanOrEqual(length);
      // A wide character besides takes 24 bytes of its own.
      expect(figure(rope(length, '\u4e00')).high).toBeGreaterThanOrEqual((32 + 24) * (length - 12));
    },
  );

  it('that repeats one piece may be next to nothing', () => {
    expect(figure('x'.repeat(5e7)).low).toBeLessThan(1_000);
  });

  it('is not joined by being measured', () => {
    const text = rope(2_000_000);
    const before = process.memoryUsage().heapUsed;
    figure(text);
    expect(process.memoryUsage().heapUsed - before).toBeLessThan(1_000_000);
    expect(text).toHaveLength(2_000_000);
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
