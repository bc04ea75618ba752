import js from '@eslint/js';
import importX, { createNodeResolver } from 'eslint-plugin-import-x';
import tseslint from 'typescript-eslint';
import { boundaries } from './scripts/lint/boundaries.mjs';

const SOURCES = ['kernel/src/**/*.ts', 'kernel/protocol/src/**/*.ts', 'labextension/src/**/*.{ts,tsx}'];

/** Only the command line ends the process: everything else throws, or says so to whoever started it. */
const NO_EXIT = {
  selector: "CallExpression[callee.object.name='process'][callee.property.name=/^(exit|abort|reallyExit)$/]",
  message: 'Only kernel/src/main.ts ends the process: throw an error instead.',
};

/** A test that does not run tests nothing. */
const NO_SKIPPED_TESTS = {
  selector: 'MemberExpression[object.name=/^(it|test|describe)$/][property.name=/^(only|skip|todo|fails)$/]',
  message: 'Every test runs, and each is expected to pass.',
};

export default tseslint.config(
  {
    ignores: [
      '**/node_modules/',
      '**/dist/',
      'labextension/lib/',
      '.venv*/',
      '.cache/',
      'test-results/',
      'bench-results/',
      'kernel/resources/',
      'notebooks/',
      '**/fixtures/',
    ],
  },
  js.configs.recommended,
  ...tseslint.configs.recommendedTypeChecked,
  {
    languageOptions: {
      parserOptions: {
        projectService: { allowDefaultProject: ['eslint.config.mjs', 'vitest.config.ts'] },
        tsconfigRootDir: import.meta.dirname,
      },
    },
    linterOptions: { reportUnusedDisableDirectives: 'error' },
    rules: {
      eqeqeq: 'error',
      'no-restricted-syntax': ['error', NO_EXIT],
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'inline-type-imports' }],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }],
      // Intrinsics are kept apart from the prototypes they came from, and are called through Reflect.apply.
      '@typescript-eslint/unbound-method': 'off',
      // Text of users is cleaned of control characters.
      'no-control-regex': 'off',
      // An interface of promises may have members that have nothing to wait for.
      '@typescript-eslint/require-await': 'off',
    },
  },
  {
    files: SOURCES,
    plugins: { heapmark: { rules: { boundaries } }, 'import-x': importX },
    settings: {
      'import-x/parsers': { '@typescript-eslint/parser': ['.ts', '.tsx'] },
      'import-x/resolver-next': [createNodeResolver({ extensionAlias: { '.js': ['.ts', '.tsx', '.js'] } })],
    },
    rules: {
      'no-console': 'error',
      'heapmark/boundaries': 'error',
      'import-x/no-cycle': ['error', { ignoreExternal: true }],
    },
  },
  { files: ['kernel/src/main.ts'], rules: { 'no-restricted-syntax': 'off' } },
  {
    files: ['test/**/*.ts', 'test/**/*.tsx'],
    rules: {
      'no-restricted-syntax': ['error', NO_SKIPPED_TESTS],
      // A test lets go of what it holds by assigning null.
      'no-useless-assignment': 'off',
      // Records that came over a wire are read as they are; a wrong one fails its test.
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
      '@typescript-eslint/no-unsafe-argument': 'off',
      '@typescript-eslint/no-unsafe-return': 'off',
      '@typescript-eslint/no-unsafe-call': 'off',
    },
  },
  {
    // Plain JavaScript that runs before any package is there.
    files: ['**/*.mjs', '**/*.cjs', '**/*.js'],
    extends: [tseslint.configs.disableTypeChecked],
    languageOptions: {
      globals: {
        console: 'readonly',
        process: 'readonly',
        setTimeout: 'readonly',
        setInterval: 'readonly',
        clearInterval: 'readonly',
        setImmediate: 'readonly',
        AbortSignal: 'readonly',
        fetch: 'readonly',
        structuredClone: 'readonly',
        clearTimeout: 'readonly',
        Buffer: 'readonly',
        URL: 'readonly',
        performance: 'readonly',
      },
    },
    rules: { 'no-restricted-syntax': 'off' },
  },
);
