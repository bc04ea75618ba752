/** Completion in code. */
import type TypeScript from 'typescript';
import type { CellSource } from './cell-source.js';
import type { Completion } from './contract.js';
import type { KnownName } from './notebook.js';
import { ts } from './typescript.js';

type Match = Completion['matches'][number];

/** A menu of thousands helps nobody. */
const MOST = 1000;
const IDENTIFIER = /^[\p{ID_Start}_$][\p{ID_Continue}$]*$/u;

/**
 * @param file of the cell, whose text is `source`.
 * @param known names of earlier cells: those that the cell does not use yet are not in TypeScript's scope.
 */
export function completeCode(
  service: TypeScript.LanguageService,
  file: string,
  source: CellSource,
  cursor: number,
  known: ReadonlyMap<string, KnownName>,
): Completion {
  const { text, codeLength } = source;
  const word = /[\p{ID_Continue}$]*$/u.exec(text.slice(0, cursor))?.[0] ?? '';
  const found = service.getCompletionsAtPosition(file, Math.min(cursor, codeLength), {
    includeCompletionsForModuleExports: false,
    includeCompletionsWithInsertText: true,
    includeCompletionsForImportStatements: false,
  });
  if (found === undefined) return { matches: [], start: cursor, end: cursor };
  const span = found.optionalReplacementSpan;
  // What needs brackets after a dot is no word to insert, and it would replace the dot.
  const entries = found.entries.filter(({ insertText }) => insertText === undefined || IDENTIFIER.test(insertText));
  const first = entries.find(({ replacementSpan }) => replacementSpan !== undefined)?.replacementSpan;
  const start = first?.start ?? (span !== undefined && span.start <= cursor ? span.start : cursor - word.length);
  const typed = text.slice(start, cursor);
  const isString = entries.some(({ kind }) => PATHS.has(kind));
  const matches: Match[] = [];
  const seen = new Set<string>();
  for (const entry of entries) {
    const shown = entry.insertText ?? entry.name;
    if (entry.name.startsWith('__heapmark') || seen.has(shown)) continue;
    if (
      !shown.toLowerCase().startsWith(typed.toLowerCase()) &&
      !entry.name.toLowerCase().startsWith(typed.toLowerCase())
    )
      continue;
    seen.add(shown);
    matches.push({ text: shown, type: typeOf(entry.kind) });
  }
  if (!found.isMemberCompletion && !isString && !isMember(text, start)) {
    for (const [name, { kind }] of known) {
      if (seen.has(name) || !name.toLowerCase().startsWith(typed.toLowerCase())) continue;
      matches.unshift({ text: name, type: kind === null ? 'interface' : KINDS[kind] });
    }
  }
  const exact = matches.filter(({ text: each }) => each.startsWith(typed));
  const others = matches.filter(({ text: each }) => !each.startsWith(typed));
  const end = Math.max(cursor, Math.min(start + (first ?? span ?? { length: 0 }).length, codeLength));
  return { matches: [...exact, ...others].slice(0, MOST), start, end };
}

/** Whether a name there is a property, or part of an import's specifier. */
const isMember = (text: string, start: number): boolean =>
  /(?:\.|["'`/]|\b(?:import|from)\s*)$/.test(text.slice(Math.max(0, start - 20), start));

const KINDS = {
  let: 'variable',
  const: 'variable',
  var: 'variable',
  using: 'variable',
  function: 'function',
  class: 'class',
  enum: 'enum',
  namespace: 'module',
  import: 'module',
} as const;

const PATHS = new Set<string>([
  ts.ScriptElementKind.directory,
  ts.ScriptElementKind.scriptElement,
  ts.ScriptElementKind.externalModuleName,
]);

/** The words that JupyterLab has icons for, as far as there is one, and the kinds of TypeScript's that each stands for. */
const WORDS = {
  function: ['functionElement', 'localFunctionElement'],
  method: ['memberFunctionElement', 'constructSignatureElement', 'callSignatureElement'],
  property: [
    'memberVariableElement',
    'memberGetAccessorElement',
    'memberSetAccessorElement',
    'memberAccessorVariableElement',
  ],
  class: ['classElement', 'localClassElement'],
  interface: ['interfaceElement', 'typeElement', 'typeParameterElement', 'primitiveType'],
  enum: ['enumElement', 'enumMemberElement'],
  module: ['moduleElement', 'externalModuleName', 'alias'],
  keyword: ['keyword'],
  path: ['directory', 'scriptElement'],
  value: ['string'],
} as const satisfies Record<string, readonly (keyof typeof TypeScript.ScriptElementKind)[]>;

const WORD_OF = new Map<TypeScript.ScriptElementKind, string>(
  Object.entries(WORDS).flatMap(([word, kinds]) => kinds.map((kind) => [ts.ScriptElementKind[kind], word] as const)),
);

const typeOf = (kind: TypeScript.ScriptElementKind): string => WORD_OF.get(kind) ?? 'variable';
