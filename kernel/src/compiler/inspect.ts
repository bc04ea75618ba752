/** What a name is: its signature and its documentation, as plain text and as Markdown. */
import { availableArguments, magicDeclaration, usageLine, type MagicDeclaration } from '@heapmark/protocol';
import type TypeScript from 'typescript';
import type { CellSource } from './cell-source.js';
import type { MagicAtCursor } from './complete-magic.js';
import type { Inspection } from './contract.js';
import { plainNames } from './diagnostics.js';
import { readDocumentation } from './documentation.js';
import { ts } from './typescript.js';
import type { VirtualHost } from './virtual-host.js';

/** What stands at the cursor, or just before it: people ask with the cursor behind a name or inside its call. */
export function inspectCode(
  service: TypeScript.LanguageService,
  host: VirtualHost,
  file: string,
  { text, codeLength }: CellSource,
  cursor: number,
  detail: number,
): Inspection | null {
  for (const position of positions(text, Math.min(cursor, codeLength))) {
    const info = service.getQuickInfoAtPosition(file, position);
    if (info === undefined) continue;
    const signature = readSignature(ts.displayPartsToString(info.displayParts));
    // What TypeScript says of a name that nothing declares.
    if (signature === 'any') continue;
    const documentation = readDocumentation(service, host, file, position);
    const source = detail > 0 ? sourceOf(service, file, position) : null;
    return {
      data: {
        'text/plain': [signature, documentation?.plain, source].filter(Boolean).join('\n\n'),
        'text/markdown': [fence(signature), documentation?.markdown, source === null ? null : fence(source)]
          .filter(Boolean)
          .join('\n\n'),
      },
    };
  }
  return null;
}

/** Names of earlier cells are aliases in TypeScript's eyes; for the user they are what they stand for. */
function readSignature(shown: string): string {
  const text = plainNames(shown).replace(/\nimport [^\n]*$/, '');
  if (!text.startsWith('(alias) ')) return text;
  const meant = text.slice('(alias) '.length);
  return /^[\p{ID_Continue}$]+[(<]/u.test(meant) ? `function ${meant}` : meant;
}

const fence = (code: string): string => `\`\`\`typescript\n${code}\n\`\`\``;

/** The cursor, the end of the word before it, and the name of the call that it stands in. */
function* positions(text: string, cursor: number): Generator<number> {
  if (/[\p{ID_Continue}$]/u.test(text[cursor] ?? '')) yield cursor;
  if (cursor > 0 && /[\p{ID_Continue}$]/u.test(text[cursor - 1] ?? '')) yield cursor - 1;
  let depth = 0;
  for (let at = cursor - 1; at >= 0 && at > cursor - 2000; at -= 1) {
    const char = text[at] as string;
    if (char === ')' || char === ']' || char === '}') depth += 1;
    else if (char === '[' || char === '{') depth -= 1;
    else if (char === '(') {
      depth -= 1;
      if (depth < 0) {
        const before = text.slice(0, at).trimEnd().length;
        if (before > 0 && /[\p{ID_Continue}$]/u.test(text[before - 1] as string)) yield before - 1;
        return;
      }
    }
    if (depth < 0) return;
  }
}

/** The text of a declaration, where it is the user's own. */
function sourceOf(service: TypeScript.LanguageService, file: string, position: number): string | null {
  const [definition] = service.getDefinitionAtPosition(file, position) ?? [];
  const program = service.getProgram();
  if (definition?.contextSpan === undefined || program === undefined) return null;
  const text = program.getSourceFile(definition.fileName)?.text;
  return (
    text?.slice(definition.contextSpan.start, definition.contextSpan.start + definition.contextSpan.length) ?? null
  );
}

/** The help of a magic; `null` when there is none of that name. */
export function inspectMagic({ name, percent }: MagicAtCursor): Inspection | null {
  const declared = magicDeclaration(name);
  if (declared === undefined) return null;
  const usage = usageLine(declared, declared.form === 'cell' ? '%%' : percent);
  const rows = availableArguments(declared).map(({ name: argument, alias, help }) => ({
    argument: alias === undefined ? argument : `${alias}, ${argument}`,
    help,
  }));
  const widest = Math.max(0, ...rows.map(({ argument }) => argument.length));
  const plain = [
    usage,
    declared.summary,
    declared.details,
    rows.map(({ argument, help }) => `  ${argument.padEnd(widest)}  ${help}`).join('\n'),
  ];
  const markdown = [
    `\`${usage}\``,
    declared.summary,
    declared.details,
    rows.map(({ argument, help }) => `- \`${argument}\`: ${help}`).join('\n'),
    form(declared),
  ];
  return {
    data: { 'text/plain': plain.filter(Boolean).join('\n\n'), 'text/markdown': markdown.filter(Boolean).join('\n\n') },
  };
}

function form({ functionForm }: MagicDeclaration): string | null {
  return functionForm === undefined ? null : `As a function: \`import { ${functionForm} } from "heapmark"\``;
}
