import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { HeldWords } from '../../../kernel/src/front/held-words.js';

const DUMP = `
<--- Last few GCs --->

[4242:0x5581]    1042 ms: Mark-sweep 120.2 (131.5) -> 119.9 (131.2) MB, 80.1 / 0.0 ms

<--- JS stacktrace --->

FATAL ERROR: Reached heap limit Allocation failed - JavaScript heap out of memory
 1: 0xb8ced1 node::Abort() [node]
`;

let shown: string;
let words: HeldWords;
beforeEach(() => {
  vi.useFakeTimers();
  shown = '';
  words = new HeldWords((text) => (shown += text));
});
afterEach(() => vi.useRealTimers());

describe('last words', () => {
  it('are held back, wherever the pipe cuts them', () => {
    for (let cut = 1; cut < DUMP.length; cut += 1) {
      shown = '';
      words.push('mine\n');
      words.push(DUMP.slice(0, cut));
      words.push(DUMP.slice(cut));
      expect(shown.trim()).toBe('mine');
      expect(words.take()).toContain('FATAL ERROR');
    }
  });

  it('of a process that lives on are shown, whole and in order', () => {
    words.push(`before\n${DUMP}`);
    words.push('after\n');
    vi.runAllTimers();
    expect(shown).toBe(`before\n${DUMP}after\n`);
    words.push('more');
    expect(shown).toBe(`before\n${DUMP}after\nmore`);
  });

  it('are let go at the end of a cell', () => {
    words.push('FATAL ERROR: the disk is full\n');
    expect(shown).toBe('');
    words.letGo();
    expect(shown).toBe('FATAL ERROR: the disk is full\n');
  });

  it('begin a line: the same words inside one are shown at once', () => {
    words.push('note: ');
    words.push('FATAL ERROR: is what it says\n');
    expect(shown).toBe('note: FATAL ERROR: is what it says\n');
  });

  it('that only begin alike are shown as soon as they differ', () => {
    words.push('F');
    expect(shown).toBe('');
    words.push('ine\n');
    expect(shown).toBe('Fine\n');
  });

  it('are not held without end', () => {
    words.push(`# Fatal error in ${'x'.repeat(50_000)}`);
    words.push('y'.repeat(50_000));
    expect(shown.length).toBeGreaterThan(100_000);
  });
});
