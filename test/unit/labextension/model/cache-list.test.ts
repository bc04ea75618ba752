import type { CacheRecord } from '@heapmark/protocol';
import { beforeEach, expect, test } from 'vitest';
import { KernelLink } from '../../../../labextension/src/client/link.js';
import { LOOKS_KEPT } from '../../../../labextension/src/model/cache-list.js';
import { MemoryModel } from '../../../../labextension/src/model/memory-model.js';
import { FakeKernel, hello, settle } from '../fake-kernel.js';

const cache = (name: string, more: Partial<CacheRecord> = {}): CacheRecord => ({
  name,
  kind: 'memoize',
  hits: 0,
  misses: 0,
  size: 1,
  maxSize: 128,
  maxBytes: null,
  bytes: 100,
  precision: 'exact',
  evictions: 0,
  loads: 0,
  averageLoadMs: null,
  savedMs: null,
  oldest: null,
  clearable: true,
  resizable: true,
  advice: null,
  ...more,
});

let kernel: FakeKernel;
let model: MemoryModel;

beforeEach(async () => {
  kernel = new FakeKernel();
  kernel.answers.hello = { ...hello, methods: [...hello.methods, 'caches', 'cacheClear', 'cacheResize'] };
  kernel.answers.caches = { caches: [cache('small'), cache('large', { bytes: 1e6 })] };
  kernel.answers.cacheClear = { cleared: 3, bytes: 2000 };
  const link = new KernelLink(kernel, { client: 'test', onInvalid: (problem) => expect.fail(problem.message) });
  model = new MemoryModel(link, () => 5000);
  model.watch({ topics: ['warning'] });
  await settle();
});

test('the largest cache comes first, and nothing is asked by itself', async () => {
  expect(kernel.methods).not.toContain('caches');
  await model.caches.fetch();
  expect(model.caches.records.map(({ name }) => name)).toEqual(['large', 'small']);
});

test('a line tells how often a cache was hit between two looks, and skips looks without use', async () => {
  const look = async (hits: number, misses: number): Promise<void> => {
    kernel.answers.caches = { caches: [cache('a', { hits, misses })] };
    await model.caches.fetch();
  };
  await look(1, 3);
  await look(1, 3);
  await look(4, 4);
  expect(model.caches.ratesOf('a')).toEqual([0.25, 0.75]);
  await look(0, 2);
  expect(model.caches.ratesOf('a')).toEqual([0]);
  for (let n = 1; n < 100; n += 1) await look(n, 2);
  expect(model.caches.ratesOf('a')).toHaveLength(LOOKS_KEPT);
  expect(model.caches.ratesOf('none')).toEqual([]);
});

test('emptying one says what came of it and asks again', async () => {
  await model.caches.clear('small', (cleared, bytes) => `${cleared} ${bytes}`);
  expect(model.caches.outcome).toBe('3 2000');
  expect(kernel.channel.asked('cacheClear')[0]?.params).toEqual({ name: 'small' });
  expect(kernel.methods.filter((method) => method === 'caches')).toHaveLength(1);
});

test('what was known of an old runtime is forgotten', async () => {
  await model.caches.fetch();
  model.caches.forget();
  expect([model.caches.records, model.caches.outcome]).toEqual([[], null]);
});
