import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { Lab, notebook, textOf } from './lab.js';

const library = (name: string): string =>
  JSON.stringify(fileURLToPath(new URL(`../../node_modules/@tensorflow/${name}`, import.meta.url)));

const LOAD = `const tf = require(${library('tfjs')});
require(${library('tfjs-backend-wasm')});
await tf.setBackend("wasm");`;
const MAKE = `const kept = tf.ones([500, 500]);
const view = kept.reshape([250000]);
const small = tf.zeros([100, 100]);`;

let lab: Lab;

beforeAll(async () => {
  lab = await Lab.open({ 'tensors.ipynb': notebook(['1 + 1', LOAD, MAKE]) });
});
afterAll(() => lab[Symbol.asyncDispose]());

const section = () => lab.panel.locator('.hm-Section-tensors');
const row = (shape: string) =>
  section().locator('.hm-Tensor', { has: lab.page.locator(`.hm-Tensor-shape:text-is("${shape}")`) });

it('is absent while no library is in use and there is no device', async () => {
  await lab.showPanel();
  await lab.run(0);
  await lab.cellRow(1).waitFor();
  expect(await section().count()).toBe(0);
});

it('shows what the active backend holds, and each live tensor with its variables and its cell', async () => {
  await lab.run(1);
  await lab.run(2);
  expect(await textOf(section(), /1\.04 MB of 16\.8 MB/)).toMatch(/tfjs wasm.*active · 3 tensors/);
  expect(await row('[500, 500]').textContent()).toMatch(/kept.*1\.00 MB.*\[3\]/);
  expect(await row('[100, 100]').textContent()).toMatch(/small.*40\.0 kB/);
  await lab.picture('tensors-light');
});

it('goes to the cell that made a tensor', async () => {
  await lab.select(0);
  await row('[100, 100]').getByRole('button', { name: '[3]' }).click();
  await expect.poll(() => lab.activeCell()).toBe(2);
});

it('disposes a tensor, and says what came back', async () => {
  await row('[100, 100]')
    .getByRole('button', { name: /Dispose tensor/ })
    .click();
  await textOf(section().locator('[role="status"]'), /Disposed tensor \d+: 40\.0 kB back/);
  await row('[100, 100]').waitFor({ state: 'detached' });
});

it('empties the cache with the measured result, or says why it cannot', async () => {
  await section().getByRole('button', { name: 'Empty cache' }).click();
  await textOf(section().locator('[role="status"]'), /wasm: nothing back, the memory of wasm never shrinks/);
  expect(lab.errors).toEqual([]);
});
