import { expect, it } from 'vitest';
import { liveLimits } from '../../../../labextension/src/model/limits.js';
import { memoryRecord, sample } from '../records.js';

it('names the nearest limit first', () => {
  const record = memoryRecord({
    sample: sample({ rss: 200e6 }),
    limits: [
      { kind: 'machine', used: 8e9, limit: 16e9, text: '' },
      { kind: 'heap', used: 100e6, limit: 400e6, text: '' },
      { kind: 'cgroup', used: null, limit: 2e9, text: '' },
    ],
  });
  expect(liveLimits(record, record.sample, 200e6).map(({ kind }) => kind)).toEqual(['machine', 'heap']);
  expect(liveLimits(record, sample({ heapUsed: 300e6 }), 200e6)[0]).toMatchObject({ kind: 'heap', used: 300e6 });
});

it("adds what the process gained since to a machine's or container's last figure, and says that it did", () => {
  const record = memoryRecord({
    sample: sample({ rss: 200e6 }),
    limits: [{ kind: 'cgroup', used: 1e9, limit: 2e9, text: '' }],
  });
  const [limit] = liveLimits(record, sample({ heapLimit: null }), 500e6);
  expect(limit).toMatchObject({ used: 1.3e9, derived: true });
});

it('counts all memory of the kernel against its own limit', () => {
  const record = memoryRecord({ limits: [{ kind: 'memlimit', used: 0, limit: 1e9, text: '' }] });
  const memory = liveLimits(record, sample({ heapUsed: 1, arrayBuffers: 2, otherExternal: 4 }), null).find(
    ({ kind }) => kind === 'memlimit',
  );
  expect(memory?.used).toBe(7);
});

it("knows the heap's limit from a sample alone", () => {
  expect(liveLimits(null, sample({ heapUsed: 1e9, heapLimit: 4e9 }), null)).toMatchObject([
    { kind: 'heap', used: 1e9, limit: 4e9 },
  ]);
  expect(liveLimits(null, null, null)).toEqual([]);
  expect(liveLimits(null, sample({ heapLimit: null }), null)).toEqual([]);
});
