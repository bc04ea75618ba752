import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { line, muted, warning, type Block } from '../../../kernel/src/render/blocks.js';
import { columnUnit } from '../../../kernel/src/render/column-unit.js';
import { escapeHtml, toHtml } from '../../../kernel/src/render/html.js';
import { toText } from '../../../kernel/src/render/text.js';

const table: Block = {
  kind: 'table',
  columns: [
    { head: 'name', align: 'left', limit: 10, code: true },
    { head: 'size', align: 'right' },
    { head: 'value', align: 'left' },
  ],
  rows: [{ cells: ['rows', '1.00 GB', '[…]'], notes: [warning('⚠ keeps much alive')] }, { cells: ['行', '8 B', ''] }],
};

describe('text', () => {
  test('lines columns up, puts notes under their row, and leaves no blanks at line ends', () => {
    expect(toText([table, line('2 variables', muted(', hidden: 3'))])).toBe(
      [
        'name     size  value',
        'rows  1.00 GB  […]',
        '    ⚠ keeps much alive',
        '行        8 B',
        '2 variables, hidden: 3',
      ].join('\n'),
    );
  });

  test('a table without heads shows its rows alone', () => {
    expect(toText([{ ...table, headless: true }])).not.toContain('name');
  });

  test('a row with too few cells is filled up', () => {
    expect(
      toText([
        {
          kind: 'table',
          columns: [
            { head: 'a', align: 'left' },
            { head: 'b', align: 'right' },
          ],
          rows: [{ cells: ['x'] }],
        },
      ]),
    ).toBe('a  b\nx');
  });
});

/** Tags whose names an attacker would like; ours are none of them. */
const ours = /^<\/?(?:div|table|thead|tbody|tr|th|td|bdi|pre)(?: (?:class|style|scope|colspan|title)="[^"<>]*")*>$/;

describe('HTML', () => {
  const hostile = [
    '<script>alert(1)</script>',
    '"><img src=x onerror=alert(1)>',
    "' onmouseover='x",
    '&lt;b&gt;',
    '</td></tr></table>',
    '\u202e<b>',
    'a\u0000b',
  ];

  test.each(hostile)('%j stays text wherever it stands', (text) => {
    const html = toHtml([
      line(text, { text, title: text, tone: 'muted' }),
      { kind: 'code', text },
      {
        kind: 'table',
        columns: [{ head: text, align: 'left' }],
        rows: [{ cells: [{ text, title: text }], notes: [warning(text)] }],
      },
    ]);
    for (const tag of html.match(/<[^>]*>/g) ?? []) expect(tag).toMatch(ours);
    expect(html).not.toContain('\u202e');
  });

  test('whatever is shown, the only tags are ours', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom('<', '>', '"', "'", '&', 'b', '/', '=', ' ', '\n', '\u202e', '\ud83d') }),
        (text) => {
          const html = toHtml([
            line({ text, title: text }),
            { kind: 'table', columns: [{ head: 'h', align: 'left', code: true }], rows: [{ cells: [text] }] },
          ]);
          for (const tag of html.match(/<[^>]*>/g) ?? []) expect(tag).toMatch(ours);
        },
      ),
    );
  });

  test('names only colours of the theme', () => {
    const html = toHtml([table, line(muted('x'), warning('y'))]);
    for (const [, color] of html.matchAll(/(?:color|background):([^;"]*)/g))
      expect(color).toMatch(/^var\(--jp-[\w-]+,inherit\)$/);
  });

  test('cuts a value of a megabyte', () => {
    expect(
      toHtml([{ kind: 'table', columns: [{ head: 'v', align: 'left' }], rows: [{ cells: ['<'.repeat(1e6)] }] }]).length,
    ).toBeLessThan(2000);
  });

  test('numbers are aligned to the right in figures of equal width', () => {
    expect(toHtml([table])).toMatch(/text-align:right;[^"]*tabular-nums[^>]*><bdi>1\.00 GB/);
  });

  test('escapes the five characters that mean something', () => {
    expect(escapeHtml(`<a href="x">'&'</a>`)).toBe('&lt;a href=&quot;x&quot;&gt;&#39;&amp;&#39;&lt;/a&gt;');
  });
});

describe('columnUnit', () => {
  test('is the unit of the largest where the smallest still shows digits in it', () => {
    expect(columnUnit([1.2e9, 0.2e9, null, 0])).toBe('GB');
    expect(columnUnit([500, 8])).toBe('B');
  });

  test('is none where sizes lie too far apart, or there are none', () => {
    expect(columnUnit([1.2e9, 800])).toBeUndefined();
    expect(columnUnit([null, 0])).toBeUndefined();
  });
});
