import { describe, expect, it } from 'vitest';
import { arrangeVariables, chosenBytes, type VariableOrder } from '../../../../labextension/src/model/variables.js';
import { variable } from '../records.js';

const rows = [
  variable('b10', { bytes: 5, type: 'Map', cell: { cellId: null, executionCount: 1 } }),
  variable('b9', { bytes: 500, type: 'Float64Array', cell: { cellId: null, executionCount: 3 } }),
  variable('a', { bytes: null, precision: 'unavailable' }),
  variable('model', { bytes: 2, tensorBytes: 9000 }),
  variable('Zed', { bytes: 5 }),
];
const names = (filter: string, order: VariableOrder): string[] =>
  arrangeVariables(rows, { filter, order }).map(({ name }) => name);

describe('the list of variables', () => {
  it('is by size, tensors included, the unknown last', () => {
    expect(names('', 'size')).toEqual(['model', 'b9', 'b10', 'Zed', 'a']);
  });

  it('is by name with numbers as numbers', () => {
    expect(names('', 'name')).toEqual(['a', 'b9', 'b10', 'model', 'Zed']);
  });

  it('is by the cell that made it, the newest first', () => {
    expect(names('', 'cell').slice(0, 2)).toEqual(['b9', 'b10']);
  });

  it('is filtered by every word, in the name or the type, in any case', () => {
    expect(names('FLOAT', 'name')).toEqual(['b9']);
    expect(names('b map', 'name')).toEqual(['b10']);
    expect(names('  ', 'name')).toHaveLength(5);
  });

  it('is filtered by size, by type alone and by cell', () => {
    expect(names('>500', 'size')).toEqual(['model', 'b9']);
    expect(names('<10', 'name')).toEqual(['b10', 'Zed']);
    expect(names('>=9kB', 'name')).toEqual(['model']);
    expect(names('type:map', 'name')).toEqual(['b10']);
    expect(names('type:b', 'name')).toEqual([]);
    expect(names('cell:3', 'name')).toEqual(['b9']);
    expect(names('b >100', 'name')).toEqual(['b9']);
  });

  it('takes a size that is none for a part of a name', () => {
    expect(names('>huge', 'name')).toEqual([]);
    expect(names('cell:x', 'name')).toEqual([]);
  });

  it('is by type, and by what is shared or in tensors', () => {
    expect(names('', 'type').slice(-2)).toEqual(['b9', 'b10']);
    expect(names('', 'tensors')[0]).toBe('model');
    expect(names('', 'shared')).toHaveLength(5);
  });

  it('takes what is typed as text, not as a pattern', () => {
    expect(names('.*', 'name')).toEqual([]);
    expect(names('(', 'name')).toEqual([]);
  });

  it('leaves the list it was given as it was', () => {
    const before = rows.map(({ name }) => name);
    names('', 'name');
    expect(rows.map(({ name }) => name)).toEqual(before);
  });
});

describe('the bytes of chosen variables', () => {
  it('are their sum, and say when it counts shared parts twice', () => {
    const shared = [
      variable('a', { bytes: 10, sharedBytes: 4 }),
      variable('b', { bytes: 20 }),
      variable('c', { bytes: 40 }),
    ];
    expect(chosenBytes(shared, new Set(['b', 'c']))).toEqual({ bytes: 60, shared: false, complete: true });
    expect(chosenBytes(shared, new Set(['a', 'b']))).toEqual({ bytes: 30, shared: true, complete: true });
  });

  it('are unknown where none is known', () => {
    expect(chosenBytes(rows, new Set(['a']))).toEqual({ bytes: null, shared: false, complete: false });
    expect(chosenBytes(rows, new Set())).toEqual({ bytes: null, shared: false, complete: true });
  });
});
