import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { characterPosition, unitIndex } from '../../../kernel/src/front/cursor.js';

describe('cursor positions', () => {
  it('count characters, as Jupyter does', () => {
    const code = '"😀".le';
    expect(unitIndex(code, 3)).toBe(4);
    expect(characterPosition(code, 4)).toBe(3);
  });

  it('convert back to where they came from', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.nat(50), (text, position) => {
        const characters = Math.min(position, [...text].length);
        expect(characterPosition(text, unitIndex(text, characters))).toBe(characters);
      }),
    );
  });

  it('past the end are the end', () => {
    expect(unitIndex('ab', 9)).toBe(2);
  });
});
