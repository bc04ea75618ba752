/**
 * Finds magics in a cell and puts statements of the same lines in their place, so that TypeScript reads the rest as it
 * stands. A magic is a line that starts with `%name` at bracket depth 0, outside strings, templates, comments and
 * regular expressions.
 */
import { magicDeclaration } from '@heapmark/protocol';
import type { CellMagic } from '../ipc/cell.js';
import { outerLines } from './code-scan.js';

/** A `%name args` line. */
export interface MagicLine {
  name: string;
  /** The rest of the line, unparsed. */
  args: string;
  /** UTF-16 index of the percent sign in the cell. */
  start: number;
}

export interface CellText {
  /** Has as many lines as the cell; lines that are no magic are unchanged. */
  text: string;
  magics: MagicLine[];
  cellMagic: CellMagic | null;
  /** Index of a `%%name` that does not stand on the first line. */
  misplaced: number | null;
}

/** The string that stands for magic number `index` in the text: an expression statement of its own. */
export const magicMark = (index: number): string => `%heapmark ${index}`;

const MAGIC = /^([ \t]*)%([\p{ID_Start}_$][\p{ID_Continue}$]*\??|(?=\?))[ \t]*(.*)$/u;
const CELL_MAGIC = /^[ \t]*%%([\p{ID_Start}_$][\p{ID_Continue}$]*\??)[ \t]*(.*)$/u;
const STARTS = /^[ \t]*%/;
const CANDIDATE = /^[ \t]*%/m;

/** Separates a cell's magics from its code. */
export function readMagics(code: string): CellText {
  const result: CellText = { text: code, magics: [], cellMagic: null, misplaced: null };
  if (!CANDIDATE.test(code)) return result;
  let text = code;
  let first = 0;
  const firstLine = /^[^\r\n]*/.exec(code)?.[0] ?? '';
  const cellMagic = CELL_MAGIC.exec(firstLine);
  if (cellMagic !== null) {
    const body = code.slice(firstLine.length).replace(/^\r?\n/, '');
    result.cellMagic = { name: cellMagic[1] as string, args: (cellMagic[2] as string).trim(), body };
    text = ' '.repeat(firstLine.length) + code.slice(firstLine.length);
    first = firstLine.length;
  }
  const parts: string[] = [];
  let kept = 0;
  for (const start of outerLines(text, first)) {
    if (!STARTS.test(text.slice(start, start + 100))) continue;
    const end = lineEnd(text, start);
    const line = text.slice(start, end);
    if (/^[ \t]*%%[\p{ID_Start}_$]/u.test(line)) result.misplaced ??= start + line.indexOf('%');
    const found = MAGIC.exec(line);
    if (found === null) continue;
    const index = result.magics.length;
    result.magics.push({
      name: found[2] as string,
      args: (found[3] as string).trimEnd(),
      start: start + (found[1] as string).length,
    });
    parts.push(text.slice(kept, start), found[1] as string, `;${JSON.stringify(magicMark(index))};`);
    kept = end;
  }
  parts.push(text.slice(kept));
  result.text = parts.join('');
  return result;
}

function lineEnd(text: string, start: number): number {
  const end = /[\r\n\u2028\u2029]/g;
  end.lastIndex = start;
  return end.exec(text)?.index ?? text.length;
}

/**
 * The cell with nothing but its first magic of a name that does not exist, on its own line; `null` when all exist. What
 * answers magics says what is wrong with it; the code around it is not looked at, and never begins to run.
 */
export function unknownMagicAlone(code: string, { magics, cellMagic }: CellText): string | null {
  if (cellMagic !== null && isUnknown(cellMagic.name)) return /^[^\r\n]*/.exec(code)?.[0] ?? '';
  const unknown = magics.find(({ name }) => isUnknown(name));
  if (unknown === undefined) return null;
  const line = /^[^\r\n]*/.exec(code.slice(unknown.start))?.[0] ?? '';
  return code.slice(0, unknown.start).replace(/[^\r\n]/g, ' ') + line;
}

const isUnknown = (written: string): boolean => {
  const name = written.replace(/\?+$/, '');
  return name !== '' && magicDeclaration(name) === undefined;
};
