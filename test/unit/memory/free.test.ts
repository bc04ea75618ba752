import { FreeRecord, fits } from '@heapmark/protocol';
import { beforeEach, describe, expect, it } from 'vitest';
import { createMemory, type Memory } from '../../../kernel/src/memory/index.js';
import { FakeNotebook } from './fake-notebook.js';

let notebook: FakeNotebook;
let memory: Memory;

beforeEach(() => {
  notebook = new FakeNotebook();
  memory = createMemory(notebook);
  return () => memory.close();
});

describe('a free', () => {
  it('gives back the bytes of a sole holder and says so', async () => {
    notebook.define('rows', new Uint8Array(50_000_000).fill(1));
    const record = await memory.free(['rows']);
    expect(fits(FreeRecord, record)).toBe(true);
    expect(record.freed).toEqual(['rows']);
    expect(record.bytesReturned.arrayBuffers).toBeGreaterThanOrEqual(0.99 * 50_000_000);
    expect(record.bytesExpected).toBeGreaterThanOrEqual(50_000_000);
    expect(record.bytesExpected).toBeLessThan(50_001_000);
    expect(record.stillHeld).toEqual([]);
  });

  it('gives back heap objects', async () => {
    notebook.define(
      'list',
      Array.from({ length: 200_000 }, (_, i) => ({ i, j: i })),
    );
    const record = await memory.free(['list']);
    expect(record.bytesReturned.heap).toBeGreaterThan(0.95 * (record.bytesExpected ?? 0));
    expect(record.bytesExpected).toBeGreaterThan(8_000_000);
  });

  it('names another name of the same value', async () => {
    const rows = new Float64Array(100_000);
    notebook.define('a', rows);
    notebook.define('b', rows);
    const record = await memory.free(['a']);
    expect(record.stillHeld).toMatchObject([{ name: 'a', holder: 'held by another name: `b`' }]);
    expect(record.bytesExpected).toBe(0);
    expect(record.sharedKept).toMatchObject([{ name: 'a', with: ['b'] }]);
  });

  it('names a small view at the start of a buffer as what holds it', async () => {
    const define = (): void => {
      const large = Buffer.alloc(3_000_000);
      notebook.define('large', large);
      notebook.define('view', large.subarray(0, 10));
    };
    define();
    const record = await memory.free(['large']);
    expect(record.sharedKept).toMatchObject([{ name: 'large', with: ['view'] }]);
    expect(record.stillHeld).toEqual([]);
    expect(record.bytesExpected).toBeLessThan(1_000);
  });

  it('counts no garbage that was there before as freed', async () => {
    let held: unknown = Array.from({ length: 1_000 }, (_, i) => ({ i }));
    notebook.define('c0', held);
    notebook.define('c1', held);
    let garbage: unknown = Array.from({ length: 50_000 }, (_, i) => ({ i }));
    garbage = undefined;
    const record = await memory.free(['c0']);
    // The garbage is over 2 MB; what V8 compiles meanwhile comes and goes by some 100 kB.
    expect(record.bytesReturned.heap).toBeLessThan(1_000_000);
    expect(garbage).toBe(undefined);
    held = undefined;
  });

  it('does not take a concatenation that cost next to nothing for a text that is still there', async () => {
    notebook.define('rope', 'é€'.repeat(5_000_000));
    const record = await memory.free(['rope']);
    expect(record.stillHeld).toEqual([]);
  });

  it('shows the way to a value through containers', async () => {
    const model = { weights: new Float64Array(10_000) };
    notebook.define('model', model);
    notebook.define('cache', new Map([['k3', { value: model }]]));
    const record = await memory.free(['model']);
    expect(record.stillHeld[0]?.holder).toBe("held by `cache` -> Map entry 'k3' -> value -> .value");
  });

  it('says that a closure may hold what no variable reaches', async () => {
    let hidden: unknown = { table: new Float64Array(10_000) };
    notebook.define('table', hidden);
    notebook.define('f', () => hidden, 'function');
    const record = await memory.free(['table']);
    expect(record.stillHeld).toMatchObject([{ name: 'table', holder: null }]);
    expect(record.stillHeld[0]?.reason).toMatch(/closure/);
    hidden = undefined;
  });

  it('tells a part that lives on although the value went', async () => {
    const part = new Float64Array(50_000);
    notebook.define('data', { part, other: new Float64Array(1_000) });
    const record = await memory.free(['data']);
    expect(record.stillHeld).toMatchObject([{ name: 'data.part', holder: null }]);
    expect(memory.leftovers('data')?.values.map(({ name }) => name)).toEqual(['data.part']);
    expect(memory.leftovers('data.part')?.values).toHaveLength(1);
    expect(memory.leftovers('part')).toBe(null);
    expect(part).toHaveLength(50_000);
  });

  it('tells what lives on deep inside of containers that went', async () => {
    const table = { rows: [{ id: 1 }], numbers: new Float64Array(500_000) };
    notebook.define('report', { title: 'week', parts: new Map([['sensors', table]]) });
    notebook.define('find', () => table, 'function');
    const record = await memory.free(['report']);
    expect(record.stillHeld).toMatchObject([{ name: "report.parts.get('sensors')", holder: null }]);
    expect(memory.leftovers('report')?.values).toHaveLength(1);
  });

  it('finds a large part far behind many small ones', async () => {
    const far = new Float64Array(100_000);
    notebook.define('list', [...Array.from({ length: 500 }, (_, i) => ({ i })), { far }]);
    const record = await memory.free(['list']);
    expect(record.stillHeld.map(({ name }) => name)).toEqual(['list[500].far']);
    expect(far).toHaveLength(100_000);
  });

  it('forgets names of which all went', async () => {
    notebook.define('data', { numbers: new Float64Array(1_000) });
    const record = await memory.free(['data']);
    expect(record.stillHeld).toEqual([]);
    expect(memory.leftovers('data')).toBe(null);
  });

  it('tells what other variables share and keep', async () => {
    // In a function of its own: a local of this one would hold it.
    const define = (): void => {
      const rows = Array.from({ length: 100 }, (_, i) => ({ i, data: new Uint8Array(1_000) }));
      notebook.define('rows', rows);
      notebook.define('first', rows[0]);
    };
    define();
    const record = await memory.free(['rows']);
    expect(record.sharedKept).toMatchObject([{ name: 'rows', with: ['first'] }]);
    expect(record.stillHeld).toEqual([]);
  });

  it('takes several names with one account', async () => {
    const define = (shared: Uint8Array): void => {
      notebook.define('a', { shared });
      notebook.define('b', { shared });
    };
    define(new Uint8Array(5_000_000).fill(1));
    const record = await memory.free(['a', 'b']);
    expect(record.freed).toEqual(['a', 'b']);
    expect(record.bytesExpected).toBeLessThan(5_001_000);
    expect(record.bytesReturned.arrayBuffers).toBeGreaterThanOrEqual(4_850_000);
    expect(record.sharedKept).toEqual([]);
  });

  it('verifies a text by its bytes', async () => {
    notebook.define('text', Buffer.alloc(5_000_000, 'text').toString('utf8'));
    const record = await memory.free(['text']);
    expect(record.stillHeld).toEqual([]);
    const { heap, otherExternal } = record.bytesReturned;
    expect((heap ?? 0) + (otherExternal ?? 0)).toBeGreaterThan(4_900_000);
  });

  it('tells a text whose bytes did not come back', async () => {
    const text = Buffer.alloc(5_000_000, 'text').toString('utf8');
    notebook.define('text', text);
    const record = await memory.free(['text']);
    expect(record.stillHeld[0]).toMatchObject({ name: 'text', holder: null });
    expect(text).toHaveLength(5_000_000);
  });

  it('says nothing of imports and trifles that live on when much is freed', async () => {
    const trifle = { a: 1 };
    const large = new Float64Array(10_000);
    notebook.define('trifle', trifle);
    notebook.define('large', large);
    notebook.define('path', process.versions, 'import');
    notebook.define('everything', globalThis);
    const record = await memory.free(['trifle', 'large', 'path', 'everything']);
    expect(record.freed).toHaveLength(4);
    expect(record.stillHeld.map(({ name }) => name)).toEqual(['large']);
    expect([trifle.a, large.length]).toEqual([1, 10_000]);
  });

  it('leaves names out that are not there', async () => {
    expect((await memory.free(['nothing'])).freed).toEqual([]);
  });
});

describe('holders', () => {
  it('are named for a value that is alive', () => {
    const value = { a: 1 };
    notebook.define('value', value);
    notebook.define('list', [0, [value]]);
    const record = memory.why('value');
    expect(record.holders.map(({ text }) => text)).toEqual([
      'held by its name: `value`',
      'held by `list` -> [1] -> [0]',
    ]);
    expect(record.source).toBe('walk');
  });

  it('say that texts cannot be told apart', () => {
    notebook.define('text', 'abc');
    expect(memory.why('text').reason).toMatch(/no identity/);
  });

  it('are other names of the same object for aliases', () => {
    const value = {};
    notebook.define('a', value);
    notebook.define('b', value);
    notebook.define('c', {});
    notebook.define('n', 1);
    notebook.define('m', 1);
    expect(memory.aliases('a')).toEqual(['b']);
    expect(memory.aliases('n')).toEqual([]);
  });
});

describe('a collection', () => {
  it('tells what it returned by kind, and counts by kind', async () => {
    const litter = (): number => new Uint8Array(20_000_000).fill(1).length;
    expect(litter()).toBe(20_000_000);
    const record = await memory.collect({ stats: true });
    expect(record.returned.arrayBuffers).toBeGreaterThanOrEqual(19_000_000);
    const major = record.stats?.find(({ kind }) => kind === 'major');
    expect(major?.forced).toBeGreaterThanOrEqual(2);
    expect(record.timeShare).toBeGreaterThan(0);
  });

  it('takes the young generation alone when asked to', async () => {
    const record = await memory.collect({ minor: true });
    expect(record).toMatchObject({ kind: 'minor', stats: null });
  });
});

describe('a report', () => {
  it('has the nearest limit first and no figure that is unknown as 0', () => {
    const record = memory.report([]);
    expect(record.limits.length).toBeGreaterThan(0);
    const shares = record.limits.map(({ used, limit }) => (used ?? 0) / (limit ?? 1));
    expect([...shares].sort((a, b) => b - a)).toEqual(shares);
    expect(record.sample).toMatchObject({ workers: null, tensors: null, gpu: null });
    expect(record.sample.heapUsed).toBeGreaterThan(1_000_000);
  });
});
