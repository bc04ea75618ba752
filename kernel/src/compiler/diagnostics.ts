/** What TypeScript has against a cell, in the user's terms. */
import type TypeScript from 'typescript';
import type { ErrorReport } from '../ipc/messages.js';
import type { Diagnostic } from './contract.js';
import { codeFrame } from './code-frame.js';
import { ts } from './typescript.js';

/** How many are shown. */
const MOST = 10;

/** What says nothing in a notebook: untyped packages, JSX without React's types, `import x = require()`. */
const NEVER = new Set([7016, 7026, 2875, 1202, 1203, 1208, 2686, 5097, 1501, 2691]);
/**
 * Strictness about `null` and implicit `any` where no `tsconfig.json` asks for it: a notebook's code is looked at as it
 * is written, and a value that is `null` after all says so as it runs.
 */
const WHEN_ASKED = new Set([
  2531, 2532, 2533, 18046, 18047, 18048, 18049, 2721, 2722, 2723, 2683, 7005, 7006, 7008, 7010, 7011, 7018, 7019, 7020,
  7022, 7023, 7024, 7030, 7031, 7034, 7041, 7053, 2454, 2564, 7009, 7012, 7013, 7014, 7015, 7017, 7025, 7032, 7033,
  7039, 7050, 7051, 7052, 7055, 7057,
]);

export interface Reading {
  /** The cell as the user wrote it. */
  code: string;
  /** The text that TypeScript read: the same lines. */
  file: TypeScript.SourceFile;
  /** Where the user's code ends in that text. */
  codeLength: number;
  strict: boolean;
  /** Execution count of the cell in which a name was freed. */
  freedIn(name: string): number | undefined;
}

/** The errors among TypeScript's diagnostics that concern the user. */
export function readDiagnostics(found: readonly TypeScript.Diagnostic[], reading: Reading): Diagnostic[] {
  const errors: Diagnostic[] = [];
  for (const diagnostic of found) {
    if (diagnostic.category !== ts.DiagnosticCategory.Error) continue;
    if (NEVER.has(diagnostic.code) || (!reading.strict && WHEN_ASKED.has(diagnostic.code))) continue;
    // What follows the user's code is the compiler's own; a cell that breaks off ends there all the same.
    if (diagnostic.start !== undefined && diagnostic.start > reading.codeLength) continue;
    errors.push(readOne(diagnostic, reading));
  }
  return errors;
}

/** Those that stay when syntax is wrong: a position behind the code is the code's end. */
export function readSyntaxErrors(found: readonly TypeScript.Diagnostic[], reading: Reading): Diagnostic[] {
  return found.map((diagnostic) => readOne(diagnostic, reading));
}

function readOne(diagnostic: TypeScript.Diagnostic, { code, file, codeLength, freedIn }: Reading): Diagnostic {
  const start = Math.min(diagnostic.start ?? 0, codeLength);
  const end = Math.min(start + (diagnostic.length ?? 0), codeLength);
  const from = file.getLineAndCharacterOfPosition(start);
  const to = file.getLineAndCharacterOfPosition(end);
  let message = plainNames(ts.flattenDiagnosticMessageText(diagnostic.messageText, '\n'));
  const missing = /^Cannot find name '([^']+)'\./.exec(message)?.[1];
  const freed = missing === undefined ? undefined : freedIn(missing);
  if (freed !== undefined) message = `Cannot find name '${missing}'. It was freed in [${freed}].`;
  if (isShellLine(code, from.line)) message += ` ${SHELL_HINT}`;
  return place(`TS${diagnostic.code}`, message, code, {
    line: from.line + 1,
    column: from.character + 1,
    endLine: to.line + 1,
    endColumn: to.character + 1,
  });
}

const SHELL_HINT =
  'If this is a command for the shell: a cell runs it by execSync("…", { encoding: "utf8" }) of "node:child_process".';

/** Whether a line begins as IPython's shell commands do: `!ls -l`. In TypeScript `!` is a negation, rarely of a line. */
const isShellLine = (code: string, line: number): boolean => /^\s*!\w/.test(code.split('\n', line + 1)[line] ?? '');

type Place = Pick<Diagnostic, 'line' | 'column' | 'endLine' | 'endColumn'>;

/** A diagnostic at a place of the code. */
export function place(code: string, message: string, text: string, at: Place): Diagnostic {
  return { code, message, category: 'error', ...at, frame: codeFrame(text, at) };
}

/** Names as the user knows them: without the files that stand for earlier cells. */
export function plainNames(message: string): string {
  return message.replace(/import\("[^"]*__heapmark_(?:slot_\d+|cell)[^"]*"\)\.|__heapmark_cell_\d+\./g, '');
}

const RED = '\u001b[31m';
const DEFAULT = '\u001b[39m';

/** The diagnostics as the error of a cell. */
export function reportDiagnostics(diagnostics: readonly Diagnostic[]): ErrorReport {
  const shown = diagnostics.slice(0, MOST);
  const more = diagnostics.length - shown.length;
  const [first] = shown;
  const syntax = shown.some(({ code }) => /^(?:TS1\d{3}|TS17\d{3}|HM.*)$/.test(code));
  const ename = syntax ? 'SyntaxError' : 'TypeError';
  const lines = shown.flatMap(({ code, message, line, column, frame }) => [
    `${RED}${code}${DEFAULT} at ${line}:${column}: ${message}`,
    frame,
  ]);
  if (more > 0) lines.push(`… and ${more} more`);
  const evalue = first === undefined ? '' : `${first.code} at ${first.line}:${first.column}: ${first.message}`;
  return {
    ename,
    evalue: more + shown.length > 1 ? `${evalue} (and ${more + shown.length - 1} more)` : evalue,
    traceback: lines,
  };
}
