import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';
import { bareText, originalPosition } from '../../../kernel/src/compiler/bare-text.js';

const require = createRequire(import.meta.url);
const FILES = [
  join(dirname(require.resolve('typescript')), 'lib.es5.d.ts'),
  join(dirname(require.resolve('typescript')), 'lib.es2015.collection.d.ts'),
  join(dirname(require.resolve('@types/node/package.json')), 'fs.d.ts'),
  join(dirname(require.resolve('@types/node/package.json')), 'http.d.ts'),
];

/** Words of a text with their places, as TypeScript reads them. */
function words(text: string): { word: string; at: number }[] {
  const scanner = ts.createScanner(ts.ScriptTarget.ESNext, true, ts.LanguageVariant.Standard, text);
  const found: { word: string; at: number }[] = [];
  while (scanner.scan() !== ts.SyntaxKind.EndOfFileToken) {
    found.push({ word: scanner.getTokenText(), at: scanner.getTokenStart() });
  }
  return found;
}

describe('A text without comments', () => {
  it.each(FILES)('has the words of %s, each of which is found again', (file) => {
    const text = readFileSync(file, 'utf8');
    const bare = bareText(text);
    expect(bare.length).toBeLessThan(text.length * 0.7);
    const before = words(text);
    const after = words(bare);
    expect(after.map(({ word }) => word)).toEqual(before.map(({ word }) => word));
    for (let index = 0; index < after.length; index += 97) {
      expect(originalPosition(text, after[index]!.at)).toBe(before[index]!.at);
    }
  });

  it.each([
    ['"// no comment" | \'/* none */\'; // one', '"// no comment" | \'/* none */\'; '],
    ['type A = `//${string}\n  /* kept */`', 'type A = `//${string}\n  /* kept */`'],
    ['"\\"// still a string"/* gone */;', '"\\"// still a string" ;'],
    ['a /* one */ b', 'a b'],
    ['a/*\n*/b', 'a\nb'],
    ['/** doc */\r\n  let x: 1;\r\n\r\n', '\nlet x: 1;\n'],
    ['', ''],
  ])('of %j is %j', (text, bare) => {
    expect(bareText(text)).toBe(bare);
  });
});
