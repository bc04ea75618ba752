/** Declarations without their comments and indentation: half of the time that TypeScript takes to read them. */

/** Strings, which stay, and what stands between words: comments and ends of lines. */
const PIECES =
  /"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|`(?:[^`\\]|\\[^])*`|((?:[ \t]*(?:\/\*[^]*?\*\/|\/\/[^\n]*|\r?\n))+[ \t]*)/g;

/** What goes from a text, in order, and the one character that stands in its place. */
function* gaps(text: string): Generator<{ start: number; end: number; left: string }> {
  for (const match of text.matchAll(PIECES)) {
    const gap = match[1];
    if (gap === undefined) continue;
    yield { start: match.index, end: match.index + gap.length, left: gap.includes('\n') ? '\n' : ' ' };
  }
}

/** The text of a declaration file without comments. Lines stay lines, strings stay as they are. */
export function bareText(text: string): string {
  const kept: string[] = [];
  let at = 0;
  for (const { start, end, left } of gaps(text)) {
    kept.push(text.slice(at, start), left);
    at = end;
  }
  kept.push(text.slice(at));
  return kept.join('');
}

/** Where a character of {@link bareText} stands in the text it was made from. */
export function originalPosition(text: string, position: number): number {
  let removed = 0;
  for (const { start, end, left } of gaps(text)) {
    if (start - removed >= position) break;
    removed += end - start - left.length;
  }
  return position + removed;
}
