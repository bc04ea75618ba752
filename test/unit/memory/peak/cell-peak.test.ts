import { describe, expect, test } from 'vitest';
import { CellPeak } from '../../../../kernel/src/memory/peak/cell-peak.js';
import type { Collected, HeapCounters } from '../../../../kernel/src/memory/peak/collections.js';

const collected = (highest: HeapCounters | null): Collected => ({
  each: [],
  count: highest === null ? 0 : 1,
  heapFreed: 0,
  externalFreed: 0,
  highest,
  latest: null,
});

/** A V8 that has noted down these, one after each look. */
function scripted(...seen: (HeapCounters | null)[]) {
  const calls: string[] = [];
  const peak: CellPeak = new CellPeak({
    begin: () => void calls.push('begin'),
    take: () => {
      calls.push('take');
      // The monitor interrupts any code, this too.
      peak.look();
      return collected(seen.shift() ?? null);
    },
    end: () => void calls.push('end'),
  });
  return { peak, calls };
}

describe('the highest of a cell', () => {
  test('is the highest of all looks', () => {
    const { peak } = scripted({ heapUsed: 5, external: 1 }, { heapUsed: 3, external: 9 }, { heapUsed: 7, external: 0 });
    peak.begin();
    peak.look();
    peak.look();
    expect(peak.end()).toEqual({ heapUsed: 3, external: 9 });
  });

  test('is nothing without a collection, and nothing of the cell before', () => {
    const { peak } = scripted({ heapUsed: 5, external: 1 });
    peak.begin();
    expect(peak.end()).not.toBeNull();
    peak.begin();
    expect(peak.end()).toBeNull();
  });

  test('looks at nothing between cells', () => {
    const { peak, calls } = scripted();
    peak.look();
    peak.begin();
    peak.end();
    peak.look();
    expect(calls).toEqual(['begin', 'take', 'end']);
  });

  test('begins anew when the cell before has never ended', () => {
    const { peak } = scripted({ heapUsed: 5, external: 1 }, null, null);
    peak.begin();
    peak.look();
    peak.begin();
    expect(peak.end()).toBeNull();
  });
});
