/**
 * The documentation comment of what stands at a place. TypeScript reads no such comments here (it would take a third
 * more time at the start); the one that is asked for is read from the text of its declaration.
 */
import type TypeScript from 'typescript';
import type { VirtualHost } from './virtual-host.js';

export interface Documentation {
  plain: string;
  markdown: string;
}

export function readDocumentation(
  service: TypeScript.LanguageService,
  host: VirtualHost,
  file: string,
  position: number,
): Documentation | null {
  for (const { fileName, contextSpan, textSpan } of service.getDefinitionAtPosition(file, position) ?? []) {
    const declared = host.documented(fileName, (contextSpan ?? textSpan).start);
    const comment = declared === null ? null : commentBefore(declared.text, declared.position);
    if (comment !== null) return readComment(comment);
  }
  return null;
}

/** The last documentation comment that ends before a declaration, with nothing but space and modifiers between. */
function commentBefore(text: string, start: number): string | null {
  const end = text.lastIndexOf('*/', start);
  if (end === -1 || !/^[\s\w@]*$/.test(text.slice(end + 2, start))) return null;
  const begin = text.lastIndexOf('/**', end);
  if (begin === -1 || text.slice(begin + 3, end).includes('*/')) return null;
  return text.slice(begin, end + 2);
}

/** The words of a comment, with its tags as a list. */
export function readComment(comment: string): Documentation {
  const lines = comment
    .slice(3, -2)
    .split(/\r?\n/)
    .map((line) => line.replace(/^[ \t]*\*?[ ]?/, '').trimEnd());
  const blocks: { tag: string; text: string[] }[] = [{ tag: '', text: [] }];
  for (const line of lines) {
    const tag = /^\s*@(\w+)\s?(.*)$/.exec(line);
    if (tag === null) blocks[blocks.length - 1]?.text.push(line);
    else blocks.push({ tag: tag[1] as string, text: [tag[2] as string] });
  }
  const [description, ...tags] = blocks.map(({ tag, text }) => ({ tag, text: links(text.join('\n')).trim() }));
  const described = description?.text ?? '';
  const plain = [described, tags.map(({ tag, text }) => `@${tag} ${text}`.trimEnd()).join('\n')];
  const markdown = [described, tags.map(({ tag, text }) => tagAsMarkdown(tag, text)).join('\n')];
  return { plain: plain.filter(Boolean).join('\n\n'), markdown: markdown.filter(Boolean).join('\n\n') };
}

const links = (text: string): string =>
  text.replace(
    /\{@link(?:code|plain)?\s+([^}|\s]+)(?:[\s|]+([^}]*))?\}/g,
    (_all, target: string, label?: string) => label?.trim() || target,
  );

function tagAsMarkdown(tag: string, text: string): string {
  if (tag === 'example') return `*@example*\n${text.includes('```') ? text : `\`\`\`typescript\n${text}\n\`\`\``}`;
  const named = /^(?:\{[^}]*\}\s*)?\[?([\w$.]+)\]?\s*(?:-\s*)?([^]*)$/.exec(text);
  if ((tag === 'param' || tag === 'template') && named !== null) return `- *@${tag}* \`${named[1]}\` — ${named[2]}`;
  return `- *@${tag}* ${text}`.trimEnd();
}
