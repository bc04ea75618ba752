import { VariablesRecord, fits } from '@heapmark/protocol';
import { beforeEach, describe, expect, it } from 'vitest';
import { createMemory, type Memory } from '../../../../kernel/src/memory/index.js';
import { FakeNotebook, FakeProbes } from '../fake-notebook.js';

let notebook: FakeNotebook;
let memory: Memory;

beforeEach(() => {
  notebook = new FakeNotebook();
  memory = createMemory(notebook, new FakeProbes());
  return () => memory.close();
});

const listed = (options?: Parameters<Memory['variables']>[0]): string[] =>
  memory.variables(options).variables.map(({ name }) => name);
const row = (name: string) => {
  const found = memory.variables({ all: true }).variables.find((variable) => variable.name === name);
  if (found === undefined) throw new Error(`${name} is not listed`);
  return found;
};

describe('which names are listed', () => {
  beforeEach(() => {
    notebook.define('rows', [1, 2, 3]);
    notebook.define('helper', () => 1, 'function');
    notebook.define('arrow', () => 1);
    notebook.define('Model', class {}, 'class');
    notebook.define('fs', { readFile: () => 1 }, 'import');
    notebook.define('_scratch', 5);
    notebook.defineOnGlobalThis('leaked', 'a text');
  });

  it('is data alone; functions, classes, imports and _names are counted as hidden', () => {
    expect(listed()).toEqual(['rows']);
    expect(memory.variables().hiddenCount).toBe(5);
  });

  it('is everything with all, names on globalThis too', () => {
    expect(listed({ all: true }).sort()).toEqual(['Model', '_scratch', 'arrow', 'fs', 'helper', 'leaked', 'rows']);
  });

  it('has a hidden name that holds over 1 MB, with the reason', () => {
    const memoised = Object.assign(() => 1, { cache: new Uint8Array(2_000_000) });
    notebook.define('memoised', memoised, 'function');
    notebook.define('_big', new Float64Array(1_000_000));
    class Table {
      static readonly rows = new Uint8Array(3_000_000);
    }
    notebook.define('Table', Table, 'class');
    expect(listed().sort()).toEqual(['Table', '_big', 'memoised', 'rows']);
    const note = memory.variables().variables.find(({ name }) => name === 'memoised')?.notes[0];
    expect(note).toMatchObject({ kind: 'hidden' });
  });

  it('has a property of globalThis that holds over 1 MB, with the reason', () => {
    notebook.defineOnGlobalThis('cache', new Uint8Array(2_000_000));
    const { variables, hiddenCount } = memory.variables();
    expect(variables.map(({ name }) => name)).toEqual(['cache', 'rows']);
    expect(variables[0]?.notes[0]).toMatchObject({ kind: 'hidden' });
    expect(variables[0]?.notes[0]?.text).toContain('globalThis');
    expect(hiddenCount).toBe(5);
  });

  it('has a total that is a floor as soon as one part is', () => {
    expect(memory.variables().precision).not.toBe('atLeast');
    notebook.define('later', Promise.resolve());
    expect(memory.variables().precision).toBe('atLeast');
  });

  it('is never a hidden name where data is freed, however large', () => {
    notebook.define('_big', new Uint8Array(2_000_000));
    expect(memory.names('data')).toEqual(['rows']);
  });

  it('hides functions, imports and _names alone from the plain list', () => {
    expect(memory.names('plain')).toEqual(['rows', 'Model']);
  });

  it('follows a glob, a type and an order', () => {
    notebook.cell = 7;
    notebook.define('row2', new Map());
    notebook.define('a.b', 1);
    expect(listed({ pattern: 'row*' }).sort()).toEqual(['row2', 'rows']);
    expect(listed({ pattern: 'row?', sort: 'name' })).toEqual(['row2', 'rows']);
    expect(listed({ pattern: 'a.b' })).toEqual(['a.b']);
    expect(listed({ pattern: 'aXb' })).toEqual([]);
    expect(listed({ type: 'Map' })).toEqual(['row2']);
    expect(listed({ sort: 'cell' })).toEqual(['rows', 'row2', 'a.b']);
    expect(listed({ sort: 'name' })).toEqual(['a.b', 'row2', 'rows']);
  });

  it('says so when a limit cuts the list', () => {
    notebook.define('other', 1);
    const record = memory.variables({ limit: 1 });
    expect(record.variables).toHaveLength(1);
    expect(record.truncated).toBe(true);
    expect(record.leftOut).toBe(1);
    expect(memory.variables({ limit: 2 })).not.toHaveProperty('leftOut');
  });
});

describe('a row', () => {
  it.each<[string, unknown, string, string | null, string]>([
    ['number', 5, 'number', null, '5'],
    ['minus zero', -0, 'number', null, '-0'],
    ['text', 'he said\n\u001b[31m"no"\u202e', 'string', '18', '\'he said\\n\\u{1b}[31m"no"\\u{202e}\''],
    ['undefined', undefined, 'undefined', null, 'undefined'],
    ['null', null, 'null', null, 'null'],
    ['bigint', 12n, 'bigint', null, '12n'],
    ['symbol', Symbol('tag'), 'symbol', null, 'Symbol(tag)'],
    ['array', [1, 'a', { b: 1 }, [2], null, 6, 7], 'Array', '7', "[1, 'a', { b: 1 }, [2], null, … 2 more]"],
    ['holes', [1, , 3], 'Array', '3', '[1, (empty), 3]'], // eslint-disable-line no-sparse-arrays
    [
      'table',
      [
        [1, 2, 3],
        [4, 5, 6],
      ],
      'Array',
      '2 × 3',
      '[[1, 2, 3], [4, 5, 6]]',
    ],
    ['ragged', [[1, 2, 3], [4]], 'Array', '2', '[[1, 2, 3], [4]]'],
    [
      'matrix',
      [new Float64Array(4), new Float64Array(4)],
      'Array',
      '2 × 4',
      '[[0, 0, 0, … 1 more], [0, 0, 0, … 1 more]]',
    ],
    ['typed array', new Float32Array([1.5, 2]), 'Float32Array', '2', '[1.5, 2]'],
    ['buffer', Buffer.from([1, 2]), 'Buffer', '2', '[1, 2]'],
    ['bytes', new ArrayBuffer(64), 'ArrayBuffer', '64 bytes', '64 bytes'],
    ['map', new Map([['k', { v: 1 }]]), 'Map', '1', "{'k' => { v: 1 }}"],
    ['set', new Set([1, 2]), 'Set', '2', '{1, 2}'],
    ['object', { a: 1, 'b c': 'x' }, 'Object', '2 keys', "{ a: 1, b c: 'x' }"],
    [
      'getter',
      {
        get a(): number {
          throw new Error('no');
        },
      },
      'Object',
      '1 key',
      '{ a: [getter] }',
    ],
    ['date', new Date(0), 'Date', null, '1970-01-01T00:00:00.000Z'],
    ['no date', new Date(Number.NaN), 'Date', null, 'Invalid Date'],
    ['regexp', /a+/gi, 'RegExp', null, '/a+/gi'],
    ['error', new RangeError('too far'), 'RangeError', null, 'RangeError: too far'],
    ['promise', Promise.resolve(1), 'Promise', null, '[Promise]'],
    ['proxy', new Proxy({}, {}), 'Proxy', null, '[proxy]'],
    ['class', class Model {}, 'class', null, '[class Model]'],
    [
      'function',
      function named(): void {
        return undefined;
      },
      'function',
      null,
      '[function named]',
    ],
    [
      'instance',
      new (class Point {
        x = 1;
      })(),
      'Point',
      '1 key',
      'Point { x: 1 }',
    ],
    ['boxed', Object(5), 'Number', null, '5'],
  ])('shows type, shape and preview of %s', (_name, value, type, shape, preview) => {
    notebook.define('value', value);
    expect(row('value')).toMatchObject({ type, shape, preview });
  });

  it('keeps previews short, whatever the value', () => {
    for (const value of [
      'x'.repeat(1_000),
      { ['k'.repeat(500)]: 1 },
      Array(9).fill('y'.repeat(99)),
      new Error('m'.repeat(500)),
      10n ** 5_000n,
    ]) {
      notebook.define('value', value);
      expect(row('value').preview.length).toBeLessThanOrEqual(130);
    }
  });

  it('fits the schema for every sort of value', () => {
    notebook.define('a', 1.5);
    notebook.define('b', new Proxy({}, {}));
    notebook.define('c', 'x'.repeat(1e6));
    notebook.define('d', new Uint8Array(1e6).subarray(0, 8));
    const record = memory.variables({ all: true });
    expect(fits(VariablesRecord, record)).toBe(true);
  });

  it('has the exact size of buffers and views', () => {
    notebook.define('buffer', new ArrayBuffer(1_000_000));
    notebook.define('view', new Float64Array(125_000));
    notebook.define('shared', new SharedArrayBuffer(500_000));
    expect(row('buffer').bytes).toBeGreaterThanOrEqual(1_000_000);
    expect(row('buffer').bytes).toBeLessThan(1_000_200);
    expect(row('view').bytes).toBeLessThan(1_000_300);
    expect(row('shared').bytes).toBeLessThan(500_200);
    for (const name of ['buffer', 'view', 'shared']) expect(row(name).precision).toBe('exact');
  });

  it('counts a WebAssembly memory', () => {
    notebook.define('wasm', new WebAssembly.Memory({ initial: 16 }));
    expect(row('wasm').bytes).toBeGreaterThanOrEqual(1_048_576);
  });

  it('has a floor alone where a closure, a promise or a proxy hides what it holds', () => {
    notebook.define('closure', { run: () => 1 });
    notebook.define('promise', Promise.resolve({ a: 1 }));
    notebook.define('proxy', new Proxy({}, {}));
    for (const name of ['closure', 'promise', 'proxy'])
      expect(row(name)).toMatchObject({ precision: 'atLeast', high: null });
  });
});

describe('what variables share', () => {
  it('is in the size of each, once in the total, and named', () => {
    const big = new Float64Array(100_000);
    notebook.define('a', { big, own: new Uint8Array(10_000) });
    notebook.define('b', [big]);
    const { variables, totalBytes } = memory.variables();
    const [a, b] = variables;
    expect(a).toMatchObject({ name: 'a' });
    expect(b).toMatchObject({ name: 'b' });
    expect(a?.sharedBytes).toBeGreaterThanOrEqual(800_000);
    expect(a?.sharedBytes).toBeLessThan(800_400);
    expect(totalBytes).toBe((a?.bytes ?? 0) + (b?.bytes ?? 0) - (a?.sharedBytes ?? 0));
    expect(a?.notes.find(({ kind }) => kind === 'shared')?.text).toBe('shares 800 kB with b');
  });
});

describe('a view of a much larger buffer', () => {
  it('is noted with both sizes and the remedy', () => {
    const base = new Float64Array(1_000_000);
    notebook.define('head', base.subarray(0, 100));
    const note = row('head').notes.find(({ kind }) => kind === 'pinsBuffer');
    expect(note).toMatchObject({ bytes: 8_000_000, remedy: 'head.slice()' });
    expect(note?.text).toContain('8.00 MB');
    expect(note?.text).toContain('800 B');
  });

  it('is noted for a tiny view that does not begin where the buffer does', () => {
    notebook.define('cells', new Float64Array(1_000_000).subarray(10, 13));
    expect(row('cells').notes.some(({ kind }) => kind === 'pinsBuffer')).toBe(true);
  });

  it('is no alarm for pooled Buffers, for a good part, or for its copy', () => {
    const base = new Uint8Array(1_000_000);
    notebook.define('pooled', Buffer.from('small'));
    notebook.define('half', base.subarray(0, 500_000));
    notebook.define('copy', base.subarray(0, 100).slice());
    for (const name of ['pooled', 'half', 'copy'])
      expect(row(name).notes.filter(({ kind }) => kind === 'pinsBuffer')).toEqual([]);
  });

  it('is found inside of other values, unless they hold the whole as well', () => {
    const make = (): Float64Array => new Float64Array(100_000);
    notebook.define(
      'users',
      [1, 2, 3].map(() => ({ rows: [make().subarray(10, 20)] })),
    );
    const base = make();
    notebook.define('both', { base, head: base.subarray(0, 10) });
    expect(row('users').notes.find(({ kind }) => kind === 'pinsBuffer')).toMatchObject({ bytes: 2_400_000 });
    expect(row('both').notes.filter(({ kind }) => kind === 'pinsBuffer')).toEqual([]);
  });

  it('tells a detached buffer', () => {
    const buffer = new ArrayBuffer(1_000_000);
    structuredClone(buffer, { transfer: [buffer] });
    notebook.define('gone', buffer);
    expect(row('gone').bytes).toBeLessThan(200);
    expect(row('gone').notes).toMatchObject(process.versions.node.startsWith('20.') ? [] : [{ kind: 'detached' }]);
  });

  it('takes a view of a detached buffer for what it is: empty', () => {
    const view = new Float64Array(125_000);
    const part = view.subarray(5, 10);
    structuredClone(view.buffer, { transfer: [view.buffer] });
    notebook.define('part', { part });
    expect(row('part').bytes).toBeLessThan(400);
    expect(row('part').notes).toEqual([]);
  });

  it('tells how large a resizable buffer is, and how large it may become', () => {
    const Resizable = ArrayBuffer as unknown as new (
      length: number,
      options: { maxByteLength: number },
    ) => ArrayBuffer & {
      resize(length: number): void;
    };
    const buffer = new Resizable(100_000, { maxByteLength: 5_000_000 });
    notebook.define('grows', buffer);
    expect(row('grows').bytes).toBeLessThan(101_000);
    expect(row('grows').notes).toMatchObject([{ kind: 'resizable', bytes: 5_000_000 }]);
    buffer.resize(400_000);
    notebook.define('head', new Uint8Array(buffer, 0, 10));
    expect(row('grows').bytes).toBeGreaterThan(400_000);
    expect(row('head').notes).toContainEqual(expect.objectContaining({ kind: 'pinsBuffer', bytes: 400_000 }));
  });
});

describe('one level of a value', () => {
  it('gives children with a path that leads on', () => {
    notebook.define('data', {
      list: [{ a: 1 }],
      map: new Map([['k', [7]]]),
      [Symbol('s')]: 5,
      get no(): number {
        throw new Error('no');
      },
    });
    const level = memory.expand(['data']);
    expect(level.total).toBe(4);
    expect(level.children.map(({ key, type, expandable }) => [key, type, expandable])).toEqual([
      ['list', 'Array', true],
      ['map', 'Map', true],
      ['no', 'getter', false],
      ['[Symbol(s)]', 'number', false],
    ]);
    const map = level.children[1];
    const entry = memory.expand(map?.path ?? []).children[0];
    expect(entry).toMatchObject({ key: "'k' =>", type: 'Array' });
    expect(memory.expand(entry?.path ?? []).children[0]).toMatchObject({ key: '[0]', preview: '7', expandable: false });
  });

  it('pages through a large value', () => {
    notebook.define(
      'list',
      Array.from({ length: 10_000 }, (_, i) => i),
    );
    const level = memory.expand(['list'], 9_998, 50);
    expect(level).toMatchObject({ total: 10_000, from: 9_998 });
    expect(level.children.map(({ preview }) => preview)).toEqual(['9998', '9999']);
  });

  it('says what to do when the path leads nowhere any longer', () => {
    notebook.define('list', [1]);
    expect(() => memory.expand(['list', '[5]'])).toThrow(/has changed\. List the variables again/);
    expect(() => memory.expand(['nothing'])).toThrow(/no variable nothing/);
  });
});
