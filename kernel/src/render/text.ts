import { LINE_LIMIT, NOTE_LIMIT, pieceOf, type Block, type Column, type Row } from './blocks.js';
import { SHOWN_CHARACTERS, visible } from './visible.js';
import { columnsOf, pad } from './width.js';

const GAP = '  ';

/** Blocks as plain text for a terminal: aligned columns, no markup, no blanks at line ends, no final line break. */
export function toText(blocks: readonly Block[]): string {
  return blocks.flatMap(linesOf).join('\n');
}

function linesOf(block: Block): string[] {
  switch (block.kind) {
    case 'line':
      return [visible(block.pieces.map((piece) => pieceOf(piece).text).join(''), LINE_LIMIT).trimEnd()];
    case 'code':
      return block.text.split('\n').map((text) => `    ${visible(text, LINE_LIMIT)}`);
    case 'table':
      return tableLines(block.columns, block.rows, block.headless === true);
  }
}

function tableLines(columns: readonly Column[], rows: readonly Row[], headless: boolean): string[] {
  const texts = rows.map((row) =>
    columns.map((column, index) => visible(pieceOf(row.cells[index] ?? '').text, column.limit ?? SHOWN_CHARACTERS)),
  );
  const heads = columns.map((column) => visible(column.head));
  const widths = columns.map((_column, index) =>
    [...(headless ? [] : [heads]), ...texts].reduce((most, row) => Math.max(most, columnsOf(row[index] ?? '')), 0),
  );
  const join = (cells: readonly string[]): string =>
    columns
      .map((column, index) => pad(cells[index] ?? '', widths[index] ?? 0, column.align))
      .join(GAP)
      .trimEnd();
  const lines = headless ? [] : [join(heads)];
  for (const [index, row] of rows.entries()) {
    lines.push(join(texts[index] ?? []));
    for (const note of row.notes ?? []) lines.push(`    ${visible(note.text, NOTE_LIMIT)}`);
  }
  return lines;
}
