/** Text of the user, made fit to be shown: cut, and without characters that move the cursor or the eye. */
import { charCodeAt, numberToString, stringSlice } from '../primordials.js';
import { natives } from '../size/natives.js';

/** From here a text is looked at only when it is known to be flat: joining a concatenation takes memory. */
const LONG = 300_000;

const escapes: Record<number, string> = { 9: '\\t', 10: '\\n', 13: '\\r', 39: "\\'", 92: '\\\\' };

const invisible = (code: number): boolean =>
  code < 32 ||
  (code >= 0x7f && code < 0xa0) ||
  (code >= 0x200b && code <= 0x200f) ||
  (code >= 0x2028 && code <= 0x202e) ||
  (code >= 0x2066 && code <= 0x2069) ||
  code === 0xfeff ||
  (code >= 0xd800 && code <= 0xdfff);

/** Printable form of at most `limit` characters, without quotes. */
export function printable(text: string, limit: number, quoted = false): string {
  const cut = text.length > limit;
  const shown = cut ? stringSlice(text, 0, limit) : text;
  let out = '';
  for (let i = 0; i < shown.length; i++) {
    const code = charCodeAt(shown, i);
    const pair =
      code >= 0xd800 && code <= 0xdbff && i + 1 < shown.length && (charCodeAt(shown, i + 1) & 0xfc00) === 0xdc00;
    if (pair) out += (shown[i] as string) + (shown[++i] as string);
    else if (code < 32 || (quoted && (code === 39 || code === 92)) || invisible(code))
      out += escapes[code] ?? `\\u{${numberToString(code, 16)}}`;
    else out += shown[i] as string;
  }
  return cut ? `${out}…` : out;
}

/** A string value in quotes. */
export function quote(text: string, limit: number): string {
  if (text.length >= LONG && natives()?.inLargeObjectSpace(text) !== true) return `text of ${text.length} characters`;
  return `'${printable(text, limit, true)}'`;
}
