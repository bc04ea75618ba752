import type { GpuProcess, GpusRecord } from '@heapmark/protocol';
import { expect, it } from 'vitest';
import { gpuBytesOf } from '../../../../labextension/src/kernels/gpu-bytes.js';

const process = (change: Partial<GpuProcess>): GpuProcess => ({
  pid: 1,
  name: null,
  bytes: 100,
  own: true,
  thisKernel: false,
  notebook: null,
  ...change,
});
const gpus = (...processes: GpuProcess[]): GpusRecord => ({
  devices: [
    { index: 0, name: 'A', total: null, used: null, free: null, utilisation: null, processes, source: 'nvml' },
    { index: 1, name: 'B', total: null, used: null, free: null, utilisation: null, processes, source: 'nvml' },
  ],
  reason: null,
  notes: [],
});

it('adds up what the processes of a notebook hold on all devices', () => {
  const record = gpus(process({ notebook: '/home/me/old.ipynb', bytes: 7 }), process({ notebook: 'new.ipynb' }));
  expect(gpuBytesOf(record, 'old.ipynb', false)).toBe(14);
});

it('tells the kernel that answered from another one of the same notebook', () => {
  const record = gpus(process({ thisKernel: true, notebook: 'a.ipynb', bytes: 5 }), process({ notebook: 'a.ipynb' }));
  expect(gpuBytesOf(record, 'a.ipynb', true)).toBe(10);
  expect(gpuBytesOf(record, 'a.ipynb', false)).toBe(200);
});

it("knows nothing where no process is known to be the kernel's, and nothing of a figure that is missing", () => {
  expect(gpuBytesOf(null, 'a.ipynb', true)).toBeNull();
  expect(gpuBytesOf(gpus(process({})), 'a.ipynb', false)).toBeNull();
  expect(gpuBytesOf(gpus(process({ notebook: 'a.ipynb', bytes: null })), 'a.ipynb', false)).toBeNull();
});
