import { describe, expect, it } from 'vitest';
import { SourcePositions } from '../../../kernel/src/runtime/source-positions.js';

const map = (mappings: string, source?: string): string =>
  JSON.stringify({
    version: 3,
    sources: ['cell'],
    names: [],
    mappings,
    ...(source === undefined ? {} : { sourcesContent: [source] }),
  });

describe('a place in generated code', () => {
  it('is found by the segment before it', () => {
    const positions = new SourcePositions();
    // Line 1: column 0 -> 1:0, column 8 -> 1:4. Line 2 has none. Line 3: column 2 -> 3:2 (lines from 0 here).
    positions.add('f', 'cell [1]', map('AACA,QAAI;;EAEF'));
    expect(positions.original('f', 1, 1)).toEqual({ line: 2, column: 1 });
    expect(positions.original('f', 1, 8)).toEqual({ line: 2, column: 1 });
    expect(positions.original('f', 1, 9)).toEqual({ line: 2, column: 5 });
    expect(positions.original('f', 1, 500)).toEqual({ line: 2, column: 5 });
    expect(positions.original('f', 2, 3)).toEqual({ line: 2, column: 5 });
    expect(positions.original('f', 3, 3)).toEqual({ line: 4, column: 3 });
  });

  it('stays as it is without a map', () => {
    const positions = new SourcePositions();
    positions.add('f', 'cell [1]', null);
    expect(positions.original('f', 7, 8)).toEqual({ line: 7, column: 8 });
    expect(positions.original('unknown', 7, 8)).toEqual({ line: 7, column: 8 });
    expect(positions.label('unknown')).toBeNull();
  });

  it('reads far columns and negative steps', () => {
    const positions = new SourcePositions();
    // Source column 1000, then back by 999.
    positions.add('f', 'x', map('AAAwgC,gBAA9+B'));
    expect(positions.original('f', 1, 1)).toEqual({ line: 1, column: 1033 });
  });
});

describe('sources', () => {
  it('are kept for code frames', () => {
    const positions = new SourcePositions();
    positions.add('f', 'x', map('', 'one\ntwo'));
    expect(positions.source('f')).toBe('one\ntwo');
    positions.remove('f');
    expect(positions.source('f')).toBeNull();
    expect(positions.has('f')).toBe(false);
  });

  it('that are long are not kept, and old ones go when all are too much', () => {
    const positions = new SourcePositions();
    positions.add('huge', 'x', map('', 'x'.repeat(300_000)));
    expect(positions.source('huge')).toBeNull();
    for (let index = 0; index < 60; index += 1) positions.add(`f${index}`, 'x', map('', 'y'.repeat(150_000)));
    expect(positions.source('f0')).toBeNull();
    expect(positions.source('f59')).not.toBeNull();
    expect(positions.has('f0')).toBe(true);
  });
});
