import { describe, expect, it, vi } from 'vitest';
import { watchParent } from '../../../kernel/src/front/parent-watch.js';

describe('the watch on the parent', () => {
  it('tells once when the process that started this one has ended', () => {
    vi.useFakeTimers();
    let parent = 100;
    const gone = vi.fn();
    watchParent({ JPY_PARENT_PID: '100' }, gone, () => parent, 10);
    vi.advanceTimersByTime(50);
    expect(gone).not.toHaveBeenCalled();
    parent = 1;
    vi.advanceTimersByTime(50);
    expect(gone).toHaveBeenCalledTimes(1);
    vi.useRealTimers();
  });

  it('is off for a kernel started by hand', () => {
    vi.useFakeTimers();
    let parent = 100;
    const gone = vi.fn();
    watchParent({}, gone, () => parent, 10);
    parent = 1;
    vi.advanceTimersByTime(50);
    expect(gone).not.toHaveBeenCalled();
    vi.useRealTimers();
  });
});
