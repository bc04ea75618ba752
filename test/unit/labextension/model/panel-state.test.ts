import { expect, it } from 'vitest';
import { PanelState } from '../../../../labextension/src/model/panel-state.js';

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
