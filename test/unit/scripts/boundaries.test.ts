import { Linter } from 'eslint';
import { join } from 'node:path';
import tseslint from 'typescript-eslint';
import { describe, expect, it } from 'vitest';
import { boundaries, magicFiles, violation } from '../../../scripts/lint/boundaries.mjs';
import { ROOT } from '../../../scripts/setup/places.mjs';

const MAGICS = new Set(['kernel/src/magics/free.ts', 'kernel/src/magics/vars.ts']);

describe('imports that cross a boundary', () => {
  it.each([
    ['kernel/protocol/src/units.ts', 'node:util', 'protocol may import nothing outside itself'],
    ['kernel/protocol/src/units.ts', 'ajv', 'protocol may import nothing outside itself'],
    ['kernel/protocol/src/units.ts', '../../src/ipc/frames.js', 'protocol may not import ipc'],
    ['kernel/src/front/kernel.ts', '../runtime/globals.js', 'front may not import runtime'],
    ['kernel/src/front/handlers/execute.ts', '../../magics/free.js', 'Only kernel/src/magics/registry.ts'],
    ['kernel/src/front/kernel.ts', '../magics/context.js', 'front may not import magics'],
    ['kernel/src/front/kernel.ts', '../memory/index.js', 'front may not import memory'],
    ['kernel/src/front/kernel.ts', '../tensors/tfjs.js', 'front may not import tensors'],
    ['kernel/src/front/kernel.ts', '../compiler/rewrite.js', 'The front may import only'],
    ['kernel/src/front/kernel.ts', 'zeromq', 'Only kernel/src/front/sockets.ts may import zeromq'],
    ['kernel/src/front/kernel.ts', 'typescript', 'Only kernel/src/compiler/ may import typescript'],
    ['kernel/src/runtime/main.ts', '../front/kernel.js', 'runtime may not import front'],
    ['kernel/src/runtime/main.ts', '../compiler/client.js', 'runtime may not import compiler'],
    ['kernel/src/memory/create.ts', 'typescript/lib/tsserverlibrary.js', 'Only kernel/src/compiler/'],
    ['kernel/src/magics/vars.ts', './free.js', 'Only kernel/src/magics/registry.ts may import a magic'],
    ['kernel/src/runtime/main.ts', '@heapmark/labextension', 'runtime may not import @heapmark/labextension'],
    ['kernel/src/runtime/main.ts', '../../../test/helpers/kernel.js', 'outside the sources'],
    ['kernel/src/main.ts', './runtime/main.js', 'main may not import runtime'],
    ['labextension/src/index.ts', '../../kernel/src/ipc/messages.js', 'labextension may not import ipc'],
    ['labextension/src/index.ts', 'heapmark', 'labextension may not import heapmark'],
    ['labextension/src/index.ts', 'node:fs', 'labextension may import only'],
    ['labextension/src/index.ts', 'fs', 'labextension may import only'],
    ['labextension/src/index.ts', 'lodash', 'labextension may import only'],
  ])('%s may not import %s', (importer, specifier, message) => {
    expect(violation(importer, specifier, MAGICS)).toContain(message);
  });

  it.each([
    ['kernel/src/front/sockets.ts', 'zeromq'],
    ['kernel/src/front/kernel.ts', '../compiler/client.js'],
    ['kernel/src/front/kernel.ts', '../ipc/messages.js'],
    ['kernel/src/front/kernel.ts', '@heapmark/protocol'],
    ['kernel/src/compiler/rewrite.ts', 'typescript'],
    ['kernel/src/compiler/js-tree.ts', 'acorn'],
    ['kernel/src/magics/registry.ts', './free.js'],
    ['kernel/src/magics/vars.ts', './listed.js'],
    ['kernel/src/runtime/main.ts', '../magics/install.js'],
    ['labextension/src/sections/now-section.tsx', 'react/jsx-runtime'],
    ['labextension/src/index.ts', '@jupyterlab/application'],
    ['labextension/src/index.ts', './sections/body.js'],
    ['test/unit/anything.test.ts', '../../kernel/src/runtime/globals.js'],
  ])('%s may import %s', (importer, specifier) => {
    expect(violation(importer, specifier, MAGICS)).toBeNull();
  });
});

describe('the lint rule', () => {
  const linter = new Linter({ configType: 'flat', cwd: ROOT });
  const lint = (code: string) =>
    linter
      .verify(
        code,
        {
          files: ['**/*.ts'],
          languageOptions: { parser: tseslint.parser },
          plugins: { heapmark: { rules: { boundaries } } },
          rules: { 'heapmark/boundaries': 'error' },
        },
        join(ROOT, 'kernel', 'src', 'front', 'snippet.ts'),
      )
      .map(({ message }) => message);

  it.each([
    "import { x } from '../runtime/main.js';",
    "import type { X } from '../runtime/main.js';",
    "import '../runtime/main.js';",
    "export { x } from '../runtime/main.js';",
    "export * from '../runtime/main.js';",
    "const x = await import('../runtime/main.js');",
    "let x: import('../runtime/main.js').X;",
    "import x = require('../runtime/main.js');",
    "require('../runtime/main.js');",
    "require.resolve('../runtime/main.js');",
  ])('sees %s', (code) => {
    expect(lint(code)).toEqual(['front may not import runtime.']);
  });

  it('leaves what is allowed and what cannot be known alone', () => {
    expect(lint("import { x } from '../ipc/frames.js'; const y = await import(name); export { y };")).toEqual([]);
  });
});

describe('which files are magics', () => {
  it('is what the registry imports, types apart', () => {
    const registry =
      "import { free } from './free.js';\nimport type { Magic } from './magic.js';\nexport const magics = [free];\n";
    expect([...magicFiles(registry)]).toEqual(['kernel/src/magics/free.ts']);
  });

  it('is known from the registry that is there', () => {
    expect(magicFiles()).toContain('kernel/src/magics/vars.ts');
  });
});
