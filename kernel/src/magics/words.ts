import { MagicError } from '../runtime/context.js';

/** A word of a magic's line. */
export interface Word {
  /** Without its quotes. */
  readonly text: string;
  /** Where the next word may begin. */
  readonly end: number;
  /** It begins with a quote: then a leading minus is no option. */
  readonly quoted: boolean;
}

const isBlank = (character: string | undefined): boolean => character !== undefined && /\s/.test(character);
const isQuote = (character: string | undefined): boolean => character === '"' || character === "'";

/** Where the next word begins at or after `at`; the line's length when there is none. */
export function wordStart(line: string, at: number): number {
  let start = at;
  while (isBlank(line[start])) start++;
  return start;
}

/**
 * The word that begins at `start`; words end at blanks. Quotes, double or single, hold blanks together; inside double ones
 * `\"` and `\\` stand for the character itself. Elsewhere a backslash is a backslash: regular expressions and Windows
 * paths need no doubling. Throws a usage error on a quote that is not closed.
 */
export function readWord(line: string, start: number): Word {
  let text = '';
  let at = start;
  while (at < line.length && !isBlank(line[at])) {
    if (isQuote(line[at])) {
      const [inside, end] = readQuoted(line, at);
      text += inside;
      at = end;
    } else {
      text += line[at++] ?? '';
    }
  }
  return { text, end: at, quoted: isQuote(line[start]) };
}

function readQuoted(line: string, open: number): [text: string, end: number] {
  const quote = line[open];
  let text = '';
  for (let at = open + 1; at < line.length; at++) {
    if (line[at] === quote) return [text, at + 1];
    if (line[at] === '\\' && quote === '"' && (line[at + 1] === '"' || line[at + 1] === '\\')) at++;
    text += line[at] ?? '';
  }
  throw new MagicError(`The quote ${quote} is not closed.`);
}
