import { setFlagsFromString } from 'node:v8';
import { runInThisContext } from 'node:vm';
import { describe, expect, it } from 'vitest';
import type { DeclarationKind } from '../../../kernel/src/ipc/cell.js';
import { Globals } from '../../../kernel/src/runtime/globals.js';

const tag = (executionCount: number) => ({ parentId: `p${executionCount}`, cellId: null, executionCount });

function setUp(globalObject: Record<string, unknown> = { nodes: 1 }) {
  const forgotten: [string[], string][] = [];
  const globals = new Globals((names, reason) => forgotten.push([names, reason]), globalObject);
  const define = (name: string, value: unknown, kind: DeclarationKind = 'let', cell = 1): void =>
    globals.define(globals.binding(name), value, kind, tag(cell));
  return { globals, forgotten, define, globalObject };
}

describe('a binding', () => {
  it('is the same for a name, before and after its declaration, a free and another declaration', () => {
    const { globals, define } = setUp();
    const binding = globals.binding('x');
    define('x', 1);
    expect(binding.v).toBe(1);
    globals.free(['x'], 'free');
    expect(() => binding.v).toThrow(new ReferenceError('x was freed'));
    define('x', 'again', 'const', 2);
    expect(binding.v).toBe('again');
    expect(globals.binding('x')).toBe(binding);
  });

  it('is not made by an assignment: a freed name stays freed', () => {
    const { globals, define } = setUp();
    define('x', 1);
    globals.free(['x'], 'free');
    expect(() => (globals.binding('x').v = 2)).toThrow(new ReferenceError('x was freed'));
    expect(() => (globals.binding('unheard').v = 2)).toThrow(new ReferenceError('unheard is not defined'));
    expect(globals.isDefined('x')).toBe(false);
  });

  it('may hold undefined, which is a value', () => {
    const { globals, define } = setUp();
    define('x', undefined);
    expect(globals.isDefined('x')).toBe(true);
    expect(globals.binding('x').v).toBeUndefined();
  });

  it('is read too early while its cell runs, even where Node has the name', () => {
    const { globals, define } = setUp();
    globals.awaitDeclaration(['nodes'], true);
    expect(() => globals.binding('nodes').v).toThrow("Cannot access 'nodes' before initialization");
    define('nodes', 2);
    globals.awaitDeclaration(['nodes'], false);
    expect(globals.binding('nodes').v).toBe(2);
  });

  it('stands for a global of Node where no cell declares the name', () => {
    const { globals, globalObject } = setUp();
    expect(globals.binding('nodes').v).toBe(1);
    globals.binding('nodes').v = 5;
    expect(globalObject['nodes']).toBe(5);
  });

  it('hides a global of Node for good once a cell has declared the name', () => {
    const { globals, define } = setUp();
    define('nodes', 2);
    globals.free(['nodes'], 'free');
    expect(() => globals.binding('nodes').v).toThrow('nodes was freed');
  });
});

describe('the list of names', () => {
  it('has those with a value, in the order of their first declaration, with kind and last owner', () => {
    const { globals, define } = setUp();
    define('b', 1);
    define('a', 2, 'const', 2);
    globals.binding('used');
    define('b', 3, 'function', 3);
    expect(
      [...globals.entries()].map(({ name, kind, owner, value }) => [name, kind, owner.executionCount, value]),
    ).toEqual([
      ['b', 'function', 3, 3],
      ['a', 'const', 2, 2],
    ]);
    expect(globals.size).toBe(2);
    expect(globals.get('used')).toBeUndefined();
    globals.free(['b'], 'free');
    expect(globals.get('b')).toMatchObject({ defined: false, value: undefined });
    expect(globals.size).toBe(1);
  });

  it('tells what a free removed, once', () => {
    const { globals, define, forgotten } = setUp();
    define('x', 1);
    define('y', 1);
    expect(globals.free(['x', 'x', 'never', 'y'], 'reset')).toEqual(['x', 'y']);
    expect(globals.free(['x'], 'free')).toEqual([]);
    expect(forgotten).toEqual([[['x', 'y'], 'reset']]);
  });

  it('has names put on the global object since the start, without running their getters', () => {
    const { globals, globalObject, forgotten } = setUp();
    globalObject['mine'] = [1];
    Object.defineProperty(globalObject, 'trap', {
      configurable: true,
      get() {
        throw new Error('ran');
      },
    });
    expect(globals.addedToGlobalThis().map(({ name, value }) => [name, value])).toEqual([
      ['mine', [1]],
      ['trap', undefined],
    ]);
    expect(globals.free(['mine', 'nodes'], 'free')).toEqual(['mine']);
    expect(globalObject).not.toHaveProperty('mine');
    expect(globalObject).toHaveProperty('nodes');
    expect(forgotten).toEqual([[['mine'], 'free']]);
  });

  it('takes 15,000 names, and a read stays fast after one was freed', () => {
    const { globals, define } = setUp();
    for (let index = 0; index < 15_000; index += 1) define(`name${index}`, index);
    globals.free(['name7'], 'free');
    expect(globals.size).toBe(14_999);
    setFlagsFromString('--allow-natives-syntax');
    const hasFastProperties = runInThisContext('(object) => %HasFastProperties(object)') as (object: object) => boolean;
    // A property of an object in dictionary mode takes ten times as long.
    expect([7, 8, 14_999].map((index) => hasFastProperties(globals.binding(`name${index}`)))).toEqual([
      true,
      true,
      true,
    ]);
    expect(hasFastProperties(Object.assign(Object.create(null), { v: 1 }) as object)).toBe(false);
    setFlagsFromString('--no-allow-natives-syntax');
  });
});
