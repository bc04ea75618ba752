import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RowLayout } from '../../../../labextension/src/model/row-layout.js';

describe('the layout of rows', () => {
  const layout = new RowLayout([24, 42, 24, 24]);

  it('adds the heights up', () => {
    expect([layout.top(0), layout.top(1), layout.top(2), layout.height]).toEqual([0, 24, 66, 114]);
  });

  it('finds the row at a position, and the nearest beyond the ends', () => {
    expect([0, 23.9, 24, 65, 66, 113].map((position) => layout.rowAt(position))).toEqual([0, 0, 1, 1, 2, 3]);
    expect(layout.rowAt(-50)).toBe(0);
    expect(layout.rowAt(5000)).toBe(3);
  });

  it('makes only the rows in sight and a few spare ones', () => {
    const long = new RowLayout(Array.from({ length: 15_000 }, () => 24));
    expect(long.visible(24 * 7000, 480, 6)).toEqual({ first: 6994, end: 7027 });
    expect(long.visible(0, 480, 6)).toEqual({ first: 0, end: 27 });
    expect(long.visible(24 * 15_000, 480, 6).end).toBe(15_000);
  });

  it('has nothing to show of an empty list', () => {
    const empty = new RowLayout([]);
    expect(empty.height).toBe(0);
    expect(empty.visible(0, 480, 6)).toEqual({ first: 0, end: 0 });
    expect(empty.rowAt(3)).toBe(0);
  });

  it('scrolls no further than is needed to show a row whole', () => {
    expect(layout.reveal(0, 30, 60)).toBe(0);
    expect(layout.reveal(3, 0, 60)).toBe(54);
    expect(layout.reveal(1, 10, 60)).toBe(10);
  });

  it('covers the viewport whatever the heights', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 1, max: 300 }), { minLength: 1, maxLength: 200 }),
        fc.nat(20_000),
        fc.integer({ min: 1, max: 900 }),
        (heights, at, viewport) => {
          const made = new RowLayout(heights);
          const scrollTop = Math.min(at, Math.max(0, made.height - viewport));
          const { first, end } = made.visible(scrollTop, viewport, 0);
          expect(made.top(first)).toBeLessThanOrEqual(scrollTop);
          expect(made.top(end)).toBeGreaterThanOrEqual(Math.min(made.height, scrollTop + viewport));
        },
      ),
    );
  });
});
