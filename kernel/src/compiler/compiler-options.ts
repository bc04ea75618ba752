/** How cells are compiled: for the Node that runs them, strict where that does not get in a notebook's way. */
import { dirname } from 'node:path';
import type TypeScript from 'typescript';
import { ts } from './typescript.js';

export interface Configuration {
  options: TypeScript.CompilerOptions;
  /** The user's `tsconfig.json` asks for strictness: errors of style are not held back. */
  asked: boolean;
}

/** Options of a `tsconfig.json` that mean something in a notebook; all others belong to a build. */
const HONOURED = [
  'strict',
  'noImplicitAny',
  'strictNullChecks',
  'strictFunctionTypes',
  'strictBindCallApply',
  'strictPropertyInitialization',
  'noImplicitThis',
  'useUnknownInCatchVariables',
  'noUncheckedIndexedAccess',
  'exactOptionalPropertyTypes',
  'noImplicitReturns',
  'noImplicitOverride',
  'noFallthroughCasesInSwitch',
  'jsx',
  'jsxFactory',
  'jsxFragmentFactory',
  'jsxImportSource',
  'lib',
  'types',
  'typeRoots',
  'paths',
  'baseUrl',
  'customConditions',
  'experimentalDecorators',
  'emitDecoratorMetadata',
  'useDefineForClassFields',
  'allowJs',
  'checkJs',
] as const;

/** Reads the options for a folder; a `tsconfig.json` that cannot be read is left out. */
export function readConfiguration(folder: string): Configuration {
  const options: TypeScript.CompilerOptions = {
    // Everything newer that Node 20 lacks is a transformation of this target: `using` and decorators.
    target: ts.ScriptTarget.ES2024,
    module: ts.ModuleKind.ESNext,
    moduleResolution: ts.ModuleResolutionKind.Bundler,
    customConditions: ['node'],
    lib: ['lib.esnext.d.ts'],
    types: [],
    jsx: ts.JsxEmit.React,
    strict: true,
    // Its errors are held back unless asked for; without it, `const list = []` could never be filled.
    noImplicitAny: true,
    strictPropertyInitialization: false,
    useUnknownInCatchVariables: false,
    esModuleInterop: true,
    resolveJsonModule: true,
    allowImportingTsExtensions: true,
    allowUmdGlobalAccess: true,
    allowUnreachableCode: true,
    allowUnusedLabels: true,
    preserveConstEnums: true,
    skipLibCheck: true,
    skipDefaultLibCheck: true,
    declaration: true,
    sourceMap: true,
    removeComments: false,
    newLine: ts.NewLineKind.LineFeed,
    noErrorTruncation: false,
  };
  const asked = readUserOptions(folder);
  for (const name of HONOURED) {
    if (asked?.[name] !== undefined) Object.assign(options, { [name]: asked[name] });
  }
  if (asked?.strict === true) {
    for (const name of ['noImplicitAny', 'strictPropertyInitialization', 'useUnknownInCatchVariables'] as const) {
      options[name] = asked[name] ?? true;
    }
  }
  return { options, asked: asked?.strict === true };
}

function readUserOptions(folder: string): TypeScript.CompilerOptions | null {
  const file = ts.findConfigFile(folder, ts.sys.fileExists);
  if (file === undefined) return null;
  const read = ts.readConfigFile(file, ts.sys.readFile);
  if (read.config === undefined) return null;
  // The project's own files are no part of the notebook: they need not be listed.
  const host = { ...ts.sys, readDirectory: () => [] };
  return ts.parseJsonConfigFileContent(read.config, host, dirname(file), undefined, file).options;
}
