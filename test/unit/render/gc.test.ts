import { describe, expect, test } from 'vitest';
import type { GcRecord, MemoryDiffRecord, WatchRecord } from '@heapmark/protocol';
import { gcBlocks, gcThresholdBlocks } from '../../../kernel/src/render/gc.js';
import { memoryDiffBlocks } from '../../../kernel/src/render/memory-diff.js';
import { toText } from '../../../kernel/src/render/text.js';
import { gcRecord } from '../magics/fake-runtime.js';

const text = (record: Partial<GcRecord>): string => toText(gcBlocks(gcRecord(record)));

describe('%gc --stats', () => {
  const shown = text({
    stats: [
      { kind: 'minor', count: 40, forced: 0, totalMs: 80, maxMs: 6, measured: 30, freedBytes: 4e8, survival: 0.125 },
      { kind: 'major', count: 4, forced: 2, totalMs: 60, maxMs: 30, measured: 0, freedBytes: null, survival: null },
      { kind: 'incremental', count: 0, forced: 0, totalMs: 0, maxMs: 0, measured: 0, freedBytes: null, survival: null },
    ],
    spaces: [
      { name: 'new_space', used: 1e6, committed: 2e6 },
      { name: 'shared_space', used: 0, committed: 0 },
    ],
    timeShare: 0.031,
  });

  test('shows counts, pauses, bytes and what lived on of the kinds that ran', () => {
    expect(shown).toMatch(/^minor +40 +0 +80 ms +2(\.0)? ms +6(\.0)? ms +400 MB +12\.5 %$/m);
    expect(shown).toMatch(/^major +4 +2 +60 ms +15 ms +30 ms +— +—$/m);
    expect(shown).not.toContain('incremental');
  });

  test('says of how many the bytes are, and what the spaces hold', () => {
    expect(shown).toContain('3.1 % of the time went into collections');
    expect(shown).toContain('of the 30 collections while cells ran, of 44');
    expect(shown).toMatch(/^new_space +1\.00 MB +2\.00 MB$/m);
    expect(shown).not.toContain('shared_space');
  });
});

describe('%gc --watch', () => {
  const watch = (more: Partial<WatchRecord>): string =>
    text({ watch: { on: true, after: 2, tracked: [], gone: 0, lingering: [], notes: [], ...more } });
  const tracked = { alive: true, reason: null, cell: { cellId: null, executionCount: 4 } } as const;

  test('names what should be gone with its holder, and counts the rest', () => {
    const shown = watch({
      gone: 3,
      tracked: [
        {
          ...tracked,
          label: 'solver',
          collectionsSurvived: 4,
          overdue: true,
          holder: 'held by `registry` -> Set member',
        },
        {
          ...tracked,
          label: 'mesh',
          collectionsSurvived: 2,
          overdue: true,
          holder: null,
          reason: 'no heap snapshot was taken',
        },
        { ...tracked, label: 'rows', collectionsSurvived: 1, overdue: false, holder: null },
      ],
    });
    expect(shown).toContain(
      '2 tracked objects should be gone and are not; 3 went, 1 had fewer than 2 full collections so far.',
    );
    expect(shown).toMatch(/^solver +\[4\] +4 +held by `registry` -> Set member$/m);
    expect(shown).toMatch(/^mesh +\[4\] +2 +no heap snapshot was taken$/m);
    expect(shown).not.toMatch(/^rows/m);
  });

  test('says when all went, and when it is too early to tell', () => {
    expect(watch({ gone: 3 })).toContain('All 3 tracked objects went.');
    const early = { ...tracked, label: 'rows', collectionsSurvived: 1, overdue: false, holder: null };
    expect(watch({ gone: 3, tracked: [early] })).toContain(
      'No tracked object is overdue; 3 went, 1 had fewer than 2 full collections so far.',
    );
  });

  test('lists what lives on by itself, and says so when there is nothing', () => {
    const shown = watch({
      lingering: [
        { kind: 'timer', what: 'setInterval(tick)', count: 2, cell: { cellId: null, executionCount: 3 }, reason: null },
        { kind: 'handle', what: 'TCPServerWrap', count: 1, cell: null, reason: 'made before' },
      ],
    });
    expect(shown).toMatch(/^timer +2 +setInterval\(tick\) +\[3\]$/m);
    expect(shown).toMatch(/^handle +1 +TCPServerWrap +—$/m);
    expect(watch({})).toContain('Nothing is tracked, and nothing lives on by itself.');
  });
});

describe('gcThreshold()', () => {
  const limits = { semiSpace: 16_777_216, newSpace: 50_331_648, oldSpace: 4_294_967_296, heapLimit: 4_345_298_944 };

  test('shows the limits in force, and what is pending', () => {
    const shown = toText(gcThresholdBlocks({ ...limits, pending: 'semi-space 67.1 MB: from the next start' }));
    expect(shown).toMatch(/^young generation +50\.3 MB +three semi-spaces of 16\.8 MB$/m);
    expect(shown).toMatch(/^old generation +4\.29 GB/m);
    expect(shown).toContain('Pending: semi-space 67.1 MB: from the next start.');
  });

  test('says why a limit is unknown', () => {
    const unknown = { semiSpace: null, newSpace: null, oldSpace: null, heapLimit: 7e8, pending: null };
    const shown = toText(gcThresholdBlocks({ ...unknown, reason: 'V8 does not tell' }));
    expect(shown).toMatch(/^young generation +—/m);
    expect(shown).toContain('V8 does not tell');
    expect(shown).not.toContain('Pending');
  });
});

describe('%mem --diff', () => {
  const diff: MemoryDiffRecord = {
    since: Date.UTC(2026, 0, 2, 3, 4, 5),
    change: { heap: 1_500_000, arrayBuffers: 8_000_000, otherExternal: 0, tensors: null, rss: null },
    added: [
      {
        type: 'Object {x, y}',
        count: 20_000,
        bytes: 1_200_000,
        holder: 'held by `points` -> [17]',
        cell: { cellId: null, executionCount: 6 },
      },
      { type: 'Map', count: 1, bytes: 300_000, holder: null, cell: null },
    ],
    note: null,
    elapsedMs: 900,
  };

  test('shows the sum, its kinds, and what was added with its holder', () => {
    const shown = toText(memoryDiffBlocks(diff));
    expect(shown).toMatch(/^Since the mark of \d\d:\d\d:\d\d: \+9\.50 MB after collections\.$/m);
    expect(shown).toContain('heap +1.50 MB · buffers +8.00 MB');
    expect(shown).toMatch(/^Object \{x, y\} +20,000 +1\.20 MB +held by `points` -> \[17\] +\[6\]$/m);
    expect(shown).toMatch(/^Map +1 +0\.30 MB +no holder was found *$/m);
  });

  test('says that the first one sets the mark', () => {
    const first = { ...diff, since: null, added: [], note: 'this sets the mark' };
    expect(toText(memoryDiffBlocks(first)).trim()).toBe('This sets the mark.');
  });
});
