/** What cells and programs are told of `heapmark/caches`: made from the sources; `npm run reference` writes it anew. */
import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';
import { format, resolveConfig } from 'prettier';
import ts from 'typescript';
import { expect, test } from 'vitest';

const at = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
const INDEX = at('../../../kernel/src/caches/index.ts');

/** Declarations of the library's files, by file. */
function emitted(): Map<string, ts.SourceFile> {
  const program = ts.createProgram([INDEX], {
    target: ts.ScriptTarget.ES2022,
    module: ts.ModuleKind.NodeNext,
    moduleResolution: ts.ModuleResolutionKind.NodeNext,
    lib: ['lib.es2023.d.ts', 'lib.esnext.disposable.d.ts'],
    types: ['node'],
    customConditions: ['source'],
    strict: true,
    skipLibCheck: true,
    declaration: true,
    emitDeclarationOnly: true,
    outDir: '/declarations',
  });
  const files = new Map<string, ts.SourceFile>();
  program.emit(undefined, (file, text, _mark, _error, sources) => {
    const source = sources?.[0]?.fileName ?? '';
    if (!source.includes('/src/caches/')) return;
    files.set(source, ts.createSourceFile(basename(file), text, ts.ScriptTarget.Latest, true));
  });
  return files;
}

type Named = ts.FunctionDeclaration | ts.ClassDeclaration | ts.InterfaceDeclaration | ts.TypeAliasDeclaration;
const isNamed = (node: ts.Node): node is Named =>
  ts.isFunctionDeclaration(node) ||
  ts.isClassDeclaration(node) ||
  ts.isInterfaceDeclaration(node) ||
  ts.isTypeAliasDeclaration(node);

/** A class without what is not for its users. */
function textOf(node: Named): string {
  const source = node.getSourceFile();
  let text = source.text.slice(node.getFullStart(), node.end);
  if (ts.isClassDeclaration(node)) {
    for (const member of [...node.members].reverse()) {
      const hidden = ts.ModifierFlags.Private | ts.ModifierFlags.Protected;
      if ((ts.getCombinedModifierFlags(member) & hidden) === 0) continue;
      text = text.slice(0, member.getFullStart() - node.getFullStart()) + text.slice(member.end - node.getFullStart());
    }
  }
  return text;
}

function declarations(): string {
  const files = emitted();
  const byName = new Map<string, Named[]>();
  for (const [path, file] of files) {
    if (path === INDEX) continue;
    for (const node of file.statements) {
      if (isNamed(node) && node.name !== undefined)
        byName.set(node.name.text, [...(byName.get(node.name.text) ?? []), node]);
    }
  }
  const index = [...files].find(([path]) => path.endsWith('/caches/index.ts'))?.[1];
  const published = new Set(
    (index?.text.match(/\{[^}]*\}/g) ?? []).flatMap((names) => names.match(/\b(?!type\b)\w+/g) ?? []),
  );
  const wanted = new Set(published);
  const texts: string[] = [];
  for (const name of wanted) {
    for (const node of byName.get(name) ?? []) {
      const text = textOf(node);
      for (const word of text.replace(/\/\*[\s\S]*?\*\//g, '').match(/\b[A-Z]\w+/g) ?? [])
        if (byName.has(word)) wanted.add(word);
      const bare = text
        .replace(/^export (declare )?/m, '')
        .replace(/^declare /m, '')
        .trim();
      const first = bare.search(/^(?:function|class|interface|type|abstract)\b/m);
      const declare = /^(?:interface|type)\b/.test(bare.slice(first)) ? '' : 'declare ';
      texts.push(`${bare.slice(0, first)}${published.has(name) ? 'export ' : ''}${declare}${bare.slice(first)}`);
    }
  }
  return `// Made from the sources of heapmark/caches by \`npm run reference\`.\n\n${texts.join('\n\n')}\n\nexport {};\n`;
}

test('kernel/resources/heapmark/caches.d.ts is current', async () => {
  const file = at('../../../kernel/resources/heapmark/caches.d.ts');
  const text = await format(declarations(), { ...(await resolveConfig(file)), filepath: file });
  await expect(text).toMatchFileSnapshot(file);
});
