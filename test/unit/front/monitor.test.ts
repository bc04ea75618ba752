import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Monitor } from '../../../kernel/src/front/monitor.js';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const usage = { time: 5, rss: 50, heapUsed: 10, heapTotal: 20, arrayBuffers: 3, external: 7 };

function setUp(answer: typeof usage | null = usage) {
  const watches: (number | null)[] = [];
  const monitor = new Monitor(
    { pid: 1, heapLimit: 1_000, watch: (everyMs) => watches.push(everyMs), sample: async () => answer },
    () => null,
    () => undefined,
  );
  return { monitor, watches };
}

describe('the monitor', () => {
  it('takes no samples when nobody looks and nothing runs', () => {
    const { monitor, watches } = setUp();
    monitor.setWatched(false);
    monitor.setBusy(false);
    expect(watches).toEqual([]);
  });

  it('leaves short cells alone, and watches long ones', () => {
    const { monitor, watches } = setUp();
    monitor.setBusy(true);
    vi.advanceTimersByTime(50);
    monitor.setBusy(false);
    expect(watches).toEqual([]);
    monitor.setBusy(true);
    vi.advanceTimersByTime(150);
    expect(watches).toEqual([250]);
    monitor.setBusy(false);
    expect(watches).toEqual([250, null]);
  });

  it('samples an idle runtime slowly, while somebody watches', () => {
    const { monitor, watches } = setUp();
    monitor.setWatched(true);
    monitor.setWatched(false);
    expect(watches).toEqual([2_000, null]);
  });

  it('looks often, and at once, while a limit is set', () => {
    const { monitor, watches } = setUp();
    monitor.setGuarded(true);
    monitor.setBusy(true);
    expect(watches).toEqual([50]);
  });

  it('tells a new runtime what is wanted', () => {
    const { monitor, watches } = setUp();
    monitor.setWatched(true);
    monitor.renew();
    expect(watches).toEqual([2_000, 2_000]);
  });

  it('counts nothing twice, and calls missing what did not come', async () => {
    expect(await setUp().monitor.now()).toMatchObject({
      rss: 50,
      heapUsed: 10,
      arrayBuffers: 3,
      otherExternal: 4,
      heapLimit: 1_000,
    });
    expect(await setUp(null).monitor.now()).toMatchObject({
      rss: null,
      heapUsed: null,
      arrayBuffers: null,
      otherExternal: null,
    });
  });
});
