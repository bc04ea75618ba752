/** A few lines of code around a place, with a mark below it. */

/** Lines shown before and after. */
const AROUND = 2;
/** Longest part of a line that is shown, UTF-16 units. */
const WIDEST = 120;

interface Place {
  line: number;
  column: number;
  endLine: number;
  endColumn: number;
}

/** The frame, without colours and without a line break at its end. Lines and columns of `at` count from 1. */
export function codeFrame(text: string, at: Place): string {
  const lines = linesAround(text, at.line);
  const width = String(lines.last).length;
  const shift = Math.max(0, at.column - 1 - WIDEST / 2);
  const rows: string[] = [];
  lines.texts.forEach((line, index) => {
    const number = lines.first + index;
    const isPlace = number === at.line;
    const shown = line.slice(isPlace ? shift : 0, (isPlace ? shift : 0) + WIDEST);
    rows.push(`${isPlace ? '>' : ' '} ${String(number).padStart(width)} | ${shown}`.trimEnd());
    if (!isPlace) return;
    const start = at.column - 1 - shift;
    const end = at.endLine === at.line ? at.endColumn - 1 - shift : shown.length;
    const gap = shown.slice(0, start).replace(/[^\t]/g, ' ');
    rows.push(`  ${' '.repeat(width)} | ${gap}${'^'.repeat(Math.max(1, Math.min(end, shown.length) - start))}`);
  });
  return rows.join('\n');
}

/** Only the lines wanted are cut out: a text may have millions. */
function linesAround(text: string, line: number): { first: number; last: number; texts: string[] } {
  const first = Math.max(1, line - AROUND);
  const texts: string[] = [];
  let start = 0;
  for (let number = 1; number <= line + AROUND; number += 1) {
    const end = text.indexOf('\n', start);
    if (number >= first) texts.push(text.slice(start, end === -1 ? undefined : end).replace(/\r$/, ''));
    if (end === -1) break;
    start = end + 1;
  }
  return { first, last: first + texts.length - 1, texts };
}
