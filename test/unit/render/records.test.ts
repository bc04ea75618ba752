import { describe, expect, test } from 'vitest';
import type { BytesByKind, FreeRecord, VariablesRecord } from '@heapmark/protocol';
import { freeBlocks } from '../../../kernel/src/render/free.js';
import { gcBlocks } from '../../../kernel/src/render/gc.js';
import { toHtml } from '../../../kernel/src/render/html.js';
import { memoryBlocks } from '../../../kernel/src/render/memory.js';
import { namesBlocks } from '../../../kernel/src/render/names.js';
import { someOf } from '../../../kernel/src/render/phrases.js';
import { toText } from '../../../kernel/src/render/text.js';
import { ipythonTime, timeitText, timeText } from '../../../kernel/src/render/timing.js';
import { variablesBlocks } from '../../../kernel/src/render/variables.js';
import { cellRecord, gcRecord, sample, variable } from '../magics/fake-runtime.js';

const list = (variables: VariablesRecord['variables'], more: Partial<VariablesRecord> = {}): VariablesRecord => ({
  variables,
  totalBytes: 2000,
  precision: 'estimate',
  truncated: false,
  hiddenCount: 0,
  elapsedMs: 1,
  ...more,
});

describe('variables', () => {
  test('a row each, with the mark of its precision and its notes below', () => {
    const text = toText(
      variablesBlocks(
        list([
          variable('rows', {
            bytes: 1.04e9,
            precision: 'exact',
            type: 'Float64Array',
            shape: '130000000',
            preview: '[0, 0, …]',
          }),
          variable('head', {
            bytes: 800,
            precision: 'atLeast',
            notes: [
              { kind: 'pinsBuffer', text: "keeps 1.04 GB alive: a view of rows' buffer", remedy: 'head.slice()' },
            ],
          }),
          variable('dark', { bytes: null, precision: 'unavailable', cell: null }),
        ]),
      ),
    );
    expect(text.split('\n')).toEqual([
      'name  type              shape     size  cell  value',
      'rows  Float64Array  130000000  1.04 GB   [4]  [0, 0, …]',
      'head  Array                 3   ≥800 B   [4]  [1, 2, 3]',
      "    ⚠ keeps 1.04 GB alive: a view of rows' buffer — remedy: head.slice()",
      'dark  Array                 3        —        [1, 2, 3]',
      '3 variables listed. All variables together: ~2.00 kB.',
    ]);
  });

  test('sizes of one scale stand in one unit', () => {
    const text = toText(variablesBlocks(list([variable('a', { bytes: 1.2e6 }), variable('b', { bytes: 0.4e6 })])));
    expect(text).toContain('~1.20 MB');
    expect(text).toContain('~0.40 MB');
  });

  test('shared memory is named, and counted once in the total', () => {
    const shares = variable('b', { sharedBytes: 600, notes: [{ kind: 'shared', text: 'shares 600 B with a' }] });
    const text = toText(variablesBlocks(list([variable('a', { sharedBytes: 600 }), shares])));
    expect(text).toContain('    ~600 B of it shared with other names');
    expect(text).toContain('    shares 600 B with a');
    expect(text).toContain('~2.00 kB, shared parts once.');
  });

  test('tensors have a column where there are some', () => {
    expect(toText(variablesBlocks(list([variable('m', { tensorBytes: 96e6 })])))).toContain('96.0 MB');
    expect(toText(variablesBlocks(list([variable('m')])))).not.toContain('tensors');
  });

  test('an empty list says so, and what is hidden', () => {
    expect(toText(variablesBlocks(list([])))).toBe('No variables.');
    expect(toText(variablesBlocks(list([], { hiddenCount: 1 })))).toContain('1 name not shown');
  });

  test('a heavy function is listed, and told apart from what the total is of', () => {
    const heavy = variable('load', {
      notes: [{ kind: 'hidden', text: 'a function, listed because it holds over 1 MB' }],
    });
    expect(toText(variablesBlocks(list([heavy, variable('a')])))).toMatch(
      /\n1 variable listed\. All variables together: ~2\.00 kB\. 1 name besides that holds much\.$/,
    );
  });

  test('of thousands of names, two hundred are shown and all are counted', () => {
    const many = Array.from({ length: 15_000 }, (_unused, index) => variable(`v${index}`));
    const lines = toText(variablesBlocks(list(many))).split('\n');
    expect(lines).toHaveLength(203);
    expect(lines.slice(-2)).toEqual([
      '… and 14,800 variables more. A pattern narrows the list: %vars NAME*',
      '15,000 variables listed. All variables together: ~2.00 kB.',
    ]);
  });

  test('a list of the first rows alone counts all, and blames no want of time', () => {
    const text = toText(variablesBlocks(list([variable('a')], { truncated: true, leftOut: 4, precision: 'exact' })));
    expect(text).toContain('… and 4 variables more.');
    expect(text).toContain('5 variables listed.');
    expect(text).not.toContain('extrapolated');
  });

  test('a list that ended early says so', () => {
    expect(toText(variablesBlocks(list([variable('a')], { truncated: true })))).toContain('extrapolated from a part');
  });

  test('hostile names and values are text on one line', () => {
    const evil = '<img src=x onerror=alert(1)>\n\u202e';
    const blocks = variablesBlocks(
      list([
        variable(evil, {
          type: evil,
          shape: evil,
          preview: evil.repeat(50_000),
          notes: [{ kind: 'other', text: evil }],
        }),
      ]),
    );
    expect(toText(blocks).split('\n')).toHaveLength(4);
    expect(toHtml(blocks)).not.toMatch(/<img|\u202e/);
    expect(toHtml(blocks).length).toBeLessThan(5000);
  });

  test('pointing at a size tells how sure it is', () => {
    const titleOf = (more: Parameters<typeof variable>[1]) =>
      /<bdi title="([^"]*)">/.exec(toHtml(variablesBlocks(list([variable('a', more)]))))?.[1];
    expect(titleOf({ bytes: 1234, precision: 'exact' })).toBe('1,234 bytes');
    expect(titleOf({ bytes: 1000, low: 900, high: 1100 })).toBe('between 900 B and 1.10 kB');
    expect(titleOf({ bytes: 1000, low: 900, high: null })).toBe('at least 900 B');
    expect(titleOf({ bytes: null, precision: 'unavailable' })).toBe('not known');
  });
});

describe('free', () => {
  const returned: BytesByKind = { heap: 40e6, arrayBuffers: 1e9, otherExternal: 0, tensors: null, rss: 1.02e9 };
  const record: FreeRecord = {
    freed: ['rows', 'head'],
    bytesExpected: 1.04e9,
    bytesReturned: returned,
    stillHeld: [
      { name: 'index', holder: "held by `cache` -> Map entry 'k3' -> value", reason: 'still reachable', bytes: 12e6 },
    ],
    sharedKept: [{ name: 'rows', with: ['a', 'b'], bytes: 8e6 }],
    precision: 'estimate',
    elapsedMs: 30,
  };

  test('tells what came back of what was expected, by kind, and what holds the rest', () => {
    expect(toText(freeBlocks(record)).split('\n')).toEqual([
      'Freed rows and head: 1.04 GB came back of ~1.04 GB expected.',
      'heap −40.0 MB · buffers −1.00 GB · process memory −1.02 GB',
      "⚠ index is still there (~12.0 MB): held by `cache` -> Map entry 'k3' -> value",
      '8.00 MB of rows stay: shared with a and b',
    ]);
  });

  test('does not pretend to have measured what drowns in noise', () => {
    const small = {
      ...record,
      bytesExpected: 72,
      bytesReturned: { ...returned, heap: -189_000, arrayBuffers: 0 },
      stillHeld: [],
      sharedKept: [],
    };
    expect(toText(freeBlocks(small))).toBe('Freed rows and head: ~72 B, too little to measure what came back.');
    const held = { ...small, bytesExpected: 0, sharedKept: record.sharedKept };
    expect(toText(freeBlocks(held))).toBe(
      'Freed rows and head: nothing came back, the value is held elsewhere.\n8.00 MB of rows stay: shared with a and b',
    );
  });

  test('says once that an alias holds the value', () => {
    const stillHeld = [{ name: 'rows', holder: 'held by another name: `a`', reason: 'reachable', bytes: 8e6 }];
    expect(
      toText(freeBlocks({ ...record, stillHeld }))
        .split('\n')
        .slice(2),
    ).toEqual(['⚠ rows is still there (~8.00 MB): held by another name: `a`']);
  });

  test('tells four survivors, and how many more there are', () => {
    const stillHeld = Array.from({ length: 9 }, (_unused, index) => ({
      name: `rows[${index}]`,
      holder: null,
      reason: 'a timer holds it',
      bytes: null,
    }));
    const lines = toText(freeBlocks({ ...record, stillHeld, sharedKept: [] }))
      .split('\n')
      .slice(2);
    expect(lines).toHaveLength(6);
    expect(lines[0]).toBe('⚠ rows[0] is still there: a timer holds it');
    expect(lines.slice(4)).toEqual(['… and 5 more', '%why rows tells who holds it.']);
  });

  test('never shows less than nothing as returned', () => {
    const grown = {
      ...record,
      bytesReturned: { ...returned, heap: -5000, arrayBuffers: 0, rss: null },
      stillHeld: [],
      sharedKept: [],
    };
    expect(toText(freeBlocks(grown))).toBe('Freed rows and head: 0 B came back of ~1.04 GB expected.\nheap +5.00 kB');
  });

  test('does not claim what is not known', () => {
    const dark = { heap: null, arrayBuffers: null, otherExternal: null, tensors: null, rss: null };
    expect(toText(freeBlocks({ ...record, bytesReturned: dark, stillHeld: [], sharedKept: [] }))).toBe(
      'Freed rows and head: what came back is not known.',
    );
  });

  test('of nothing says so, and of many names a few', () => {
    expect(toText(freeBlocks({ ...record, freed: [] }))).toBe('Nothing to free.');
    expect(someOf(Array.from({ length: 40 }, (_unused, index) => `v${index}`))).toMatch(/^v0, .*, v11 and 28 more$/);
  });
});

describe('collections', () => {
  test('what came back, how long it took, where the heap stands', () => {
    expect(toText(gcBlocks(gcRecord())).split('\n')).toEqual([
      'Full collection: 4.00 MB came back; it took 24 ms.',
      'heap −4.00 MB · process memory −2.00 MB · heap now 40.0 MB of 4.10 GB',
    ]);
  });

  test('statistics and collected objects where they were asked for', () => {
    const text = toText(
      gcBlocks(
        gcRecord({
          kind: 'minor',
          stats: [
            {
              kind: 'weakCallbacks',
              count: 1200,
              forced: 2,
              totalMs: 30,
              maxMs: 4,
              measured: 0,
              freedBytes: null,
              survival: null,
            },
          ],
          timeShare: 0.031,
          collected: [{ type: 'Array', count: 10, bytes: 1000 }],
        }),
      ),
    );
    expect(text).toContain('Minor collection');
    expect(text).toContain('weak callbacks  1,200       2  30 ms   0.0 ms   4.0 ms');
    expect(text).toContain('3.1 % of the time went into collections');
    expect(text).toContain('10 objects in all.');
  });
});

describe('memory', () => {
  test('the nearest limit, what it is made of, and the cells that took most', () => {
    const text = toText(
      memoryBlocks({
        sample,
        limits: [{ kind: 'heap', used: 1.42e9, limit: 4.1e9, text: "1.42 GB of 4.10 GB of V8's heap limit (35 %)" }],
        cells: [cellRecord({ settled: false }), cellRecord({ executionCount: 6, delta: -5, source: 'cleanup()' })],
        spaces: [
          { name: 'old_space', used: 3e6, committed: 4e6 },
          { name: 'shared_space', used: 0, committed: 0 },
        ],
        notes: ['Memory of workers is part of the resident memory only.'],
      }),
    );
    expect(text).toMatch(/^1\.42 GB of 4\.10 GB of V8's heap limit \(35 %\)\n/);
    expect(text).toContain('buffers         1.00 GB');
    expect(text).not.toContain('GPU');
    expect(text).not.toContain('cleanup()');
    expect(text).toContain(' [5]  +1.00 GB…  ≥1.60 GB  2.3 s  const rows = await load()');
    expect(text).toContain('old_space');
    expect(text).not.toContain('shared_space');
    expect(text).toMatch(/resident memory only\.$/);
  });
});

test('a list of names is one name a line', () => {
  expect(toText(namesBlocks({ names: ['a', 'b'], values: null }))).toBe('a\nb');
  expect(toText(namesBlocks({ names: [], values: [] }))).toBe('No variables.');
});

describe('times as IPython writes them', () => {
  test.each([
    [0, '0 ns'],
    [0.0000123, '12.3 ns'],
    [0.00999, '9.99 µs'],
    [0.1, '100 µs'],
    [1, '1 ms'],
    [12.34, '12.3 ms'],
    [999.9, '1 s'],
    [999.4, '999 ms'],
    [0.0005, '500 ns'],
    [1500, '1.5 s'],
    [59_900, '59.9 s'],
    [65_000, '1min 5s'],
    [3_600_000, '1h'],
    [90_061_000, '1d 1h 1min 1s'],
  ])('%d ms is %s', (milliseconds, text) => {
    expect(ipythonTime(milliseconds)).toBe(text);
  });

  test('unknown processor time is a dash, not zero', () => {
    expect(timeText({ wallMs: 1, cpuMs: null, userMs: null, systemMs: null })).toBe('CPU times: —\nWall time: 1 ms\n');
  });

  test('one run and one loop are not plural', () => {
    expect(timeitText({ loops: 1, repeats: 1, best: 1, mean: 1, deviation: 0, runs: [1] })).toBe(
      '1 ms ± 0 ns per loop (mean ± std. dev. of 1 run, 1 loop each)\n',
    );
  });
});
