import type { MemoryLimit, VariableRecord } from '@heapmark/protocol';
import { describe, expect, it } from 'vitest';
import { NearLimit, nearLimitWarning } from '../../../kernel/src/front/near-limit.js';

const heap = (used: number | null): MemoryLimit => ({
  kind: 'heap',
  used,
  limit: 100,
  text: `${used} of 100, V8's heap`,
});
const variable = (name: string, bytes: number | null, tensorBytes: number | null = null): VariableRecord =>
  ({ name, bytes, tensorBytes }) as VariableRecord;

describe('coming near a limit', () => {
  it('is told once, and again after memory was well below it', () => {
    const near = new NearLimit();
    const told = [50, 79, 80, 95, 70, 90, 60, 85].map((used) => near.look([heap(used)])?.used ?? null);
    expect(told).toEqual([null, null, 80, null, null, null, null, 85]);
  });

  it('is told of each limit by itself', () => {
    const near = new NearLimit();
    const machine = { kind: 'machine', used: 90, limit: 100, text: 'the machine' } as const;
    expect(near.look([heap(90)])?.kind).toBe('heap');
    expect(near.look([heap(90), machine])?.kind).toBe('machine');
  });

  it('is not told of a limit or a figure that is not known', () => {
    const near = new NearLimit();
    expect(near.look([heap(null), { ...heap(10), limit: null }, { ...heap(10), limit: 0 }])).toBeNull();
  });

  it('is told anew of another runtime', () => {
    const near = new NearLimit();
    near.look([heap(90)]);
    near.forget();
    expect(near.look([heap(90)])?.used).toBe(90);
  });
});

describe('the warning', () => {
  it('names the three largest variables, tensors counted, and none that is not measured', () => {
    const rows = [
      variable('a', 1e6),
      variable('b', 5e6),
      variable('c', null),
      variable('d', 1e3, 9e6),
      variable('e', 2e6),
    ];
    const { text, largest } = nearLimitWarning(heap(90), rows);
    expect(largest?.map(({ name }) => name)).toEqual(['d', 'b', 'e']);
    expect(text).toBe(
      "Memory is nearly used up: 90 of 100, V8's heap. The largest variables: d (9.00 MB), b (5.00 MB), e (2.00 MB).",
    );
  });

  it('is a sentence without variables too', () => {
    expect(nearLimitWarning(heap(90), []).text).toBe("Memory is nearly used up: 90 of 100, V8's heap.");
  });
});
