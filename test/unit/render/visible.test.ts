import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { visible } from '../../../kernel/src/render/visible.js';
import { columnsOf, pad } from '../../../kernel/src/render/width.js';

describe('visible', () => {
  test.each([
    ['line\nbreak', 'line\\nbreak'],
    ['tab\tand\rreturn', 'tab\\tand\\rreturn'],
    ['\u001b[31mred', '\\x1b[31mred'],
    ['nul\0', 'nul\\0'],
    ['abc\u202edef', 'abc\\u202edef'],
    ['\u2066isolate\u2069', '\\u2066isolate\\u2069'],
    ['zero\u200bwidth\ufeff', 'zero\\u200bwidth\\ufeff'],
    ['half \ud83d', 'half \\ud83d'],
    ['tag \u{e0041}', 'tag \\u{e0041}'],
    ['two\u2028lines', 'two\\u2028lines'],
  ])('shows %j as %j', (text, shown) => {
    expect(visible(text)).toBe(shown);
  });

  test('leaves letters of every script, emoji and combining marks alone', () => {
    for (const text of ['größe', 'שלום', '行数', '👩‍👩‍👧', 'e\u0301', '<b>&"']) expect(visible(text)).toBe(text);
  });

  test('cuts a long text between characters and says so', () => {
    expect(visible('abcdef', 4)).toBe('abc…');
    expect(visible('😀😀😀', 2)).toBe('😀…');
    expect(visible('😀😀', 2)).toBe('😀😀');
  });

  test('cuts a text of 100 MB without looking at all of it', () => {
    const text = Buffer.alloc(100_000_000, 'x').toString('latin1');
    // Looked at in whole, a thousand times would take minutes.
    for (let round = 0; round < 1_000; round += 1) expect(visible(text, 50)).toHaveLength(50);
  });

  test('never leaves anything unseen, and never more characters than asked', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.integer({ min: 1, max: 30 }), (text, limit) => {
        const shown = visible(text, limit);
        expect(shown).not.toMatch(/[\p{Cc}\p{Cs}\u202a-\u202e\u2066-\u2069\u2028\u2029]/u);
        expect([...visible(text.replace(/[\p{C}\p{Z}]/gu, ''), limit)].length).toBeLessThanOrEqual(limit);
      }),
    );
  });
});

describe('columns', () => {
  test('wide characters take two, combining marks and joiners none', () => {
    expect(columnsOf('abc')).toBe(3);
    expect(columnsOf('行数')).toBe(4);
    expect(columnsOf('한')).toBe(2);
    expect(columnsOf('😀')).toBe(2);
    expect(columnsOf('e\u0301')).toBe(1);
    expect(columnsOf('größe')).toBe(5);
  });

  test('padding fills up to a width on either side and never cuts', () => {
    expect(pad('ab', 4, 'left')).toBe('ab  ');
    expect(pad('行', 4, 'right')).toBe('  行');
    expect(pad('abcdef', 4, 'left')).toBe('abcdef');
  });
});
