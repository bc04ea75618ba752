import { describe, expect, it } from 'vitest';
import { SnapshotCosts } from '../../../../kernel/src/memory/heap/cost.js';

const MB = 1_000_000;
const GB = 1_000 * MB;

describe('the price of a heap snapshot', () => {
  it('is told with time, memory and what is free', () => {
    const cost = new SnapshotCosts().predict({ small: 100 * MB, large: 0 }, 16 * GB);
    expect(cost.refused).toBeNull();
    expect(cost.elapsedMs).toBeGreaterThan(5_000);
    expect(cost.bytes).toBeGreaterThan(1 * GB);
    expect(cost.text).toMatch(/^A heap snapshot takes about .* s, .* about [\d.]+ GB of memory; 16\.0 GB are free\.$/);
  });

  it('is refused when it would take too long, sooner where nobody asked for it by name, and never by force', () => {
    const costs = new SnapshotCosts();
    const large = { small: 800 * MB, large: 0 };
    const middle = { small: 100 * MB, large: 0 };
    expect(costs.predict(large, 64 * GB).refused).toMatch(/^it would take about .*, over /);
    expect(costs.predict(middle, 64 * GB).refused).toBeNull();
    expect(costs.predict(middle, 64 * GB, { quick: true }).refused).toMatch(/^it would take about/);
    expect(costs.predict(large, 64 * GB, { quick: true, force: true }).refused).toBeNull();
  });

  it('is refused when the memory is not there, and allowed where nobody can tell', () => {
    const costs = new SnapshotCosts();
    const heap = { small: 50 * MB, large: 0 };
    expect(costs.predict(heap, 1 * GB).refused).toContain('of the 1.00 GB that are free');
    const unknown = costs.predict(heap, null);
    expect(unknown).toMatchObject({ refused: null, available: null });
    expect(unknown.text).toContain('not known');
  });

  it('counts slots of large arrays for what they are', () => {
    const costs = new SnapshotCosts();
    const objects = costs.predict({ small: 100 * MB, large: 0 }, null);
    const arrays = costs.predict({ small: 0, large: 100 * MB }, null);
    expect(arrays.elapsedMs).toBeLessThan(objects.elapsedMs / 10);
    expect(arrays.bytes).toBeLessThan(objects.bytes);
  });

  it('learns from each snapshot that was taken', () => {
    const costs = new SnapshotCosts();
    const heap = { small: 100 * MB, large: 0 };
    const figures = { nodes: 1_000_000, edges: 4_000_000, takenMs: 20_000, textBytes: 100 * MB };
    for (let times = 0; times < 4; times++) costs.learn(heap, figures);
    const cost = costs.predict(heap, null);
    expect(cost.elapsedMs).toBeGreaterThan(20_000);
    expect(cost.elapsedMs).toBeLessThan(20_000 * 1.5);
    expect(cost.fileBytes / figures.textBytes).toBeCloseTo(1, 1);
  });
});
