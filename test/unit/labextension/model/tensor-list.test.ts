import type { TensorRecord, TensorsRecord } from '@heapmark/protocol';
import { beforeEach, expect, test } from 'vitest';
import { KernelLink } from '../../../../labextension/src/client/link.js';
import { MemoryModel } from '../../../../labextension/src/model/memory-model.js';
import { FakeKernel, hello, settle } from '../fake-kernel.js';

const tensor = (id: number, bytes: number, executionCount: number): TensorRecord => ({
  id,
  shape: [id, 1000 - id],
  dtype: 'float32',
  bytes,
  backend: 'wasm',
  provider: 'tfjs',
  cell: { cellId: null, executionCount },
  variables: [],
});

const record: TensorsRecord = {
  stats: [],
  tensors: [tensor(12, 100, 3), tensor(3, 900, 5), tensor(7, 500, 1)],
  truncated: false,
  webgpu: null,
  onnxSessions: [],
  freesCollected: true,
  notes: [],
};

let kernel: FakeKernel;
let model: MemoryModel;

beforeEach(async () => {
  kernel = new FakeKernel();
  const methods = ['tensors', 'gpu', 'dispose', 'emptyCache', 'endProcess'];
  kernel.answers.hello = { ...hello, methods: [...hello.methods, ...methods] };
  kernel.answers.tensors = record;
  kernel.answers.gpu = { devices: [], reason: 'none', notes: [] };
  kernel.answers.dispose = { disposed: [3], bytes: 900 };
  const link = new KernelLink(kernel, { client: 'test', onInvalid: (problem) => expect.fail(problem.message) });
  model = new MemoryModel(link, () => 5000);
  model.watch({ topics: ['warning'] });
  await settle();
});

test('nothing is asked by itself, and there is nothing to show without a library or a device', async () => {
  expect(kernel.methods).not.toContain('tensors');
  await model.tensors.fetch();
  expect(model.tensors.isEmpty).toBe(true);
});

test('tensors are ordered by size, by cell or by shape', async () => {
  await model.tensors.fetch();
  const ids = (): number[] => model.tensors.tensors.map(({ id }) => id);
  expect(ids()).toEqual([3, 7, 12]);
  model.tensors.order = 'cell';
  expect(ids()).toEqual([7, 12, 3]);
  model.tensors.order = 'shape';
  expect(ids()).toEqual([3, 7, 12]);
});

test('what came of a deed stands there until the runtime is another', async () => {
  await model.tensors.dispose(3, (count, bytes) => `${count} gone, ${bytes} back`);
  expect(model.tensors.outcome).toBe('1 gone, 900 back');
  expect(kernel.methods).toContain('dispose');
  model.tensors.forget();
  expect(model.tensors.outcome).toBeNull();
});
