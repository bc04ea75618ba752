/**
 * A light scan of TypeScript: where lines begin outside brackets, strings, templates, comments and regular expressions.
 * It does not parse: text that is broken is scanned as well as it can be.
 */

/** A bracket, or the `${` of a template. */
type Open = '(' | '[' | '{' | '`';

const CLOSES: Record<string, Open> = { ')': '(', ']': '[', '}': '{' };
const WORD = /[\p{ID_Continue}$\u200c\u200d]+/uy;
/** After these words a slash begins a regular expression. */
const BEFORE_EXPRESSION = new Set(
  'return typeof instanceof in of new delete void throw case do else await yield'.split(' '),
);

/** What is open at the end of a text. */
export interface ScanState {
  open: Open[];
  /** Inside a template's text, a block comment or a string. */
  within: 'template' | 'comment' | 'string' | null;
}

/**
 * Yields the start of each line, from `first` on, that begins at depth 0 outside everything. The consumer's magics end
 * with their line: a line that starts with a percent sign is not scanned.
 */
export function* outerLines(text: string, first = 0): Generator<number, ScanState> {
  const open: Open[] = [];
  let within: ScanState['within'] = null;
  let at = first;
  let regexpMayFollow = true;
  let lineBegins = true;
  while (at < text.length) {
    if (lineBegins) {
      lineBegins = false;
      if (open.length === 0) {
        yield at;
        const percent = /[ \t]*%/y;
        percent.lastIndex = at;
        if (percent.test(text) && isMagicStart(text, percent.lastIndex)) {
          at = endOfLine(text, at);
          regexpMayFollow = true;
          continue;
        }
      }
    }
    const char = text[at] as string;
    if (char === '\n' || char === '\u2028' || char === '\u2029' || (char === '\r' && text[at + 1] !== '\n')) {
      at += 1;
      lineBegins = true;
    } else if (char === '/' && text[at + 1] === '/') {
      at = endOfLine(text, at);
    } else if (char === '/' && text[at + 1] === '*') {
      const end = text.indexOf('*/', at + 2);
      if (end === -1) return { open, within: 'comment' };
      at = end + 2;
    } else if (char === '/' && regexpMayFollow) {
      at = endOfRegexp(text, at) ?? at + 1;
      regexpMayFollow = false;
    } else if (char === '"' || char === "'") {
      const end = endOfString(text, at);
      if (end >= text.length && text[text.length - 1] !== char) within = 'string';
      at = end;
      regexpMayFollow = false;
    } else if (char === '`') {
      open.push('`');
      const end = endOfTemplateText(text, at + 1, open);
      if (end === null) return { open, within: 'template' };
      at = end;
      regexpMayFollow = text[at - 1] === '{';
    } else if (char === '(' || char === '[' || char === '{') {
      open.push(char);
      at += 1;
      regexpMayFollow = true;
    } else if (char === ')' || char === ']' || char === '}') {
      const last = open[open.length - 1];
      if (char === '}' && last === '`') {
        const end = endOfTemplateText(text, at + 1, open);
        if (end === null) return { open, within: 'template' };
        at = end;
        regexpMayFollow = text[at - 1] === '{';
      } else {
        if (last === CLOSES[char]) open.pop();
        at += 1;
        regexpMayFollow = char === '}';
      }
    } else if (char === ' ' || char === '\t' || char === '\r') {
      at += 1;
    } else {
      WORD.lastIndex = at;
      const word = WORD.exec(text)?.[0];
      regexpMayFollow = word === undefined ? true : BEFORE_EXPRESSION.has(word);
      at += word?.length ?? 1;
    }
  }
  return { open, within };
}

/** What is open at the end of a text. */
export function scanToEnd(text: string): ScanState {
  const scan = outerLines(text);
  for (;;) {
    const step = scan.next();
    if (step.done === true) return step.value;
  }
}

function isMagicStart(text: string, at: number): boolean {
  return /[\p{ID_Start}_$?%]/u.test(String.fromCodePoint(text.codePointAt(at) ?? 32));
}

function endOfLine(text: string, at: number): number {
  const end = /[\r\n\u2028\u2029]/g;
  end.lastIndex = at;
  return end.exec(text)?.index ?? text.length;
}

/** A string ends at its line's end at the latest, unless a backslash stands there. */
function endOfString(text: string, start: number): number {
  const quote = text[start];
  for (let at = start + 1; at < text.length; at += 1) {
    const char = text[at];
    if (char === '\\') {
      if (text[at + 1] === '\r' && text[at + 2] === '\n') at += 1;
      at += 1;
    } else if (char === quote) return at + 1;
    else if (char === '\n' || char === '\r') return at;
  }
  return text.length;
}

/** After the slash that closes a regular expression; `null` when none does on this line. */
function endOfRegexp(text: string, start: number): number | null {
  let inClass = false;
  for (let at = start + 1; at < text.length; at += 1) {
    const char = text[at];
    if (char === '\n' || char === '\r') return null;
    if (char === '\\') at += 1;
    else if (char === '[') inClass = true;
    else if (char === ']') inClass = false;
    else if (char === '/' && !inClass) return at + 1;
  }
  return null;
}

/**
 * After a template's closing backtick, or after the `${` that interrupts its text; `null` when it ends with neither.
 * `open` has the template on top, and loses it when the template closes.
 */
function endOfTemplateText(text: string, start: number, open: Open[]): number | null {
  for (let at = start; at < text.length; at += 1) {
    const char = text[at];
    if (char === '\\') at += 1;
    else if (char === '`') {
      open.pop();
      return at + 1;
    } else if (char === '$' && text[at + 1] === '{') return at + 2;
  }
  return null;
}
