import { ESLint } from 'eslint';
import { join } from 'node:path';
import tseslint from 'typescript-eslint';
import { describe, expect, it } from 'vitest';
import { ROOT } from '../../../scripts/setup/places.mjs';

/** Rules that the project's configuration reports for code in the place of a file; those that need types are left out. */
async function reported(path: string, code: string): Promise<string[]> {
  const eslint = new ESLint({ cwd: ROOT, overrideConfig: tseslint.configs.disableTypeChecked });
  const [result] = await eslint.lintText(code, { filePath: join(ROOT, path) });
  return (result?.messages ?? []).map(({ ruleId, message }) => ruleId ?? message);
}

describe('the lint configuration', () => {
  it('reports forbidden imports, consoles and exits in the sources', async () => {
    const code = "import { Globals } from '../runtime/globals.js';\nconsole.log(Globals);\nprocess.exit(1);\n";
    expect(await reported('kernel/src/front/kernel.ts', code)).toEqual(
      expect.arrayContaining(['heapmark/boundaries', 'no-console', 'no-restricted-syntax']),
    );
  });

  it('lets the command line end the process, and nobody else', async () => {
    expect(await reported('kernel/src/main.ts', 'process.exit(1);\n')).not.toContain('no-restricted-syntax');
    expect(await reported('kernel/src/ipc/frames.ts', 'process.exit(1);\n')).toContain('no-restricted-syntax');
  });

  it('reports cycles', async () => {
    // schema.ts would then import the index that exports it.
    const code = "import { validate } from './index.js';\nexport const again: unknown = validate;\n";
    expect(await reported('kernel/protocol/src/schema.ts', code)).toContain('import-x/no-cycle');
  });

  it('reports a test that does not run', async () => {
    const code = "import { it } from 'vitest';\nit.skip('works', () => {});\n";
    expect(await reported('test/unit/scripts/start.test.ts', code)).toContain('no-restricted-syntax');
  });
});
