import { expect, it } from 'vitest';
import { PanelState, readArrangement } from '../../../../labextension/src/model/panel-state.js';

it('folds and unfolds a section, and tells', () => {
  const state = new PanelState();
  let told = 0;
  state.changed.connect(() => (told += 1));
  state.toggleSection('cells');
  expect([state.isClosed('cells'), state.isClosed('now')]).toEqual([true, false]);
  state.toggleSection('cells');
  expect(state.isClosed('cells')).toBe(false);
  expect(told).toBe(2);
});

it('shows the details of one variable at a time', () => {
  const state = new PanelState();
  state.toggleDetails('a');
  state.toggleDetails('b');
  expect(state.opened).toBe('b');
  state.toggleDetails('b');
  expect(state.opened).toBeNull();
});

it('hides and shows a kind of memory', () => {
  const state = new PanelState();
  state.toggleSeries('heap');
  expect(state.arrangement.hiddenSeries).toEqual(['heap']);
  state.toggleSeries('heap');
  expect(state.arrangement.hiddenSeries).toEqual([]);
});

it('is arranged as it was left, whatever another version saved', () => {
  const { arrangement } = new PanelState();
  expect(readArrangement(undefined)).toEqual(arrangement);
  expect(readArrangement({ rangeMs: 7, columns: 'type', cellOrder: 'colour', closed: null })).toEqual(arrangement);
  expect(
    readArrangement({
      ...arrangement,
      rangeMs: 3_600_000,
      columns: ['cell', 'gone'],
      closed: ['now'],
      showsLimits: true,
    }),
  ).toEqual({ ...arrangement, rangeMs: 3_600_000, columns: ['cell'], closed: ['now'], showsLimits: true });
});

it('shows a run that is asked for, in a section that is folded too, and again when it is asked for again', () => {
  const state = new PanelState();
  state.toggleSection('cells');
  state.revealRun('3 100');
  const { revealedRun } = state;
  expect(state.isClosed('cells')).toBe(false);
  expect(revealedRun).toEqual({ key: '3 100' });
  state.revealRun('3 100');
  expect(state.revealedRun).not.toBe(revealedRun);
});
