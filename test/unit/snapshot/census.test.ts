import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { censusOf, goneBetween, type Census } from '../../../kernel/src/snapshot/census.js';
import { graphOf } from './graphs.js';

const census = (entries: readonly (readonly [id: number, type: string, size: number])[]): Census => {
  const types = [...new Set(entries.map(([, type]) => type))];
  return {
    ids: Uint32Array.from(entries, ([id]) => id),
    type: Uint32Array.from(entries, ([, type]) => types.indexOf(type)),
    size: Float64Array.from(entries, ([, , size]) => size),
    types,
  };
};

describe('a census of two snapshots', () => {
  it('counts by constructor what is not there any longer, the most bytes first', () => {
    const before = census([
      [3, 'Leaf', 16],
      [5, 'Leaf', 16],
      [7, 'Tree', 100],
      [9, 'Root', 8],
    ]);
    const after = census([
      [9, 'Root', 8],
      [11, 'Leaf', 16],
    ]);
    expect(goneBetween(before, after)).toEqual([
      { type: 'Tree', count: 1, bytes: 100 },
      { type: 'Leaf', count: 2, bytes: 32 },
    ]);
    expect(goneBetween(before, before)).toEqual([]);
  });

  it('agrees with sets, whatever the ids', () => {
    const ids = fc.uniqueArray(fc.integer({ min: 1, max: 5_000 }), { maxLength: 60 });
    fc.assert(
      fc.property(ids, ids, (old, now) => {
        const gone = goneBetween(census(old.map((id) => [id, 'T', 1])), census(now.map((id) => [id, 'T', 1])));
        expect(gone[0]?.count ?? 0).toBe(old.filter((id) => !now.includes(id)).length);
      }),
    );
  });

  it('leaves out what no person made', () => {
    const graph = graphOf([8, 8, 8], []);
    const named = { ...graph, nodeName: Uint32Array.from([0, 1, 2]), strings: ['', 'Leaf', 'system / Map'] };
    expect(censusOf(named)).toMatchObject({ types: ['Leaf'], ids: Uint32Array.from([3]) });
  });
});
