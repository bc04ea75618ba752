import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Lab, notebook, textOf } from './lab.js';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

const CODE = `const rows = new Float64Array(4_000_000).fill(1);
const head = rows.subarray(0, 100);
const tree = { leaves: [1, 2, 3], map: new Map([["a", 1]]) };`;

interface AxeInPage {
  axe: {
    run(
      context: unknown,
      options: unknown,
    ): Promise<{ passes: { id: string }[]; violations: { id: string; impact: string; nodes: { html: string }[] }[] }>;
  };
}

let lab: Lab;

beforeAll(async () => {
  lab = await Lab.open({ 'access.ipynb': notebook([CODE, 'tree.leaves.length']) });
  await lab.showPanel();
  await lab.run(0);
  await lab.run(1);
  await lab.variable('head').waitFor();
  await textOf(lab.badge(0), /\+3[12]\.\d MB/);
  // Everything that can be opened is open.
  await lab.panel.getByRole('button', { name: 'Kernels' }).click();
  await lab.panel.locator('.hm-Kernel').waitFor();
  await lab.panel.locator('.hm-Limit-more').click();
  await lab.panel.getByRole('button', { name: 'columns' }).click();
  await lab.variable('tree').locator('.hm-Variable-what').click();
  await lab.panel.locator('.hm-Details').waitFor();
  await lab.page.addScriptTag({ content: AXE });
});
afterAll(() => lab[Symbol.asyncDispose]());

/** What a known engine finds in our own elements that keeps somebody from using them. */
async function serious(): Promise<{ looked: string[]; found: string[] }> {
  return lab.page.evaluate(async () => {
    const { axe } = globalThis as unknown as AxeInPage;
    const { passes, violations } = await axe.run({ include: [['.hm-Panel'], ['.hm-StatusItem'], ['.hm-Badge']] }, {});
    const found = violations
      .filter(({ impact }) => impact === 'serious' || impact === 'critical')
      .flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html.slice(0, 160)}`));
    return { looked: passes.map(({ id }) => id), found };
  });
}

describe.each(['JupyterLab Light', 'JupyterLab Dark', 'JupyterLab Dark High Contrast'])('in the theme %s', (theme) => {
  it('has nothing that keeps somebody from using it', async () => {
    await lab.command('apputils:change-theme', { theme });
    await lab.page.locator(`body[data-jp-theme-name="${theme}"]`).waitFor({ state: 'attached' });
    await lab.page.waitForFunction(
      () => document.querySelector('.jp-ThemeManager-splash, #jupyterlab-splash') === null,
    );
    await lab.picture(`access-${theme.toLowerCase().replaceAll(' ', '-')}`);
    const { looked, found } = await serious();
    expect(found).toEqual([]);
    expect(looked).toEqual(
      expect.arrayContaining(['color-contrast', 'button-name', 'aria-required-children', 'label']),
    );
  });
});

it('is reached and worked by the keyboard', async () => {
  await lab.panel.locator('.hm-Timeline').focus();
  await lab.page.keyboard.press('End');
  expect(await lab.panel.locator('.hm-Timeline').getAttribute('aria-valuetext')).toMatch(/in use/);
  await lab.panel.locator('.hm-Cells').focus();
  await lab.page.keyboard.press('Home');
  await lab.page.keyboard.press('Enter');
  expect(lab.errors).toEqual([]);
});
