import { describe, expect, it } from 'vitest';
import type { Point } from '../../../../kernel/src/memory/leaks/slope.js';
import { trendOf } from '../../../../kernel/src/memory/leaks/trend.js';

const NOISE = 16_384;
const readings = (bytes: (iteration: number) => number, count = 13, each = 100): Point[] =>
  Array.from({ length: count }, (_, index) => ({ at: index * each, bytes: 1e6 + bytes(index * each) }));

describe('the trend of readings', () => {
  it('grows where every group adds the same', () => {
    const trend = trendOf(
      readings((i) => 200 * i),
      NOISE,
    );
    expect(trend.state).toBe('grows');
    expect(trend.slope?.rate).toBeCloseTo(200, 3);
    expect(trend.filled).toBe(0);
  });

  it('is flat where nothing is added but noise', () => {
    const trend = trendOf(
      readings((i) => (((i / 100) * 7919) % 13) * 700),
      NOISE,
    );
    expect(trend.state).toBe('flat');
  });

  it('is flat for a cache that fills and stops, and tells what it took', () => {
    const trend = trendOf(
      readings((i) => 500 * Math.min(i, 500)),
      NOISE,
    );
    expect(trend.state).toBe('flat');
    expect(trend.filled).toBeCloseTo(250_000, -4);
  });

  it('slows down for a cache that fills at random and is not full yet', () => {
    const trend = trendOf(
      readings((i) => 1e6 * (1 - Math.exp(-i / 500))),
      NOISE,
    );
    expect(trend.state).toBe('slowing');
  });

  it('grows as the later half does where much was filled before', () => {
    const trend = trendOf(
      readings((i) => 150 * i + 2_000 * Math.min(i, 300)),
      NOISE,
    );
    expect(trend.state).toBe('grows');
    expect(trend.slope?.rate).toBeCloseTo(150, 0);
    expect(trend.filled).toBeCloseTo(600_000, -4);
  });

  it('grows where a table doubles now and then', () => {
    const table = (i: number): number => 48 * 2 ** Math.ceil(Math.log2(200 + i));
    const trend = trendOf(
      readings((i) => 900 * i + table(i)),
      NOISE,
    );
    expect(trend.state).toBe('grows');
    expect(trend.slope?.rate).toBeGreaterThan(900 * 0.95);
    expect(trend.slope?.rate).toBeLessThan(900 * 1.1);
  });

  it('is flat for what is flushed again and again', () => {
    for (const period of [70, 130, 250, 330]) {
      const at = Array.from({ length: 13 }, (_, k) => Math.round(100 * (k + 0.4 * (((k * 0.618) % 1) - 0.5))));
      const points = at.map((i) => ({ at: i, bytes: 1e6 + 300 * (i % period) }));
      expect(trendOf(points, NOISE).state, `period ${period}`).not.toBe('grows');
    }
  });

  it('is no leak where it grew once, however much and whenever', () => {
    for (const when of [100, 500, 700, 900, 1_100]) {
      const trend = trendOf(
        readings((i) => 5 * i + (i >= when ? 300_000 : 0)),
        NOISE,
      );
      expect(trend.state, `after ${when}`).not.toBe('grows');
    }
  });

  it('is unclear with too few readings', () => {
    expect(
      trendOf(
        readings((i) => 200 * i, 4),
        NOISE,
      ),
    ).toMatchObject({ state: 'unclear', slope: null });
  });

  it('tells the smallest rate that it would have seen', () => {
    expect(
      trendOf(
        readings(() => 0),
        NOISE,
      ).resolution,
    ).toBeCloseTo(NOISE / 600, 6);
  });
});
