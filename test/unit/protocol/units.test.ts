import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { byteUnit, formatByteChange, formatBytes, formatDuration, parseBytes } from '@heapmark/protocol';

describe('formatBytes', () => {
  test.each([
    [0, '0 B'],
    [1, '1 B'],
    [999, '999 B'],
    [1000, '1.00 kB'],
    [9_994, '9.99 kB'],
    [9_996, '10.0 kB'],
    [99_960, '100 kB'],
    [999_400, '999 kB'],
    [999_600, '1.00 MB'],
    [1_420_000_000, '1.42 GB'],
    [2e15, '2.00 PB'],
    [5e18, '5000 PB'],
    [-310e6, '−310 MB'],
  ])('writes %d as %s', (size, text) => {
    expect(formatBytes(size)).toBe(text);
  });

  test('marks how a figure was got, and never shows 0 for an unknown one', () => {
    expect(formatBytes(2000, 'estimate')).toBe('~2.00 kB');
    expect(formatBytes(2000, 'atLeast')).toBe('≥2.00 kB');
    expect(formatBytes(2000, 'unavailable')).toBe('—');
    expect(formatBytes(null)).toBe('—');
    expect(formatBytes(Number.NaN)).toBe('—');
  });

  test('uses the unit it is told, without a minus before what rounds to nothing', () => {
    expect(formatBytes(500_000, 'exact', 'GB')).toBe('0.00 GB');
    expect(formatBytes(-3, 'exact', 'MB')).toBe('0.00 MB');
    expect(formatBytes(2.5e9, 'exact', 'MB')).toBe('2500 MB');
  });

  test('shows three significant digits, at most half a unit of the last one off', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER }), (size) => {
        const [figure = '', unit = ''] = formatBytes(size).split(' ');
        const scale = 1000 ** ['B', 'kB', 'MB', 'GB', 'TB', 'PB'].indexOf(unit);
        expect(Math.abs(Number(figure) * scale - size)).toBeLessThanOrEqual(0.006 * size);
        expect(figure.replace('.', '').length).toBeLessThanOrEqual(4);
      }),
    );
  });
});

describe('formatByteChange', () => {
  test('signs a change, and leaves none unsigned', () => {
    expect(formatByteChange(1e9)).toBe('+1.00 GB');
    expect(formatByteChange(-310e6)).toBe('−310 MB');
    expect(formatByteChange(0)).toBe('0 B');
    expect(formatByteChange(1e9, 'estimate')).toBe('about +1.00 GB');
    expect(formatByteChange(-160e6, 'estimate')).toBe('about −160 MB');
    expect(formatByteChange(-160e6, 'atLeast')).toBe('at least −160 MB');
  });

  test('shows a dash alone for what is not known', () => {
    expect(formatByteChange(null)).toBe('—');
    expect(formatByteChange(1e9, 'unavailable')).toBe('—');
  });
});

describe('formatDuration', () => {
  test.each([
    [0, '0.0 ms'],
    [9.94, '9.9 ms'],
    [9.96, '10 ms'],
    [999, '999 ms'],
    [999.6, '1.0 s'],
    [59_940, '59.9 s'],
    [59_960, '1 min 0 s'],
    [250_000, '4 min 10 s'],
    [3_599_700, '1 h 0 min'],
    [7_500_000, '2 h 5 min'],
  ])('writes %d ms as %s', (duration, text) => {
    expect(formatDuration(duration)).toBe(text);
  });

  test('shows a dash for what is not known', () => {
    expect(formatDuration(null)).toBe('—');
  });
});

describe('parseBytes', () => {
  test.each([
    ['0', 0],
    ['17', 17],
    ['17b', 17],
    ['64k', 64_000],
    ['512MB', 512e6],
    ['1.5 GiB', 1.5 * 1024 ** 3],
    ['2G', 2e9],
    ['2gi', 2 * 1024 ** 3],
    [' 1 T ', 1e12],
  ])('reads %s', (text, size) => {
    expect(parseBytes(text)).toBe(size);
  });

  test.each(['', 'G', '-1', '1e9', '1 2', '1.', '1,5G', '0x10', 'NaN', '1 GB!', '2Q'])('refuses "%s"', (text) => {
    expect(parseBytes(text)).toBeNull();
  });

  test('reads back what formatBytes wrote, to its digits', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 2 ** 50 }), (size) => {
        const read = parseBytes(formatBytes(size)) ?? Number.NaN;
        expect(Math.abs(read - size)).toBeLessThanOrEqual(0.006 * size);
      }),
    );
  });
});

test('the best unit keeps a figure from 1 to 999', () => {
  expect(byteUnit(0)).toBe('B');
  expect(byteUnit(999)).toBe('B');
  expect(byteUnit(-5e6)).toBe('MB');
});
