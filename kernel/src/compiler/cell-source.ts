/** A cell's text as TypeScript gets it: the user's lines first and unchanged, what the compiler adds below them. */
import type TypeScript from 'typescript';
import { augmentedKeys } from './augmentations.js';
import { topLevelNames, wordsAmong, type TopLevelNames } from './declared-names.js';
import { readMagics, type CellText } from './magic-lines.js';
import type { Notebook } from './notebook.js';
import { ts } from './typescript.js';
import { isSyntaxError } from './untyped.js';
import type { CellLanguage } from './virtual-host.js';

export interface CellSource extends CellText {
  /** The whole text. */
  full: string;
  /** Where the user's code ends in it. */
  codeLength: number;
  names: TopLevelNames;
  moduleName: string | null;
  /** What the cell adds to the types of others. */
  augmented: ReadonlySet<string>;
}

const MODULE = /^\s*\/\*\*[^]*?@module\s+([\w./@-]+)[^]*?\*\//;

/**
 * Stands between the user's code and the declarations of earlier names. TypeScript follows a `typeof` back through the
 * calls above it, for one that never returns; were `mm.get()` among them, the type of `mm` would depend on itself, and
 * errors of that call would be lost. Nothing above is followed from what is never reached.
 */
const UNREACHED = 'throw 0;';

/** Puts together the text of a cell and what it needs of the cells before. */
export function readCell(code: string, language: CellLanguage, notebook: Notebook): CellSource {
  const magics = readMagics(plainStart(code));
  const file = parse(magics.text, language);
  const names = topLevelNames(file);
  const values = new Set(names.values.map(({ name }) => name));
  const types = new Set([...names.types].filter((name) => !values.has(name)));
  const used = wordsAmong(magics.text, notebook.known);
  // What JSX compiles to is not written in it.
  if (language === 'tsx' && notebook.known.has('React')) used.add('React');
  const prelude = notebook.prelude(used, values, types);
  const exported = [...names.forms.keys()].filter((name) => !names.exported.has(name));
  return {
    ...magics,
    names,
    augmented: augmentedKeys(file),
    codeLength: magics.text.length,
    full: `${magics.text}\nexport { ${exported.join(', ')} };\n${UNREACHED}\n${prelude}\n`,
    moduleName: MODULE.exec(code)?.[1] ?? null,
  };
}

/** The code without a mark of byte order and a first line for the shell, with as many characters. */
const plainStart = (code: string): string => code.replace(/^\ufeff/, ' ').replace(/^#!/, '//');

export function parse(text: string, language: CellLanguage): TypeScript.SourceFile {
  const kind = language === 'tsx' ? ts.ScriptKind.TSX : ts.ScriptKind.TS;
  return ts.createSourceFile(
    `cell.${language}`,
    text,
    { languageVersion: ts.ScriptTarget.ESNext, jsDocParsingMode: ts.JSDocParsingMode.ParseNone },
    false,
    kind,
  );
}

/** Longest code that is looked at twice to find out whether it is JSX. */
const LONGEST_JSX = 500_000;

/** JSX cannot be told from a type assertion by its text: it is one when only then the cell has no syntax errors. */
export function languageOf(code: string): CellLanguage {
  if (code.length > LONGEST_JSX || !/<\/|\/>/.test(code)) return 'ts';
  const { text } = readMagics(plainStart(code));
  return hasSyntaxErrors(text, 'ts') && !hasSyntaxErrors(text, 'tsx') ? 'tsx' : 'ts';
}

/** Syntax errors of a text on its own. */
export function syntaxErrors(text: string, language: CellLanguage): readonly TypeScript.Diagnostic[] {
  const { diagnostics } = ts.transpileModule(`${text}\nexport {};`, {
    fileName: `cell.${language}`,
    reportDiagnostics: true,
    compilerOptions: { target: ts.ScriptTarget.ESNext, module: ts.ModuleKind.ESNext, jsx: ts.JsxEmit.Preserve },
  });
  return (diagnostics ?? []).filter(isSyntaxError);
}

const hasSyntaxErrors = (text: string, language: CellLanguage): boolean => syntaxErrors(text, language).length > 0;
