import { LINE_LIMIT, NOTE_LIMIT, pieceOf, type Block, type Column, type Piece, type Row, type Tone } from './blocks.js';
import { SHOWN_CHARACTERS, visible } from './visible.js';

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Text that stands for itself in HTML content and in quoted attributes. */
export const escapeHtml = (text: string): string =>
  text.replace(/[&<>"']/g, (character) => ESCAPES[character] ?? character);

/** JupyterLab's theme variables, with fallbacks that inherit where there is no JupyterLab. */
const TONES: Readonly<Record<Tone, string>> = {
  muted: 'color:var(--jp-ui-font-color2,inherit)',
  warning: 'color:var(--jp-warn-color0,inherit)',
  strong: 'font-weight:600',
};
const CODE = 'font-family:var(--jp-code-font-family,monospace)';

/**
 * Blocks as HTML: classes that start with `heapmark-`, colours from JupyterLab's theme alone, so it fits light and dark.
 * All text is escaped and isolated from its neighbours' writing direction.
 */
export function toHtml(blocks: readonly Block[]): string {
  return `<div class="heapmark-output">${blocks.map(blockHtml).join('')}</div>`;
}

function blockHtml(block: Block): string {
  switch (block.kind) {
    case 'line':
      return `<div class="heapmark-line">${block.pieces.map((piece) => pieceHtml(pieceOf(piece), LINE_LIMIT)).join('')}</div>`;
    case 'code':
      return `<pre class="heapmark-code" style="${CODE}">${escapeHtml(
        block.text
          .split('\n')
          .map((text) => visible(text, LINE_LIMIT))
          .join('\n'),
      )}</pre>`;
    case 'table':
      return tableHtml(block.columns, block.rows, block.headless === true);
  }
}

function pieceHtml(piece: Piece, limit: number): string {
  const shown = escapeHtml(visible(piece.text, limit));
  const style = piece.tone === undefined ? '' : ` class="heapmark-${piece.tone}" style="${TONES[piece.tone]}"`;
  const title = piece.title === undefined ? '' : ` title="${escapeHtml(visible(piece.title, LINE_LIMIT))}"`;
  return `<bdi${style}${title}>${shown}</bdi>`;
}

const cellStyle = (column: Column): string =>
  `text-align:${column.align};vertical-align:top;${column.align === 'right' ? 'font-variant-numeric:tabular-nums;white-space:nowrap;' : ''}${column.code === true ? `${CODE};` : ''}`;

function tableHtml(columns: readonly Column[], rows: readonly Row[], headless: boolean): string {
  const head = columns
    .map((column) => `<th scope="col" style="text-align:${column.align}">${escapeHtml(visible(column.head))}</th>`)
    .join('');
  const body = rows.map((row) => rowHtml(columns, row)).join('');
  return `<table class="heapmark-table">${headless ? '' : `<thead><tr>${head}</tr></thead>`}<tbody>${body}</tbody></table>`;
}

/** Strongest colour of a hot place, per cent: text stays readable on it in light and dark. */
const HOTTEST = 55;

/** Small shares are seen as well: colour grows with the root of the heat. */
const heatStyle = ({ heat = 0 }: Piece): string =>
  heat > 0
    ? `background:color-mix(in srgb, var(--jp-error-color1,#d33) ${Math.ceil(Math.sqrt(heat) * HOTTEST)}%, transparent);`
    : '';

function rowHtml(columns: readonly Column[], row: Row): string {
  const cells = columns
    .map(
      (column, index) =>
        `<td style="${cellStyle(column)}${heatStyle(pieceOf(row.cells[index] ?? ''))}">${pieceHtml(pieceOf(row.cells[index] ?? ''), column.limit ?? SHOWN_CHARACTERS)}</td>`,
    )
    .join('');
  const notes = (row.notes ?? [])
    .map(
      (note) =>
        `<tr class="heapmark-note"><td colspan="${columns.length}" style="text-align:left;padding-left:2em">${pieceHtml(note, NOTE_LIMIT)}</td></tr>`,
    )
    .join('');
  return `<tr>${cells}</tr>${notes}`;
}
