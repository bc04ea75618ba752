import type { FreeRecord, VariableRecord } from '@heapmark/protocol';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Memory } from '../../../kernel/src/memory/index.js';
import { TensorCells } from '../../../kernel/src/tensors/cells.js';
import { withTensors } from '../../../kernel/src/tensors/memory.js';
import { collect, notebook, provider, tag, tensors, tf } from './tf-world.js';

const plain = {
  variables: () => ({
    variables: [...notebook.variables.keys()].map((name) => ({ name, tensorBytes: null, notes: [] })),
  }),
  sample: () => ({ tensors: null }),
  async free(names: readonly string[]) {
    for (const name of names) notebook.variables.delete(name);
    await collect();
    return { freed: [...names], bytesReturned: { tensors: null } };
  },
} as unknown as Memory;
const memory = withTensors(plain, tensors);
const variable = (name: string): VariableRecord | undefined =>
  memory.variables().variables.find((record) => record.name === name);

beforeEach(async () => {
  await tf.setBackend('wasm');
  await collect();
  provider.freesCollected = true;
  notebook.cell = tag(1);
});
afterEach(() => {
  notebook.variables.clear();
  tf.disposeVariables();
});

describe('the list of variables', () => {
  test('tells tensor bytes by variable, shared storage once, and names who shares', () => {
    const base = tf.ones([1000]);
    notebook.variables.set('both', [base, base.reshape([10, 100])]);
    notebook.variables.set('view', new Map([['v', base.reshape([100, 10])]]));
    notebook.variables.set('none', { a: 1 });
    expect(variable('both')?.tensorBytes).toBe(4000);
    expect(variable('view')?.notes[0]?.text).toBe('shares 4.00 kB of tensors with both');
    expect(variable('none')).toMatchObject({ tensorBytes: 0, notes: [] });
    expect(memory.sample().tensors).toBe(tensors.allocated);
  });

  test('runs no getter and no proxy trap on its way', () => {
    let ran = 0;
    const trap = new Proxy({}, { getOwnPropertyDescriptor: () => void (ran += 1), ownKeys: () => [String(ran++)] });
    const getter = Object.defineProperty({}, 'id', { enumerable: true, get: () => (ran += 1) });
    notebook.variables.set('hostile', { trap, getter, kept: tf.ones([10]) });
    expect(variable('hostile')?.tensorBytes).toBe(40);
    expect(ran).toBe(0);
  });
});

describe('freeing', () => {
  const weightsOf = (record: FreeRecord) => record.tensors;
  const setModel = (): void => {
    notebook.variables.set('model', { weights: [tf.variable(tf.ones([500])), tf.variable(tf.ones([500]))] });
  };

  test('says that the library still refers to the weights of a model, which stay', async () => {
    setModel();
    const record = await memory.free(['model']);
    expect(weightsOf(record)).toMatchObject({ disposed: 0, kept: 2, keptBytes: 4000 });
    expect(weightsOf(record)?.reason).toContain('--dispose');
  });

  test('disposes what only the freed variables hold, and leaves what others reach', async () => {
    const before = tensors.allocated ?? 0;
    setModel();
    const shared = tf.ones([100]);
    notebook.variables.set('model', [notebook.variables.get('model'), shared]);
    notebook.variables.set('other', { shared });
    const record = await memory.free(['model'], { dispose: true });
    expect(weightsOf(record)).toMatchObject({ disposed: 2, kept: 0, sharedBytes: 400, reason: null });
    expect(record.bytesReturned.tensors).toBe(4000);
    expect(shared.isDisposed).toBe(false);
    shared.dispose();
    expect(tensors.allocated).toBe(before);
  });
});

describe('cells', () => {
  test('carry the change and the peak of live tensors', () => {
    const cells = new TensorCells(tensors);
    cells.begins(tag(1));
    const kept = tf.ones([100]);
    tf.tidy(() => void tf.ones([1000]));
    expect(cells.measure()).toEqual({ delta: 400, peak: (tensors.allocated ?? 0) + 4000 });
    kept.dispose();
  });

  test('a cell that left tensors to nobody is told once, and again when they have doubled', async () => {
    provider.freesCollected = false;
    const cells = new TensorCells(tensors);
    notebook.cell = tag(3);
    const leak = (count: number): void => {
      for (let i = 0; i < count; i++) tf.ones([100]);
    };
    leak(20);
    await collect();
    expect(cells.leaks(tag(3))).toEqual([]);
    const [warning] = cells.leaks(tag(4));
    expect(warning?.kind).toBe('tensorLeak');
    expect(warning?.text).toContain('Cell [3] made 20 tensors (8.00 kB)');
    expect(cells.leaks(tag(5))).toEqual([]);
    leak(20);
    expect(cells.leaks(tag(6))).toHaveLength(1);
    provider.freesCollected = true;
    await collect();
    expect(cells.leaks(tag(7))).toEqual([]);
  });
});
