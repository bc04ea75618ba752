import { describe, expect, it } from 'vitest';
import {
  badgeText,
  batchText,
  cellDetails,
  formatDelta,
  freeSummary,
  gcSummary,
  grewText,
  percent,
  sizeText,
  sumOfKinds,
  typeText,
  warningText,
} from '../../../labextension/src/format.js';
import { BADGE_PARTS } from '../../../labextension/src/model/settings.js';
import { cell, english, freed, sample, variable } from './records.js';

const badge = (change: Parameters<typeof cell>[0]): string => badgeText(cell(change), BADGE_PARTS, english);

describe('the badge of a cell', () => {
  it('says what the cell keeps, its peak and its time', () => {
    expect(badge({})).toBe('+1.00 GB · peak 1.60 GB · 2.3 s');
  });

  it('marks a figure that is not settled, estimated, or a floor', () => {
    expect(badge({ settled: false })).toBe('+1.00 GB… · peak 1.60 GB · 2.3 s');
    expect(badge({ deltaPrecision: 'estimate', peakPrecision: 'atLeast' })).toBe(
      'about +1.00 GB · peak ≥1.60 GB · 2.3 s',
    );
  });

  it('says that nothing was kept, or given back, within the noise of measuring', () => {
    expect(badge({ delta: 700, peak: null, elapsedMs: 3 })).toBe('±0 · 3.0 ms');
    expect(badge({ delta: -1900, peak: null, elapsedMs: 3 })).toBe('±0 · 3.0 ms');
    expect(badge({ delta: -310e6, peak: null, elapsedMs: 31 })).toBe('−310 MB · 31 ms');
  });

  it('shows an unknown delta as unknown', () => {
    expect(badge({ delta: null, deltaPrecision: 'unavailable', settled: false, peak: null })).toBe('— · 2.3 s');
  });

  it('names tensors beside', () => {
    expect(badge({ delta: 0, tensorDelta: 96e6, peak: null })).toBe('±0 · +96.0 MB tensors · 2.3 s');
  });

  it('shows the estimate of one cell of several, and on hover what was confirmed for all', () => {
    const batch = {
      settled: false,
      deltaPrecision: 'estimate',
      group: [5, 3, 4],
      groupDelta: 1.2e9,
      peak: null,
    } as const;
    expect(badge({ ...batch, group: [...batch.group] })).toBe('about +1.00 GB · 2.3 s');
    expect(cellDetails(cell({ ...batch, group: [...batch.group] }), english)).toContain(
      '[3]–[5] ran together: +1.20 GB confirmed',
    );
  });

  it('says that nothing is left of a run whose runtime has ended', () => {
    expect(badge({ lost: true })).toBe('lost · +1.00 GB · peak 1.60 GB · 2.3 s');
    expect(cellDetails(cell({ lost: true }), english)).toContain('nothing it kept is left');
  });

  it('is empty while the cell runs', () => {
    expect(badge({ status: 'running', elapsedMs: null })).toBe('');
  });

  it('shows the parts that were asked for', () => {
    expect(badgeText(cell(), ['time'], english)).toBe('2.3 s');
    expect(badgeText(cell(), [], english)).toBe('');
  });
});

it('does not mark the delta of a running cell as settling', () => {
  expect(formatDelta(cell({ status: 'running', settled: false }))).toBe('+1.00 GB');
});

it('tells on hover why a figure is not final and what grew', () => {
  const text = cellDetails(
    cell({
      settled: false,
      unsettledReason: 'cells were queued',
      background: true,
      byVariable: [
        { name: 'rows', change: 'grew', bytes: 9e8, precision: 'exact' },
        { name: 'unattributed', change: 'unattributed', bytes: 1e8, precision: 'estimate' },
      ],
    }),
    english,
  );
  expect(text).toContain('cells were queued');
  expect(text).toContain('rows: +900 MB');
  expect(text).toContain('no variable: about +100 MB');
  expect(text).toContain('may be theirs');
});

describe('the outcome of a free', () => {
  it('says what came back', () => {
    expect(freeSummary(freed(), english)).toBe('1.00 GB back');
  });

  it('names who still holds it', () => {
    const record = freed({
      bytesReturned: { heap: 100, arrayBuffers: 0, otherExternal: 0, tensors: null, rss: 0 },
      stillHeld: [{ name: 'rows', holder: 'head', reason: 'a view', bytes: 1e9 }],
    });
    expect(freeSummary(record, english)).toBe('Nothing came back · head still holds 1.00 GB');
  });

  it('names the value where neither its holder nor its bytes are known', () => {
    const record = freed({ stillHeld: [{ name: 'rows', holder: null, reason: 'unknown', bytes: null }] });
    expect(freeSummary(record, english)).toBe('1.00 GB back · something else still holds rows');
  });

  it('names shared parts that stay', () => {
    expect(freeSummary(freed({ sharedKept: [{ name: 'a', with: ['b', 'c'], bytes: 5e6 }] }), english)).toBe(
      '1.00 GB back · b, c still holds 5.00 MB of a',
    );
  });

  it('does not claim 0 where nothing could be measured', () => {
    const record = freed({
      bytesReturned: { heap: null, arrayBuffers: null, otherExternal: null, tensors: null, rss: 1e9 },
    });
    expect(freeSummary(record, english)).toBe('What came back could not be measured');
  });
});

it('says what a collection brought and how long it took', () => {
  const record = {
    kind: 'full' as const,
    before: sample(),
    after: sample(),
    returned: { heap: 300e6, arrayBuffers: 10e6, otherExternal: 0, tensors: null, rss: 5e9 },
    pauseMs: 45,
    collected: null,
    stats: null,
    timeShare: null,
  };
  expect(gcSummary(record, english)).toBe('310 MB back in 45 ms');
});

it('adds up the kinds that are known, process memory apart', () => {
  expect(sumOfKinds({ heap: 1, arrayBuffers: null, otherExternal: 20, tensors: 300, rss: 4000 })).toBe(321);
  expect(sumOfKinds({ heap: null, arrayBuffers: null, otherExternal: null, tensors: null, rss: 4000 })).toBeNull();
});

it('shows a type with its shape', () => {
  expect(typeText({ type: 'Map', shape: '3 keys' })).toBe('Map(3 keys)');
  expect(typeText({ type: 'number', shape: null })).toBe('number');
});

it('shows tensors beside the bytes', () => {
  expect(sizeText(variable('m', { bytes: 24_000, precision: 'atLeast', tensorBytes: 96e6 }), english)).toBe(
    '≥24.0 kB + 96.0 MB tensors',
  );
  expect(sizeText(variable('m', { bytes: null, precision: 'unavailable' }), english)).toBe('—');
});

it('shows shares with the digits they deserve', () => {
  expect([0.004, 0.05, 0.34, 1].map(percent)).toEqual(['0.4 %', '5.0 %', '34 %', '100 %']);
});

describe('what a run is told by in the list', () => {
  it('is what grew notably, the largest three', () => {
    const change = (name: string, bytes: number | null) =>
      ({ name, change: 'grew', bytes, precision: 'exact' }) as const;
    const rest = { name: 'unattributed', change: 'unattributed', bytes: 5e8, precision: 'estimate' } as const;
    const byVariable = [change('a', 9e8), change('b', 2e6), change('c', 10), change('d', null), rest];
    expect(grewText(cell({ byVariable }))).toBe('a +900 MB, b +2.00 MB');
    expect(grewText(cell({ byVariable: [rest] }))).toBeNull();
    expect(grewText(cell({ byVariable, lost: true }))).toBeNull();
  });

  it('is the sum of its batch, in one line', () => {
    expect(batchText(cell({ group: [4, 2, 3], groupDelta: 1.2e9 }), english)).toBe(
      '[2]–[4] ran together: +1.20 GB confirmed',
    );
    expect(batchText(cell({ group: [4, 2], groupDelta: null }), english)).toBe('[2]–[4] ran together');
    expect(batchText(cell(), english)).toBeNull();
  });
});

describe('a warning', () => {
  it('names the largest variables as text, unless the kernel has named them', () => {
    const largest = [
      { name: '<b>rows</b>', bytes: 5e9 },
      { name: 'odd', bytes: null },
    ];
    expect(warningText({ text: 'Memory is nearly used up.', largest }, english)).toBe(
      'Memory is nearly used up. The largest variables: <b>rows</b> (5.00 GB), odd.',
    );
    expect(warningText({ text: 'Nearly full: <b>rows</b>, odd.', largest }, english)).toBe(
      'Nearly full: <b>rows</b>, odd.',
    );
    expect(warningText({ text: 'Nearly full.' }, english)).toBe('Nearly full.');
  });
});
