import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { Lab, textOf } from './lab.js';

const TOUR = readFileSync(new URL('../../notebooks/tour.ipynb', import.meta.url), 'utf8');
const codeCells = (JSON.parse(TOUR) as { cells: { cell_type: string }[] }).cells.filter(
  ({ cell_type }) => cell_type === 'code',
).length;

let lab: Lab;

beforeAll(async () => {
  lab = await Lab.open({ 'tour.ipynb': TOUR });
});
afterAll(() => lab[Symbol.asyncDispose]());

it('runs from beginning to end, and each cell says what it cost', async () => {
  await lab.showPanel();
  await lab.command('notebook:run-all-cells');
  expect(
    await lab.page.locator('.jp-Notebook [data-mime-type="application/vnd.jupyter.error"]').allTextContents(),
  ).toEqual([]);
  await lab.page.waitForFunction(
    (count) => document.querySelectorAll('.hm-Badge:not([hidden])').length === count,
    codeCells,
  );
});

it('shows in the panel the cells that took most, and that nothing is left at the end', async () => {
  const costliest = await lab.panel.locator('.hm-Cell').first().textContent();
  expect(costliest).toMatch(/MB/);
  await textOf(lab.panel, /No variables yet/);
  await lab.picture('tour-end');
});

it('fills the panel when its first cell is run', async () => {
  const first = await lab.page
    .locator('.jp-Notebook-cell')
    .evaluateAll((cells) => cells.findIndex((cell) => cell.classList.contains('jp-CodeCell')));
  await lab.run(first);
  await lab.variable('prices').waitFor();
  expect(await lab.variable('prices').textContent()).toMatch(/Float64Array\(20000000\).*160 MB/);
  await lab.picture('tour-filled');
  expect(lab.errors).toEqual([]);
});
