/** What went wrong, as the front needs it: name, message, and the coloured lines of a traceback. */
import { inspect, types } from 'node:util';
import { cleanMessage } from '../ipc/cell.js';
import type { ErrorReport, RawFrame } from '../ipc/messages.js';
import { MagicError } from './context.js';
import { CellStopped } from './cell-run.js';
import { userFrameOf } from './stack.js';
import type { SourcePositions } from './source-positions.js';

const RED = '\u001b[31m';
const BOLD_RED = '\u001b[1;31m';
const DIM = '\u001b[2m';
const RESET = '\u001b[0m';

/** Longest message shown, UTF-16 units. */
const LONGEST_MESSAGE = 20_000;
const DEEPEST_CAUSE = 6;
const MOST_ERRORS = 5;
const LINES_BEFORE = 2;
const LINES_AFTER = 1;
/** Longest line of a code frame. */
const LONGEST_LINE = 160;

/** Describes anything that was thrown. Never throws, whatever the getters of the value do. */
export function reportError(thrown: unknown, positions: SourcePositions): ErrorReport {
  try {
    return describeThrown(thrown, positions);
  } catch {
    const evalue = 'something was thrown that cannot be described: reading it throws';
    return { ename: 'Uncaught', evalue, traceback: [headline('Uncaught', evalue)] };
  }
}

function describeThrown(thrown: unknown, positions: SourcePositions): ErrorReport {
  if (types.isProxy(thrown)) return uncaught(thrown);
  if (thrown instanceof MagicError || thrown instanceof CellStopped) {
    const { name: ename, message: evalue } = thrown;
    return { ename, evalue, traceback: [headline(ename, evalue)] };
  }
  if (!isError(thrown)) return uncaught(thrown);
  const traceback: string[] = [];
  describe(thrown, positions, traceback, new Set(), 0);
  return { ename: nameOf(thrown), evalue: messageOf(thrown), traceback };
}

/** Describes the end of a cell that was stopped, and where its code was when that was seen. */
export function reportStop(stop: CellStopped, at: readonly RawFrame[], positions: SourcePositions): ErrorReport {
  const report = reportError(stop, positions);
  const own = at.filter(({ url }) => positions.has(url));
  const places = own.map(({ functionName, url, line, column }) => {
    const place = positions.original(url, line, column);
    return { functionName, url, ...place, text: `${positions.label(url) ?? url}:${place.line}:${place.column}` };
  });
  const [first] = places;
  if (first === undefined) return report;
  report.traceback.push(...codeFrame(positions, first.url, first.line, first.column));
  for (const { functionName, text } of places) {
    const name = functionName === '' || functionName.startsWith('__hm') ? '' : functionName;
    report.traceback.push(`${DIM}    at ${name === '' ? text : `${name} (${text})`}${RESET}`);
  }
  return report;
}

function uncaught(thrown: unknown): ErrorReport {
  const evalue = shorten(inspectSafely(thrown));
  return { ename: 'Uncaught', evalue, traceback: headline('Uncaught', evalue).split('\n') };
}

/** Whether a value is an error of any realm; a Proxy never is, since asking it runs its traps. */
function isError(value: unknown): value is Error {
  if (typeof value !== 'object' || value === null || types.isProxy(value)) return false;
  if (types.isNativeError(value)) return true;
  try {
    return value instanceof Error;
  } catch {
    return false;
  }
}

function describe(error: Error, positions: SourcePositions, out: string[], seen: Set<unknown>, depth: number): void {
  seen.add(error);
  const stack = readString(error, 'stack') ?? '';
  out.push(...headline(nameOf(error), messageOf(error)).split('\n'));
  const frame = userFrameOf(error);
  if (frame !== null) out.push(...codeFrame(positions, frame.filename, frame.line, frame.column));
  for (const line of stack.split('\n')) {
    if (/^\s+at /.test(line)) out.push(`${DIM}${line}${RESET}`);
  }
  const extra = ownDetails(error);
  if (extra !== null) out.push(extra);
  if (depth >= DEEPEST_CAUSE) return;
  const cause = read(error, 'cause');
  if (cause !== undefined && !seen.has(cause)) nested('Caused by', cause, positions, out, seen, depth);
  const errors = read(error, 'errors');
  if (Array.isArray(errors) && !types.isProxy(errors)) {
    errors.slice(0, MOST_ERRORS).forEach((inner: unknown, index) => {
      if (!seen.has(inner)) nested(`Error ${index + 1} of ${errors.length}`, inner, positions, out, seen, depth);
    });
  }
}

function nested(
  title: string,
  value: unknown,
  positions: SourcePositions,
  out: string[],
  seen: Set<unknown>,
  depth: number,
): void {
  out.push(`${RED}${title}:${RESET}`);
  if (isError(value)) describe(value, positions, out, seen, depth + 1);
  else out.push(shorten(inspectSafely(value)));
}

/** Properties that say more than the message, such as `code` and `path` of a system error. */
function ownDetails(error: Error): string | null {
  const details: Record<string, unknown> = {};
  try {
    for (const [key, descriptor] of Object.entries(Object.getOwnPropertyDescriptors(error))) {
      if (!descriptor.enumerable || !('value' in descriptor) || HIDDEN.has(key)) continue;
      details[key] = descriptor.value;
    }
  } catch {
    return null;
  }
  return Object.keys(details).length === 0 ? null : inspectSafely(details);
}

const HIDDEN = new Set(['stack', 'message', 'name', 'cause', 'errors']);

/** The lines around a place of the user's source, with a mark under it. */
function codeFrame(positions: SourcePositions, filename: string, line: number, column: number): string[] {
  const lines = positions.source(filename)?.split('\n') ?? [];
  if (lines[line - 1] === undefined) return [];
  const first = Math.max(1, line - LINES_BEFORE);
  const last = Math.min(lines.length, line + LINES_AFTER);
  const width = String(last).length;
  const out: string[] = [];
  for (let number = first; number <= last; number += 1) {
    const text = (lines[number - 1] ?? '').slice(0, LONGEST_LINE);
    const gutter = String(number).padStart(width);
    if (number === line) {
      out.push(`${RED}>${RESET} ${gutter} | ${text}`);
      if (column <= LONGEST_LINE) {
        const indent = text.slice(0, column - 1).replace(/[^\t]/g, ' ');
        out.push(`  ${' '.repeat(width)} | ${indent}${RED}^${RESET}`);
      }
    } else {
      out.push(`  ${DIM}${gutter} | ${text}${RESET}`);
    }
  }
  return out;
}

const headline = (name: string, message: string): string =>
  `${BOLD_RED}${name}${RESET}${message === '' ? '' : `: ${message}`}`;

function nameOf(error: Error): string {
  const name = readString(error, 'name');
  if (name !== null && name !== '') return name;
  const maker = read(error, 'constructor');
  return typeof maker === 'function' && typeof maker.name === 'string' && maker.name !== '' ? maker.name : 'Error';
}

const messageOf = (error: Error): string => shorten(cleanMessage(readString(error, 'message') ?? ''));

function read(target: object, key: string): unknown {
  try {
    return Reflect.get(target, key);
  } catch {
    return undefined;
  }
}

function readString(target: object, key: string): string | null {
  const value = read(target, key);
  return typeof value === 'string' ? value : null;
}

function inspectSafely(value: unknown): string {
  try {
    return inspect(value, {
      depth: 2,
      maxArrayLength: 20,
      maxStringLength: LONGEST_MESSAGE,
      breakLength: 100,
      showProxy: true,
    });
  } catch {
    return 'a value that cannot be shown: its own inspection throws';
  }
}

function shorten(text: string): string {
  if (text.length <= LONGEST_MESSAGE) return text;
  return `${text.slice(0, LONGEST_MESSAGE)}… (${text.length - LONGEST_MESSAGE} more characters)`;
}
