import type { Tensor } from '@tensorflow/tfjs';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { collect, notebook, provider, statsOf, tag, tensors, tf } from './tf-world.js';

describe.each(['cpu', 'wasm'])('TensorFlow.js on %s', (backend) => {
  beforeEach(async () => {
    await tf.setBackend(backend);
    await tf.ready();
    provider.freesCollected = true;
    await collect();
    provider.resetPeak('both');
    notebook.variables.clear();
    notebook.cell = tag(1);
  });

  afterEach(async () => {
    notebook.variables.clear();
    tf.disposeVariables();
    await collect();
  });

  test('names the active backend', () => {
    tf.zeros([1]).dispose();
    expect(provider.stats().filter(({ active }) => active)).toEqual([statsOf(backend)]);
  });

  test('counts live tensors, shared storage once, each view for itself as tf.memory() does', () => {
    const before = statsOf(backend);
    const a = tf.ones([100, 10]);
    const b = a.reshape([1000]);
    const c = a.clone();
    const after = statsOf(backend);
    // A clone copies on wasm and shares elsewhere.
    const storages = backend === 'wasm' ? 2 : 1;
    expect((after.allocated ?? 0) - (before.allocated ?? 0)).toBe(storages * 4000);
    expect((after.viewBytes ?? 0) - (before.viewBytes ?? 0)).toBe(12_000);
    expect(after.liveCount).toBe((before.liveCount ?? 0) + 3);
    tf.dispose([a, b]);
    expect((statsOf(backend).allocated ?? 0) - (before.allocated ?? 0)).toBe(4000);
    c.dispose();
    expect(statsOf(backend)).toMatchObject({ allocated: before.allocated, liveCount: before.liveCount });
  });

  test('agrees to the byte with tf.memory() and with an independent count after 10,000 random steps', () => {
    // Counted at the backend's own border: a storage comes by write or as an output, and goes when it is not found.
    const live: Tensor[] = [];
    const before = { ...tf.memory() };
    const counted = statsOf(backend);
    let steps = 0;
    const pick = (n: number): Tensor | undefined => (live.length === 0 ? undefined : live[n % live.length]);
    const step = fc.tuple(fc.nat(6), fc.nat(1000), fc.integer({ min: 1, max: 64 }));
    for (const [kind, which, size] of fc.sample(step, { numRuns: 10_000, seed: 7 })) {
      steps += 1;
      const chosen = pick(which);
      if (kind === 0 || chosen === undefined) live.push(tf.fill([size, 3], which));
      else if (kind === 1) live.push(chosen.clone());
      else if (kind === 2) live.push(chosen.reshape([-1]));
      else if (kind === 3) live.push(tf.tidy(() => chosen.add(1).mul(2).reshape([-1])));
      else if (kind === 4) live.push(tf.cast(chosen, 'bool'));
      else live.splice(which % live.length, 1)[0]?.dispose();
      if (live.length > 300) for (const gone of live.splice(0, 150)) gone.dispose();
    }
    expect(steps).toBe(10_000);
    const memory = tf.memory();
    const now = statsOf(backend);
    expect((now.viewBytes ?? 0) - (counted.viewBytes ?? 0)).toBe(memory.numBytes - before.numBytes);
    expect((now.liveCount ?? 0) - (counted.liveCount ?? 0)).toBe(memory.numTensors - before.numTensors);
    const storages = new Map<object, number>();
    for (const tensor of live) {
      const bytes = tensor.size * (tensor.dtype === 'bool' ? 1 : 4);
      storages.set(tensor.dataId, Math.max(bytes, storages.get(tensor.dataId) ?? 0));
    }
    const independent = [...storages.values()].reduce((sum, bytes) => sum + bytes, 0);
    expect((now.allocated ?? 0) - (counted.allocated ?? 0)).toBe(independent);
    tf.dispose(live);
    expect(statsOf(backend).allocated).toBe(counted.allocated);
  });

  test('keeps the peak of live tensors until it is reset', () => {
    tf.tidy(() => void tf.ones([1000]).add(1));
    const { peak, allocated } = statsOf(backend);
    expect((peak ?? 0) - (allocated ?? 0)).toBeGreaterThanOrEqual(8000);
    provider.resetPeak('allocated');
    expect(statsOf(backend).peak).toBe(allocated);
  });

  test('tells the cell that made a tensor, and the variables that reach it', () => {
    notebook.cell = tag(4);
    const made = tf.ones([250]);
    notebook.variables.set('deep', { list: [new Map([['k', made]])] });
    notebook.variables.set('same', made);
    const record = tensors.record().tensors.find(({ id }) => id === made.id);
    expect(record).toMatchObject({
      shape: [250],
      dtype: 'float32',
      bytes: 1000,
      backend,
      provider: 'tfjs',
      cell: { cellId: 'c4', executionCount: 4 },
      variables: ['deep', 'same'],
    });
    made.dispose();
  });

  test('frees tensors that nobody refers to any longer, and nothing twice', async () => {
    const before = statsOf(backend);
    const memory = tf.memory().numBytes;
    const kept = ((): Tensor => {
      const dropped = tf.ones([5000]);
      for (let i = 0; i < 20; i++) tf.fill([100], i);
      return dropped.reshape([50, 100]);
    })();
    await collect();
    expect((statsOf(backend).allocated ?? 0) - (before.allocated ?? 0)).toBe(20_000);
    expect(tf.memory().numBytes - memory).toBe(20_000);
    expect(kept.sum().dataSync()[0]).toBe(5000);
    kept.dispose();
    await collect();
    expect(statsOf(backend).allocated).toBe(before.allocated);
    expect(tf.memory().numBytes).toBe(memory);
  });

  test('leaves collected tensors alone where it is asked to, as far as the library itself would', async () => {
    provider.freesCollected = false;
    const before = statsOf(backend).allocated ?? 0;
    (() => void tf.ones([5000]))();
    await collect();
    // On the cpu the collector itself has freed the data.
    expect((statsOf(backend).allocated ?? 0) - before).toBe(backend === 'cpu' ? 0 : 20_000);
    provider.freesCollected = true;
    expect(statsOf(backend).allocated).toBe(before);
  });

  test('disposes by id like a call of the user: the tensor says so afterwards, its views live on', () => {
    const made = tf.ones([10]);
    const view = made.reshape([2, 5]);
    notebook.variables.set('made', made);
    const { disposed } = tensors.dispose([made.id]);
    expect(disposed).toEqual([made.id]);
    expect(made.isDisposed).toBe(true);
    made.dispose();
    expect(view.sum().dataSync()[0]).toBe(10);
    view.dispose();
    expect(tensors.dispose([made.id, 123_456_789])).toEqual({ disposed: [], bytes: 0 });
  });

  test('finds the weights of a model, and what only it holds', async () => {
    const model = tf.sequential();
    model.add(tf.layers.dense({ units: 8, inputShape: [4] }));
    model.add(tf.layers.dense({ units: 1 }));
    model.compile({ optimizer: 'adam', loss: 'meanSquaredError' });
    const xs = tf.ones([16, 4]);
    const ys = tf.ones([16, 1]);
    await model.fit(xs, ys, { epochs: 2, verbose: 0 });
    notebook.variables.set('model', model);
    notebook.variables.set('data', { xs, ys });
    const weights = model.getWeights().reduce((sum, weight) => sum + weight.size * 4, 0);
    const held = tensors.heldBy(['model']);
    expect(held.certain).toBe(true);
    const ids = new Set(held.only.map(({ id }) => id));
    expect(held.only.reduce((sum, { bytes }) => sum + bytes, 0)).toBeGreaterThanOrEqual(weights);
    expect(ids.has(xs.id)).toBe(false);
    const before = statsOf(backend).allocated ?? 0;
    const objects = new Map(held.only.map(({ id, object }) => [id, object]));
    tensors.dispose([...ids], objects);
    notebook.variables.delete('model');
    expect(before - (statsOf(backend).allocated ?? 0)).toBeGreaterThanOrEqual(weights);
    expect(xs.sum().dataSync()[0]).toBe(64);
    tf.dispose([xs, ys]);
  });

  test('a training in which tidy and dispose are used leaves the account where it was', async () => {
    const before = statsOf(backend);
    const weight = tf.variable(tf.zeros([4, 1]));
    const optimizer = tf.train.sgd(0.1);
    const xs = tf.ones([8, 4]);
    for (let i = 0; i < 20; i++) {
      optimizer.minimize(() => xs.matMul(weight).sub(1).square().mean().asScalar());
      await collect();
    }
    xs.dispose();
    weight.dispose();
    optimizer.dispose();
    await collect();
    expect(statsOf(backend).liveCount).toBe(before.liveCount);
    expect(statsOf(backend).allocated).toBe(before.allocated);
  });

  test('counts texts by the library’s own measure', () => {
    const before = statsOf(backend).allocated ?? 0;
    const memory = tf.memory().numBytes;
    const words = tf.tensor(['ab', 'cdef']);
    expect((statsOf(backend).allocated ?? 0) - before).toBe(tf.memory().numBytes - memory);
    words.dispose();
    expect(statsOf(backend).allocated).toBe(before);
  });
});

test('data that moves between backends moves between their accounts', async () => {
  await tf.setBackend('cpu');
  const made = tf.ones([1000]);
  const cpu = statsOf('cpu').allocated ?? 0;
  await tf.setBackend('wasm');
  tf.zeros([1]).dispose();
  const wasm = statsOf('wasm').allocated ?? 0;
  made.add(1).dispose();
  expect(statsOf('cpu').allocated).toBe(cpu - 4000);
  expect(statsOf('wasm').allocated).toBe(wasm + 4000);
  made.dispose();
});

test('a wasm backend is made anew around its live tensors only when asked for, and gives its memory back', async () => {
  await tf.setBackend('wasm');
  const kept = tf.ones([1000]);
  tf.tidy(() => void tf.zeros([30_000_000]));
  const reserved = statsOf('wasm').reserved ?? 0;
  expect(reserved).toBeGreaterThan(120_000_000);
  const asked = await provider.emptyCache(false);
  expect(asked.find(({ backend }) => backend === 'wasm')).toMatchObject({
    reservedBefore: reserved,
    reservedAfter: reserved,
    reason: expect.stringContaining('--all') as string,
  });
  const rebuilt = await provider.emptyCache(true);
  const wasm = rebuilt.find(({ backend }) => backend === 'wasm');
  expect(wasm?.reason).toBeNull();
  expect(wasm?.reservedAfter).toBeLessThan(20_000_000);
  expect(tf.getBackend()).toBe('wasm');
  expect(kept.sum().dataSync()[0]).toBe(1000);
  expect(statsOf('wasm').peakReserved).toBe(reserved);
  provider.resetPeak('reserved');
  expect(statsOf('wasm').peakReserved).toBe(statsOf('wasm').reserved);
  kept.dispose();
});

test('an engine that is reset has no tensors left', () => {
  notebook.cell = tag(9);
  tf.ones([10]);
  tf.engine().reset();
  expect([...provider.tensors()]).toEqual([]);
});
