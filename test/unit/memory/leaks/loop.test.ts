import { runInNewContext } from 'node:vm';
import { describe, expect, it } from 'vitest';
import { callsOf, isLoop, loopAround } from '../../../../kernel/src/memory/leaks/loop.js';

describe('calls of a function', () => {
  it('get the number of the iteration and end at once where it gives no promise', () => {
    const seen: number[] = [];
    const iterate = callsOf((i) => void seen.push(i));
    expect(iterate(0, 3)).toBeUndefined();
    expect(iterate(3, 2)).toBeUndefined();
    expect(seen).toEqual([0, 1, 2, 3, 4]);
  });

  it('wait for each promise before the next call', async () => {
    const seen: string[] = [];
    const iterate = callsOf(async (i) => {
      seen.push(`begin ${i}`);
      await Promise.resolve();
      seen.push(`end ${i}`);
    });
    await iterate(0, 2);
    await iterate(2, 1);
    expect(seen).toEqual(['begin 0', 'end 0', 'begin 1', 'end 1', 'begin 2', 'end 2']);
  });

  it('wait also for what only behaves as a promise, and for one that comes late', async () => {
    const waited: number[] = [];
    const thenable = (i: number) => ({
      then: (done: () => void) => {
        waited.push(i);
        done();
      },
    });
    await callsOf((i) => (i < 2 ? i : thenable(i)))(0, 4);
    expect(waited).toEqual([2, 3]);
  });

  it('reject with what the function throws', async () => {
    const failing = callsOf(async (i) => {
      if (i === 2) throw new RangeError('third');
    });
    await expect(failing(0, 5)).rejects.toThrow('third');
  });
});

describe('the loop around the code of a cell', () => {
  it('begins the code on line 2, where it stands in the cell, and ends a comment', async () => {
    const text = loopAround('seen.push(1); // done');
    expect(text.split('\n')[1]).toBe('seen.push(1); // done');
    const js = text.replace(': number)', ')').replace('): Promise<void>', ')');
    const seen: number[] = [];
    const loop = runInNewContext(js, { seen }) as (count: number) => Promise<void>;
    await loop(3);
    expect(seen).toEqual([1, 1, 1]);
  });

  it('is known again by its first line', () => {
    const [first, second] = loopAround('step();').split('\n');
    expect(isLoop(first ?? '')).toBe(true);
    expect(isLoop(second ?? '')).toBe(false);
    expect(isLoop(null)).toBe(false);
  });
});
