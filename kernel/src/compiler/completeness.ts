/** Whether a cell can run as it stands, or goes on. */
import { languageOf, syntaxErrors } from './cell-source.js';
import { scanToEnd } from './code-scan.js';
import type { Completeness } from './contract.js';
import { readMagics } from './magic-lines.js';
import { ts } from './typescript.js';

const INDENT = '  ';
/** A string cannot go on in the next line. */
const UNTERMINATED_STRING = 1002;
/** Longest code that is judged: nobody types more into a prompt. */
const LONGEST = 200_000;

/** `unknown` for what is too long to be judged in the time between two key strokes, or too deep. */
export function completeness(code: string): Completeness {
  if (code.length > LONGEST) return { status: 'unknown' };
  try {
    return judge(code);
  } catch {
    return { status: 'unknown' };
  }
}

function judge(code: string): Completeness {
  const { text, misplaced, cellMagic } = readMagics(code);
  if (misplaced !== null) return { status: 'invalid' };
  // Below a magic of the whole cell comes the cell.
  if (cellMagic !== null && cellMagic.body.trim() === '' && !code.includes('\n')) {
    return cellMagic.name.endsWith('?') ? { status: 'complete' } : { status: 'incomplete', indent: '' };
  }
  const { open, within } = scanToEnd(text);
  const errors = syntaxErrors(text, languageOf(code));
  if (errors.length === 0) return { status: 'complete' };
  if (errors.some((error) => error.code === UNTERMINATED_STRING)) return { status: 'invalid' };
  const indent = INDENT.repeat(open.length);
  if (within === 'template' || within === 'comment')
    return { status: 'incomplete', indent: within === 'comment' ? ' ' : '' };
  const end = text.trimEnd().length;
  const atEnd = errors.every(({ start }) => start !== undefined && start >= endOfCode(text, end));
  return atEnd ? { status: 'incomplete', indent } : { status: 'invalid' };
}

/** Where the last token ends: comments below it count for nothing. */
function endOfCode(text: string, end: number): number {
  const scanner = ts.createScanner(ts.ScriptTarget.ESNext, true, ts.LanguageVariant.Standard, text.slice(0, end));
  let last = 0;
  for (let token = scanner.scan(); token !== ts.SyntaxKind.EndOfFileToken; token = scanner.scan())
    last = scanner.getTokenEnd();
  return last;
}
