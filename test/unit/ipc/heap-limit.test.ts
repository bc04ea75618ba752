import { getHeapStatistics } from 'node:v8';
import { afterEach, describe, expect, it } from 'vitest';
import { heapLimit, RESERVE_VARIABLE, takeHeapReserve } from '../../../kernel/src/ipc/heap-limit.js';

afterEach(() => takeHeapReserve({}, []));

describe('the heap limit', () => {
  it("is V8's own without a reserve", () => {
    expect(heapLimit()).toBe(getHeapStatistics().heap_size_limit);
  });

  it('lies below V8’s own by the reserve, of which user code sees neither variable nor flag', () => {
    const environment = { [RESERVE_VARIABLE]: '1000000', HOME: '/home' };
    const flags = ['--max-old-space-size=512', '--expose-gc', '--max-old-space-size=640'];
    takeHeapReserve(environment, flags);
    expect(heapLimit()).toBe(getHeapStatistics().heap_size_limit - 1_000_000);
    expect(environment).toEqual({ HOME: '/home' });
    expect(flags).toEqual(['--max-old-space-size=512', '--expose-gc']);
  });

  it('leaves flags alone that made no reserve', () => {
    const flags = ['--max-old-space-size=512'];
    takeHeapReserve({ [RESERVE_VARIABLE]: '0' }, flags);
    expect(flags).toEqual(['--max-old-space-size=512']);
  });
});
