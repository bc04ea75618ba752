import fc from 'fast-check';
import { expect, test } from 'vitest';
import { SteadyMap } from '../../../kernel/src/caches/weak/steady-map.js';

test('behaves as a Map', () => {
  const operation = fc.tuple(fc.constantFrom('set', 'delete', 'has', 'get'), fc.integer({ min: 0, max: 30 }));
  fc.assert(
    fc.property(fc.array(operation, { maxLength: 200 }), (operations) => {
      const map = new SteadyMap<number, number>();
      const plain = new Map<number, number>();
      operations.forEach(([name, key], at) => {
        if (name === 'set') {
          map.set(key, at);
          plain.set(key, at);
        } else {
          expect(map[name](key)).toBe(plain[name](key));
        }
        expect(map.size).toBe(plain.size);
        expect([...map]).toEqual([...plain]);
      });
    }),
  );
});

test('lets a full table lose three quarters of its entries, and no more, at once', () => {
  const map = new SteadyMap<number, number>();
  for (let n = 0; n < 1024; n += 1) map.set(n, n);
  let gone = 0;
  while (map.deletesAtOnce) map.delete(gone++);
  expect(gone).toBe(768);
  // V8 halves the table here; then half as many may go.
  map.delete(gone);
  expect(map.deletesAtOnce).toBe(true);
});

test('a table that is filled and emptied over and over keeps its size', () => {
  const map = new SteadyMap<number, number>();
  for (let n = 0; n < 100_000; n += 1) {
    map.set(n, n);
    if (n >= 64) map.delete(n - 64);
  }
  // A guess that grew with each round would refuse.
  expect([map.size, map.deletesAtOnce]).toEqual([64, true]);
});
