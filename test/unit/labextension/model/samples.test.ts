import { describe, expect, it } from 'vitest';
import { SampleHistory, usedBytes } from '../../../../labextension/src/model/samples.js';
import { sample } from '../records.js';

describe('the bytes in use', () => {
  it('are heap, buffers and other external memory, and never process memory', () => {
    expect(usedBytes(sample({ heapUsed: 1, arrayBuffers: 20, otherExternal: 300, rss: 4000 }))).toBe(321);
  });

  it('are unknown when nothing is known, and not 0', () => {
    expect(usedBytes({ heapUsed: null, arrayBuffers: null, otherExternal: null })).toBeNull();
    expect(usedBytes({ heapUsed: 5, arrayBuffers: null, otherExternal: null })).toBe(5);
  });
});

describe('the history of samples', () => {
  it('runs one way in time', () => {
    const history = new SampleHistory(1e9);
    for (const time of [1, 3, 2, 3, 4]) history.add(sample({ time }));
    expect(history.all.map(({ time }) => time)).toEqual([1, 3, 4]);
  });

  it('gives what is needed to draw a line from an edge', () => {
    const history = new SampleHistory(1e9);
    for (const time of [1, 3, 5, 7]) history.add(sample({ time }));
    expect(history.since(4).map(({ time }) => time)).toEqual([3, 5, 7]);
    expect(history.since(0).map(({ time }) => time)).toEqual([1, 3, 5, 7]);
    expect(history.since(99).map(({ time }) => time)).toEqual([7]);
  });

  it('stays bounded over eight hours at three samples a second, and loses no peak and no recent sample', () => {
    const hours = 8 * 3_600_000;
    const history = new SampleHistory(hours);
    const step = 333;
    const peakAt = Math.floor(hours / 2 / step) * step;
    let last = 0;
    for (let time = step; time < hours; time += step) {
      history.add(sample({ time, heapUsed: time === peakAt ? 3e9 : 1e6 }));
      last = time;
    }
    expect(history.all.length).toBeLessThanOrEqual(2880 + 2 * 1024 + 1);
    expect(history.all.some(({ heapUsed }) => heapUsed === 3e9)).toBe(true);
    expect(history.all.slice(-1000).map(({ time }) => time)).toEqual(
      Array.from({ length: 1000 }, (_, index) => last - (999 - index) * step),
    );
    const times = history.all.map(({ time }) => time);
    expect(Math.max(...times.map((time, index) => time - (times[index - 1] ?? 0)))).toBeLessThanOrEqual(20_000);
  });

  it('lets go of what is older than the timeline goes back', () => {
    const history = new SampleHistory(10_000);
    for (let time = 0; time < 10_000; time += 2) history.add(sample({ time: time + 1_000_000 }));
    for (let time = 0; time < 10_000; time += 2) history.add(sample({ time: time + 2_000_000 }));
    expect(history.all.every(({ time }) => time >= 2_000_000)).toBe(true);
  });
});
