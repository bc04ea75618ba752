import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { CompilerService } from '../../../kernel/src/compiler/service.js';

const folder = mkdtempSync(join(tmpdir(), 'heapmark-broken-'));
const service = new CompilerService({ folder });
const write = (name: string, text: string): void => writeFileSync(join(folder, name), text);
mkdirSync(join(folder, 'lib'));

function errors(code: string): string[] {
  const compiled = service.compile(code, 1);
  return compiled.ok
    ? []
    : compiled.diagnostics.map((each) => `${each.code} ${each.line}:${each.column} ${each.message}`);
}

afterAll(() => rmSync(folder, { recursive: true }));

describe('an import of a local file with a syntax error', () => {
  it("shows the file's own error, and which import it is", () => {
    write('bad.ts', 'export const a = 1;\nexport const = 2;\nexport const b = 3;\n');
    const code = '1;\nimport { missing } from "./bad.ts";\nmissing';
    expect(errors(code)).toEqual([
      `TS1134 2:25 bad.ts:2:14: Variable declaration expected. It is imported by './bad.ts'.`,
    ]);
    const compiled = service.compile(code, 1);
    expect(compiled.ok ? '' : compiled.diagnostics[0]?.frame).toContain('> 2 | export const = 2;');
    expect(compiled.ok ? '' : compiled.error.ename).toBe('SyntaxError');
  });

  it('names the files between the cell and the broken one', () => {
    write('lib/deep.ts', 'export function f( {\n');
    write('lib/outer.ts', 'export * from "./deep";\nexport * from "./outer";\n');
    expect(errors('import { g } from "./lib/outer"; g()')).toEqual([
      expect.stringMatching(
        /^TS1005 1:19 lib\/deep\.ts:2:1: .* It is imported by '\.\/lib\/outer' by way of lib\/outer\.ts\.$/,
      ),
    ]);
  });

  it('is found where the import is a call, and where the file has no export left', () => {
    write('none.ts', 'const { = 5');
    expect(errors('(await import("./none.ts")).x')).toEqual([expect.stringMatching(/^TS\d+ 1:\d+ none\.ts:1:9: /)]);
  });

  it('leaves the errors of a cell whose files are whole as they are, until a file breaks', () => {
    write('good.ts', 'export const a = 1;\n');
    expect(errors('import { b } from "./good.ts"; b')).toEqual([expect.stringMatching(/^TS2305 1:10 /)]);
    write('good.ts', 'export const a = ;\n');
    expect(errors('import { b } from "./good.ts"; b')).toEqual([expect.stringMatching(/^TS1109 1:19 good\.ts:1:18: /)]);
  });
});
