import { describe, expect, it } from 'vitest';
import type { VariablesRecord } from '@heapmark/protocol';
import type { RetainedName } from '../../../../kernel/src/ipc/heap.js';
import { withExactSizes } from '../../../../kernel/src/memory/heap/exact.js';
import { variable } from '../../magics/fake-runtime.js';

const figures = { nodes: 10, edges: 20, takenMs: 5, textBytes: 100 };
const retained = (name: string, bytes: number, more: Partial<RetainedName> = {}): RetainedName => ({
  name,
  retained: bytes,
  aliases: [],
  heldElsewhere: false,
  outside: false,
  pinned: null,
  ...more,
});
const walked = (...names: string[]): VariablesRecord => ({
  variables: names.map((name) => variable(name)),
  totalBytes: 1,
  precision: 'estimate',
  truncated: true,
  hiddenCount: 0,
  elapsedMs: 1,
});
const sizes = (...names: RetainedName[]) => ({ names, together: 5_000, figures });
const nothing = (): undefined => undefined;

describe('a list with sizes from a snapshot', () => {
  it('takes what was found as exact, sorts by it, and keeps the walk for the rest', () => {
    const record = withExactSizes(
      walked('count', 'small', 'large'),
      sizes(retained('small', 100), retained('large', 4_900)),
      nothing,
      {},
    );
    expect(record.variables.map(({ name, bytes, source }) => [name, bytes, source])).toEqual([
      ['large', 4_900, 'snapshot'],
      ['count', 1_000, 'walk'],
      ['small', 100, 'snapshot'],
    ]);
    expect(record).toMatchObject({ source: 'snapshot', totalBytes: 6_000, precision: 'estimate', truncated: false });
    expect(record.variables[0]).toMatchObject({ low: 4_900, high: 4_900, precision: 'exact' });
  });

  it('is cut only after it is sorted', () => {
    const all = sizes(retained('a', 1), retained('b', 3), retained('c', 2));
    const record = withExactSizes(walked('a', 'b', 'c'), all, nothing, { limit: 2 });
    expect(record.variables.map(({ name }) => name)).toEqual(['b', 'c']);
    expect(record.truncated).toBe(true);
    const byName = withExactSizes(walked('a', 'b', 'c'), all, nothing, { sort: 'name' });
    expect(byName.variables.map(({ name }) => name)).toEqual(['a', 'b', 'c']);
  });

  it('does not take the size of a text that lives outside of the heap', () => {
    const record = withExactSizes(walked('file'), sizes(retained('file', 32, { outside: true })), nothing, {});
    expect(record.variables[0]).toMatchObject({ bytes: 1_000, source: 'walk' });
  });

  it('notes what does not go with its name alone, where it is worth a word', () => {
    const held = sizes(
      retained('data', 24_000_000, { heldElsewhere: true }),
      retained('flag', 28, { heldElsewhere: true }),
    );
    const [data, flag] = withExactSizes(walked('data', 'flag'), held, nothing, {}).variables;
    expect(data).toMatchObject({
      sharedBytes: 24_000_000,
      notes: [{ kind: 'shared', text: expect.stringContaining('%why data') as string, bytes: 24_000_000 }],
    });
    expect(flag?.notes).toEqual([]);
  });

  it('notes a slice only where it is a small part of what it keeps', () => {
    const pinned = { bytes: 1_000_000, texts: 1, slices: 1, own: true };
    const note = (value: string) =>
      withExactSizes(walked('cut'), sizes(retained('cut', 1_000_032, { pinned })), () => value, {}).variables[0]
        ?.notes[0];
    expect(note('x'.repeat(30))).toMatchObject({ kind: 'pinsString', remedy: 'structuredClone(cut)' });
    expect(note('x'.repeat(900_000))).toBeUndefined();
  });

  it('looks how long the texts inside a value are', () => {
    const pinned = { bytes: 1_000_000, texts: 1, slices: 2, own: false };
    const kind = (value: unknown) =>
      withExactSizes(walked('kept'), sizes(retained('kept', 1_000_000, { pinned })), () => value, {}).variables[0]
        ?.notes[0]?.kind;
    expect(kind(new Map([['a', { deep: ['x'.repeat(40), 'y'.repeat(60)] }]]))).toBe('pinsString');
    expect(kind(['x'.repeat(400_000), 'y'.repeat(500_000)])).toBeUndefined();
  });
});
