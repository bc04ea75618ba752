/** Text from user data made safe to show: nothing in it can move the cursor, reorder its neighbours or hide. */

/** How many characters of one piece of user text are shown unless a caller says otherwise. */
export const SHOWN_CHARACTERS = 120;

/** Controls, formatting characters (joiners stay: emoji need them), line separators, and halves of surrogate pairs. */
const UNSEEN = /(?![\u200c\u200d])[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu;

const NAMED: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t', '\0': '\\0' };

function escaped(character: string): string {
  const named = NAMED[character];
  if (named !== undefined) return named;
  const code = character.codePointAt(0) ?? 0;
  const digits = code.toString(16);
  if (code < 0x100) return `\\x${digits.padStart(2, '0')}`;
  return code < 0x10000 ? `\\u${digits.padStart(4, '0')}` : `\\u{${digits}}`;
}

/**
 * One line of text: unseen characters as escapes, and at most `limit` characters of the original, the last one replaced by
 * `…` where it was longer. Takes time in proportion to the limit, not to the text.
 */
export function visible(text: string, limit: number = SHOWN_CHARACTERS): string {
  const head = text.length > 2 * limit + 2 ? text.slice(0, 2 * limit + 2) : text;
  const characters = [...head];
  const whole = characters.length <= limit && head.length === text.length;
  const kept = whole ? head : `${characters.slice(0, Math.max(0, limit - 1)).join('')}…`;
  return kept.replace(UNSEEN, escaped);
}
