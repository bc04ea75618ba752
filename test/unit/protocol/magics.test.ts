import { describe, expect, test } from 'vitest';
import { magicDeclaration, magicDeclarations } from '@heapmark/protocol';

test('every magic has a name of its own', () => {
  const names = magicDeclarations.map(({ name }) => name);
  expect(new Set(names).size).toBe(names.length);
});

test('a declaration is found by its name, and nothing by another', () => {
  expect(magicDeclaration('vars')?.functionForm).toBe('vars');
  expect(magicDeclaration('%vars')).toBeUndefined();
  expect(magicDeclaration('toString')).toBeUndefined();
});

describe.each(magicDeclarations.map((declared) => [declared.name, declared] as const))('%s', (_name, declared) => {
  test('says what it does in one sentence', () => {
    expect(declared.summary).toMatch(/^[A-Z].*\.$/s);
    expect(declared.summary).not.toContain('\n');
  });

  test('has options that begin with a minus, each once, and positionals in capitals', () => {
    const names = declared.args.flatMap(({ name, alias }) => (alias === undefined ? [name] : [name, alias]));
    expect(new Set(names).size).toBe(names.length);
    for (const { name, kind } of declared.args) {
      expect(name).toMatch(kind === 'flag' || kind === 'option' ? /^(?:-[a-z]|--[a-z]+)$/ : /^[A-Z]+$/);
    }
  });

  test('has at most one rest argument, behind all positionals', () => {
    const kinds = declared.args.map(({ kind }) => kind).filter((kind) => kind === 'positional' || kind === 'rest');
    expect(kinds.slice(0, -1)).not.toContain('rest');
  });

  test('says of each argument what it takes and does', () => {
    for (const argument of declared.args) {
      expect(argument.help).not.toBe('');
      expect(argument.value === undefined).toBe(argument.kind === 'flag');
    }
  });

  test('has examples that name it', () => {
    for (const example of declared.examples ?? []) expect(example).toMatch(new RegExp(`^%%?${declared.name}\\b`));
  });
});
