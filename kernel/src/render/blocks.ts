/**
 * What a record looks like, before it is text or HTML: lines and tables. Each record has one function that makes blocks,
 * so its two forms cannot disagree. All strings are raw: the two renderers make them safe.
 */

/** `muted`: beside the point; `warning`: wants attention; `strong`: the figure that was asked for. */
export type Tone = 'muted' | 'warning' | 'strong';

export interface Piece {
  readonly text: string;
  readonly tone?: Tone;
  /** From 0 to 1: how strongly the place is coloured, in HTML alone. */
  readonly heat?: number;
  /** Shown on hover, in HTML alone. */
  readonly title?: string;
}

export interface Column {
  readonly head: string;
  readonly align: 'left' | 'right';
  /** Longest text shown, in characters. */
  readonly limit?: number;
  /** Code rather than prose. */
  readonly code?: boolean;
}

export interface Row {
  readonly cells: readonly (string | Piece)[];
  /** Lines about this row, shown under it. */
  readonly notes?: readonly Piece[];
}

export type Block =
  | { readonly kind: 'line'; readonly pieces: readonly (string | Piece)[] }
  | {
      readonly kind: 'table';
      readonly columns: readonly Column[];
      readonly rows: readonly Row[];
      readonly headless?: boolean;
    }
  | { readonly kind: 'code'; readonly text: string };

/** Longest line outside tables, in characters. */
export const LINE_LIMIT = 2000;
/** Longest note under a row. */
export const NOTE_LIMIT = 400;

export const line = (...pieces: (string | Piece)[]): Block => ({ kind: 'line', pieces });
export const muted = (text: string, title?: string): Piece => ({
  text,
  tone: 'muted',
  ...(title === undefined ? {} : { title }),
});
export const warning = (text: string): Piece => ({ text, tone: 'warning' });
export const strong = (text: string): Piece => ({ text, tone: 'strong' });

export const pieceOf = (piece: string | Piece): Piece => (typeof piece === 'string' ? { text: piece } : piece);
