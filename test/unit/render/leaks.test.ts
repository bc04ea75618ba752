import { describe, expect, it } from 'vitest';
import type { LeakRecord } from '@heapmark/protocol';
import { leakBlocks } from '../../../kernel/src/render/leaks.js';
import { toHtml } from '../../../kernel/src/render/html.js';
import { toText } from '../../../kernel/src/render/text.js';

const record = (more: Partial<LeakRecord> = {}): LeakRecord => ({
  leaking: true,
  bytesPerIteration: 1_234,
  interval: { low: 1_180, high: 1_290, confidence: 0.95 },
  resolution: 16,
  iterations: 2_000,
  warmup: 200,
  filled: 0,
  byKind: { heap: 1_000, arrayBuffers: 234, otherExternal: 0, tensors: null, native: null },
  growth: [
    {
      kind: 'Solver',
      bytesPerIteration: 1_000,
      count: 1,
      holder: 'held by `all` -> [7]',
      line: 'cell [3]:4',
      source: 'all.push(new Solver());',
    },
    { kind: 'Array', bytesPerIteration: 30, count: 0.0001, holder: null, line: null, source: null },
  ],
  growthReason: null,
  complete: true,
  reason: null,
  elapsedMs: 1_500,
  ...more,
});
const text = (more: Partial<LeakRecord> = {}): string => toText(leakBlocks(record(more)));

describe('what %%leaks shows', () => {
  it('is the rate with its interval, the parts, and what grew', () => {
    expect(text()).toContain('Leaks ~1.23 kB per iteration (1.18 kB to 1.29 kB)');
    expect(text()).toContain('heap 1.00 kB · buffers 234 B. 2,000 iterations after 200 iterations to warm up');
    expect(text()).toMatch(/Solver +1\.00 kB +1 +cell \[3\]:4 +all\.push\(new Solver\(\)\);/);
    expect(text()).toMatch(/Array +30 B +grows/);
    expect(text()).toContain('Solver held by `all` -> [7]');
  });

  it('says of no leak which one would have been seen, and what was filled', () => {
    const clean = text({ leaking: false, bytesPerIteration: 0, growth: [], filled: 250_000 });
    expect(clean).toContain('No leak. One of 16 B per iteration would have been seen.');
    expect(clean).toContain('It took ~250 kB at first and stopped');
    expect(clean).not.toContain('heap 1.00 kB');
  });

  it('says when it is not clear, and why', () => {
    const open = text({ leaking: null, growth: [], complete: false, reason: 'interrupted after 10 iterations' });
    expect(open).toContain('Not clear whether it leaks.');
    expect(open).toContain('Interrupted after 10 iterations.');
  });

  it('says why what grew is not known', () => {
    expect(text({ growth: [], growthReason: 'no heap snapshot was taken: it would take long' })).toContain(
      'What grew is not known: no heap snapshot was taken: it would take long.',
    );
  });

  it('is safe with names that look like HTML', () => {
    const [growth] = record().growth;
    const html = toHtml(leakBlocks(record({ growth: [{ ...growth!, kind: '<img src=x>', source: '<b>' }] })));
    expect(html).not.toContain('<img');
    expect(html).not.toContain('<b>');
  });
});
