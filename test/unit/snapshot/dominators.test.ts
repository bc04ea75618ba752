import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { dominators, retainedSizes } from '../../../kernel/src/snapshot/dominators.js';
import { strongEdges } from '../../../kernel/src/snapshot/graph.js';
import { graphOf, reached, type Edge } from './graphs.js';

const heaps = fc.integer({ min: 1, max: 24 }).chain((count) =>
  fc.record({
    sizes: fc.array(fc.integer({ min: 0, max: 1000 }), { minLength: count, maxLength: count }),
    edges: fc.array(fc.record({ from: fc.nat(count - 1), to: fc.nat(count - 1), weak: fc.boolean() }), {
      maxLength: 60,
    }),
  }),
);

/** What a collection would give back if `node` went: the definition, computed by removing it. */
function retainedByRemoval(sizes: readonly number[], edges: readonly Edge[], node: number): number {
  const all = reached(sizes.length, edges);
  const left = reached(sizes.length, edges, node);
  return [...all].filter((each) => !left.has(each)).reduce((sum, each) => sum + (sizes[each] ?? 0), 0);
}

describe('dominators and retained sizes', () => {
  it('gives each node what would come back if it went', () => {
    fc.assert(
      fc.property(heaps, ({ sizes, edges }) => {
        const graph = graphOf(sizes, edges);
        const retained = retainedSizes(graph, dominators(graph, strongEdges(graph)));
        for (let node = 0; node < sizes.length; node++) {
          expect(retained[node]).toBe(retainedByRemoval(sizes, edges, node));
        }
      }),
      { numRuns: 400 },
    );
  });

  it('goes through a list of 200,000 objects without recursion', () => {
    const count = 200_000;
    const edges = Array.from({ length: count - 1 }, (_none, from) => ({ from, to: from + 1 }));
    const graph = graphOf(new Array<number>(count).fill(1), edges);
    const retained = retainedSizes(graph, dominators(graph, strongEdges(graph)));
    expect(retained[1]).toBe(count - 1);
  });
});
