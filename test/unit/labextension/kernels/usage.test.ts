import { expect, it } from 'vitest';
import { readUsage } from '../../../../labextension/src/kernels/usage.js';

it('reads what a kernel says of itself', () => {
  expect(readUsage({ kernel_memory: 5e7, kernel_cpu: 150, pid: 1 })).toEqual({ memory: 5e7, cpu: 1.5 });
  expect(readUsage({ kernel_memory: 5e7 })).toEqual({ memory: 5e7, cpu: null });
});

it.each([null, 7, 'text', {}, { kernel_memory: '5e7' }, { kernel_memory: -1 }, { kernel_memory: NaN }])(
  'knows nothing where the answer is %j',
  (content) => {
    expect(readUsage(content)).toBeNull();
  },
);
