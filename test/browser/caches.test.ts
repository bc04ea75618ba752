import { afterAll, beforeAll, expect, it } from 'vitest';
import { Lab, notebook, textOf } from './lab.js';

const MAKE = `import { memoize } from "heapmark/caches";
const render = memoize((n: number) => new Float64Array(20_000).fill(n), { maxSize: 100 });
const lookup = memoize((n: number) => n * 2);
for (let n = 0; n < 90; n++) { render(n); lookup(n % 10); }`;
const USE = 'for (let n = 0; n < 20; n++) render(n % 5);';

let lab: Lab;

beforeAll(async () => {
  lab = await Lab.open({ 'caches.ipynb': notebook(['1 + 1', MAKE, USE]) });
});
afterAll(() => lab[Symbol.asyncDispose]());

const row = (name: string) =>
  lab.panel.locator('.hm-Cache', { has: lab.page.locator(`.hm-Cache-name:text-is("${name}")`) });

it('is absent while there is no cache', async () => {
  await lab.showPanel();
  await lab.run(0);
  await lab.cellRow(1).waitFor();
  expect(await lab.panel.locator('.hm-Section-caches').count()).toBe(0);
});

it('lists caches with what they hold and how often they are hit, and points out waste', async () => {
  await lab.run(1);
  expect(await textOf(row('render'), /14\.\d MB/)).toMatch(/memoize.*hits 0\.0 %.*90 of 100.*%caches clear render/);
  expect(await row('lookup').textContent()).toMatch(/hits 89 %/);
});

it('draws how the hit rate went', async () => {
  await lab.run(2);
  await row('render').locator('svg polyline').waitFor();
  await lab.picture('caches-light');
});

it('empties a cache, and says what it held', async () => {
  await row('render').getByRole('button', { name: 'Empty render' }).click();
  await textOf(
    lab.panel.locator('.hm-Section-caches [role="status"]'),
    /Emptied render: 90 entries, which held ~14\.\d MB/,
  );
  await textOf(row('render'), /0 of 100/);
});

it('sets a bound', async () => {
  await row('lookup').getByRole('button', { name: 'Set the bound of lookup' }).click();
  await lab.page.locator('.jp-Dialog input').fill('4');
  await lab.page.keyboard.press('Enter');
  await textOf(row('lookup'), /4 of 4/);
  await textOf(lab.panel.locator('.hm-Section-caches [role="status"]'), /lookup holds at most 4; 6 left/);
  expect(lab.errors).toEqual([]);
});
