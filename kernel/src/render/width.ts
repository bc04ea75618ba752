/** How many columns of a terminal text takes: wide East Asian characters and emoji two, combining marks none. */

const MARK = /^[\p{M}\u200c\u200d]$/u;
const WIDE =
  /^(?:\p{Emoji_Presentation}|\p{Script=Han}|\p{Script=Hiragana}|\p{Script=Katakana}|\p{Script=Hangul}|[\u3000-\u303e\uff01-\uff60\uffe0-\uffe6])$/u;

export function columnsOf(text: string): number {
  let columns = 0;
  for (const character of text) {
    if (character < '\u0300') columns += 1;
    else if (!MARK.test(character)) columns += WIDE.test(character) ? 2 : 1;
  }
  return columns;
}

/** The text with blanks after it (`left`) or before it (`right`) until it takes `columns`. */
export function pad(text: string, columns: number, align: 'left' | 'right'): string {
  const blanks = ' '.repeat(Math.max(0, columns - columnsOf(text)));
  return align === 'left' ? text + blanks : blanks + text;
}
