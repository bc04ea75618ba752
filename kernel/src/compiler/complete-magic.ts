/** Completion inside magic lines, from their declarations. */
import { availableArguments, magicDeclarations, type MagicArgument, type MagicDeclaration } from '@heapmark/protocol';
import type { Completion } from './contract.js';
import { readMagics } from './magic-lines.js';

/** A magic around the cursor. */
export interface MagicAtCursor {
  /** One percent sign or two. */
  percent: string;
  name: string;
  /** Text between the name and the cursor; `null` when the cursor is in the name. */
  args: string | null;
}

/**
 * The magic of the cursor's line; `null` when that line is code.
 *
 * @param whole reads the line's name to its end, for a cursor in the middle of it.
 */
export function magicAt(code: string, cursor: number, whole = false): MagicAtCursor | null {
  const start = Math.max(code.lastIndexOf('\n', cursor - 1), code.lastIndexOf('\r', cursor - 1)) + 1;
  const line = code.slice(start, cursor);
  const rest = whole ? (/^[^\r\n]*/.exec(code.slice(cursor))?.[0] ?? '') : '';
  const found = /^[ \t]*(%%?)([\p{ID_Continue}$]*\??)([ \t][^]*)?$/u.exec(line + rest);
  if (found === null) return null;
  const percent = found[1] as string;
  const name = (found[2] as string).replace(/\?$/, '');
  if (percent === '%%' && code.slice(0, start).trim() !== '') return null;
  // Nothing stands for the magic yet when only the percent sign is there: any name says whether this is a line of its own.
  if (percent === '%') {
    const probe = `${code.slice(0, start)}%name${code.slice(cursor)}`;
    if (!readMagics(probe).magics.some((magic) => magic.start === start)) return null;
  }
  return { percent, name, args: found[3] ?? null };
}

/** @param names top-level names of the notebook. */
export function completeMagic(magic: MagicAtCursor, cursor: number, names: readonly string[]): Completion {
  if (magic.args === null) return completeName(magic, cursor);
  const declared = magicDeclarations.find(({ name, available }) => available && name === magic.name);
  const word = /[^\s]*$/.exec(magic.args)?.[0] ?? '';
  const before = magic.args
    .slice(0, magic.args.length - word.length)
    .trim()
    .split(/\s+/)
    .filter(Boolean);
  const candidates = declared === undefined ? [] : candidatesFor(declared, before, word, names);
  const matches = candidates.filter(({ text }) => text.startsWith(word));
  return { matches, start: cursor - word.length, end: cursor };
}

function completeName({ percent, name }: MagicAtCursor, cursor: number): Completion {
  const form = percent === '%%' ? 'cell' : 'line';
  const matches = magicDeclarations
    .filter((declared) => declared.available && (declared.form === form || declared.form === 'both'))
    .filter((declared) => declared.name.startsWith(name))
    .map((declared) => ({ text: percent + declared.name, type: 'magic', signature: declared.summary }));
  return { matches, start: cursor - name.length - percent.length, end: cursor };
}

type Match = Completion['matches'][number];

function candidatesFor(
  declared: MagicDeclaration,
  before: readonly string[],
  word: string,
  names: readonly string[],
): Match[] {
  const args = availableArguments(declared);
  const previous = before[before.length - 1];
  const awaiting = args.find(
    ({ kind, name, alias }) => kind === 'option' && before.length > 0 && [name, alias].includes(previous),
  );
  if (awaiting !== undefined) return valuesOf(awaiting, names);
  const options = args.filter(({ kind, name }) => (kind === 'flag' || kind === 'option') && !before.includes(name));
  const written = options.map(({ name, help }) => ({ text: name, type: 'keyword', signature: help }));
  if (word.startsWith('-')) return written;
  const positional = args.filter(({ kind }) => kind === 'positional' || kind === 'rest');
  return [
    ...positional.flatMap((argument) => valuesOf(argument, names)).filter(({ text }) => !before.includes(text)),
    ...written,
  ];
}

function valuesOf({ value }: MagicArgument, names: readonly string[]): Match[] {
  if (typeof value === 'object') return value.oneOf.map((text) => ({ text, type: 'value' }));
  if (value === 'variable' || value === 'glob') return [...names].sort().map((text) => ({ text, type: 'variable' }));
  return [];
}
