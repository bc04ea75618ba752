import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { editDistance, nearest } from '../../../kernel/src/magics/nearest.js';

describe('editDistance', () => {
  test.each([
    ['', '', 0],
    ['', 'abc', 3],
    ['vars', 'vars', 0],
    ['vras', 'vars', 1],
    ['var', 'vars', 1],
    ['kitten', 'sitting', 3],
    ['ab', 'ba', 1],
    ['😀a', 'a', 1],
  ])('from "%s" to "%s" is %d', (from, to, distance) => {
    expect(editDistance(from, to)).toBe(distance);
  });

  test('is the same in both directions, and at most the longer word', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 12 }), fc.string({ maxLength: 12 }), (a, b) => {
        expect(editDistance(a, b)).toBe(editDistance(b, a));
        expect(editDistance(a, b)).toBeLessThanOrEqual(Math.max([...a].length, [...b].length));
      }),
    );
  });
});

describe('nearest', () => {
  const names = ['rows', 'rowIndex', 'model', 'x', 'Rows2'];

  test.each([
    ['row', 'rows'],
    ['rwos', 'rows'],
    ['ROWS', 'rows'],
    ['modle', 'model'],
    ['rowI', 'rowIndex'],
    ['y', 'x'],
    ['weights', null],
    ['', null],
  ])('of "%s" is %s', (word, expected) => {
    expect(nearest(word, names)).toBe(expected);
  });

  test('gives up on a word that nobody typed by hand, in no time', () => {
    expect(nearest('a'.repeat(1e6), names)).toBeNull();
  });

  test('of no candidates is none', () => {
    expect(nearest('rows', [])).toBeNull();
  });
});
