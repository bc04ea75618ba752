import { afterAll, beforeAll, expect, it } from 'vitest';
import { Lab, notebook, textOf } from './lab.js';

let lab: Lab;
/** 32 MB, settled or not yet: a first cell may carry some of what V8 compiled meanwhile. */
const ABOUT_32_MB = /\+3[12]\.\d MB/;

beforeAll(async () => {
  lab = await Lab.open({
    'badges.ipynb': notebook(['const rows = new Float64Array(4_000_000);', 'const b = 2;', 'throw new Error("no")']),
  });
  await lab.run(0);
  await textOf(lab.badge(0), ABOUT_32_MB);
});
afterAll(() => lab[Symbol.asyncDispose]());

/** The badge of the cell that has this in its code: an undo may take back a move as well. */
const badgeOf = (code: string) => lab.page.locator('.jp-Notebook-cell', { hasText: code }).locator('.hm-Badge');

it('stays with its cell when that is moved, deleted and brought back', async () => {
  await lab.select(0);
  await lab.command('notebook:move-cell-down');
  await textOf(lab.badge(1), ABOUT_32_MB);
  expect(await lab.badge(0).count()).toBe(0);
  await lab.select(1);
  await lab.command('notebook:delete-cell');
  await lab.page.waitForFunction(() => document.querySelectorAll('.hm-Badge').length === 0);
  await lab.command('notebook:undo-cell-action');
  await textOf(badgeOf('rows'), ABOUT_32_MB);
});

it('leaves the notebook as it was: nothing of it is saved', async () => {
  await lab.command('docmanager:save');
  const { content } = (await lab.jupyter.api('contents/badges.ipynb')) as { content: unknown };
  expect(JSON.stringify(content)).not.toMatch(/heapmark\.|\+32|hm-/);
});

it('shows what a cell cost that failed', async () => {
  await lab.run(2);
  await textOf(lab.badge(2), / (ms|s)$/);
});

it('is gone with one command, and back with it', async () => {
  await lab.command('heapmark:toggle-badges');
  await lab.page.waitForFunction(() => document.querySelectorAll('.hm-Badge').length === 0);
  await lab.command('heapmark:toggle-badges');
  await textOf(badgeOf('rows'), ABOUT_32_MB);
  expect(lab.errors).toEqual([]);
});
