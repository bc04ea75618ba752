import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { slopeOf, type Point } from '../../../../kernel/src/memory/leaks/slope.js';
import { randomFrom } from '../../../corpus/leaks/generated.js';

const line = (count: number, rate: number, noise: (index: number) => number = () => 0): Point[] =>
  Array.from({ length: count }, (_, index) => ({ at: index * 100, bytes: 5_000 + index * 100 * rate + noise(index) }));

describe('the slope of readings', () => {
  it('of a straight line is its own, with no width', () => {
    const slope = slopeOf(line(11, 128));
    expect(slope?.rate).toBeCloseTo(128, 6);
    expect(slope?.low).toBeCloseTo(128, 6);
    expect(slope?.high).toBeCloseTo(128, 6);
  });

  it('is not known for fewer than five readings', () => {
    expect(slopeOf(line(4, 128))).toBeNull();
  });

  it('is not known where no iteration lies between the readings', () => {
    expect(slopeOf(Array.from({ length: 8 }, () => ({ at: 3, bytes: 10 })))).toBeNull();
  });

  it('does not move with two readings of eleven that are far off', () => {
    const slope = slopeOf(line(11, 128, (index) => (index === 4 || index === 9 ? 262_144 : 0)));
    expect(slope?.rate).toBeCloseTo(128, 0);
  });

  it('holds the true rate in its interval about as often as it says', () => {
    const random = randomFrom(7);
    const normal = (): number => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
    let held = 0;
    const rounds = 2_000;
    for (let round = 0; round < rounds; round++) {
      const slope = slopeOf(line(12, 50, () => 3_000 * normal()));
      if (slope !== null && slope.low <= 50 && 50 <= slope.high) held++;
    }
    expect(held / rounds).toBeGreaterThan(0.93);
    expect(held / rounds).toBeLessThan(0.99);
  });

  it('lies within its interval whatever is read', () => {
    const point = fc.record({ at: fc.integer({ min: 0, max: 1e6 }), bytes: fc.integer({ min: 0, max: 1e9 }) });
    fc.assert(
      fc.property(fc.array(point, { minLength: 5, maxLength: 30 }), (points) => {
        const slope = slopeOf(points);
        if (slope === null) return;
        expect(slope.low).toBeLessThanOrEqual(slope.rate);
        expect(slope.rate).toBeLessThanOrEqual(slope.high);
      }),
    );
  });
});
