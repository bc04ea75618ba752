import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Lab, notebook, textOf, type LabInPage } from './lab.js';

/** 16 million doubles: 128 MB in one buffer. */
const LOAD = `const rows = new Float64Array(16_000_000).fill(1);
const head = rows.subarray(0, 100);`;
const HOSTILE = `const evil = "<img src=x onerror='globalThis.hacked = true'>";
const שלום = "\\u202Eright to left";`;
/** Spins for three seconds and never yields; memory grows by 3.2 MB every 60 ms. */
const SPIN = `const kept: Float64Array[] = [];
const until = Date.now() + 3000;
while (Date.now() < until) {
  kept.push(new Float64Array(400_000).fill(1));
  const pause = Date.now() + 60;
  while (Date.now() < pause);
}`;

let lab: Lab;

beforeAll(async () => {
  lab = await Lab.open({
    'story.ipynb': notebook([LOAD, '%vars', HOSTILE, SPIN, 'const last = 1;', ...Array<string>(12).fill('last')]),
  });
});
afterAll(() => lab[Symbol.asyncDispose]());

describe('the story of a notebook that shows its memory', () => {
  it('shows under a cell what it cost, and confirms it', async () => {
    await lab.run(0);
    const badge = await textOf(lab.badge(0), /^\+128 MB · .*(ms|s)$/);
    expect(badge).not.toContain('…');
  });

  it('fills the panel with where memory stands, what cells took and what variables hold', async () => {
    await lab.showPanel();
    await lab.variable('rows').waitFor();
    expect(await lab.variable('rows').textContent()).toMatch(/Float64Array.*128 MB/);
    expect(await lab.cellRow(1).textContent()).toMatch(/const rows.*\+128 MB/);
    await textOf(lab.panel.locator('.hm-Now-used'), /^1[2-9]\d MB$/);
    await textOf(lab.page.locator('.hm-StatusItem'), /MB/);
    await lab.picture('story-light');
  });

  it('names a view that keeps a buffer alive', async () => {
    expect(await textOf(lab.variable('head'), /128 MB/)).toContain('128 MB');
  });

  it('shows hostile names and values as text', async () => {
    await lab.run(2);
    await lab.variable('שלום').waitFor();
    await lab.variable('evil').locator('.hm-Variable-what').click();
    expect(await textOf(lab.panel.locator('.hm-Details-preview'), /onerror/)).toContain('<img');
    expect(await lab.panel.locator('img').count()).toBe(0);
    expect(await lab.page.evaluate(() => 'hacked' in globalThis)).toBe(false);
    await lab.variable('evil').locator('.hm-Variable-what').click();
  });

  it('goes to the cell of a row', async () => {
    await lab.select(10);
    await lab.cellRow(1).click();
    await lab.page.waitForFunction(
      () => (globalThis as unknown as LabInPage).jupyterapp.shell.currentWidget.content.activeCellIndex === 0,
    );
    expect(await lab.page.locator('.jp-Notebook-cell').first().isVisible()).toBe(true);
  });

  it('moves while a cell spins without yielding', async () => {
    await lab.select(3);
    const figures = await lab.page.evaluate(async () => {
      const { commands } = (globalThis as unknown as LabInPage).jupyterapp;
      const used = document.querySelector('.hm-Now-used');
      const seen = new Set<string>();
      const observer = new MutationObserver(() => seen.add(used?.textContent ?? ''));
      if (used !== null) observer.observe(used, { characterData: true, childList: true, subtree: true });
      await commands.execute('notebook:run-cell');
      observer.disconnect();
      return [...seen];
    });
    // Two points a second, over three seconds.
    expect(figures.length).toBeGreaterThanOrEqual(6);
    await lab.picture('story-after-spin');
  });

  it('asks before it frees, and leaves everything when the answer is no', async () => {
    await lab.variable('rows').locator('input').check();
    await lab.variable('head').locator('input').check();
    await textOf(lab.panel.locator('.hm-Footer'), /^2 of/);
    await lab.panel.locator('.hm-Footer button').click();
    const dialog = lab.page.locator('.jp-Dialog');
    expect(await textOf(dialog, /Free 2 variables/)).toMatch(/rows.*head|head.*rows/);
    await lab.picture('story-question');
    await dialog.locator('.jp-mod-reject').click();
    await dialog.waitFor({ state: 'detached' });
    expect(await lab.variable('rows').count()).toBe(1);
  });

  it('frees what was chosen and says what came back, measured', async () => {
    await lab.panel.locator('.hm-Footer button').click();
    await lab.page.locator('.jp-Dialog .jp-mod-warn').click();
    expect(await textOf(lab.outcome, / back/)).toMatch(/^~?12[78]( |\.\d )?MB back/);
    await lab.variable('rows').waitFor({ state: 'detached' });
    await lab.picture('story-freed');
  });

  it('says what still holds a value whose name was freed', async () => {
    await lab.run(0);
    await lab.variable('rows').waitFor();
    await lab.variable('rows').locator('.hm-Variable-what').click();
    await lab.panel.locator('.hm-Details .hm-Button', { hasText: 'Free' }).click();
    await lab.page.locator('.jp-Dialog .jp-mod-warn').click();
    expect(await textOf(lab.outcome, /still holds/)).toMatch(/^Nothing came back · head still holds 128 MB/);
  });

  it('collects garbage on command and says what that brought', async () => {
    await lab.command('heapmark:collect-garbage');
    await textOf(lab.outcome, /(back|Nothing came back) in /);
  });

  it('is as clear in the dark', async () => {
    await lab.command('apputils:change-theme', { theme: 'JupyterLab Dark' });
    await lab.page.locator('body[data-jp-theme-light="false"]').waitFor({ state: 'attached' });
    await lab.picture('story-dark');
  });

  it('starts anew with the kernel', async () => {
    await lab.page.evaluate(() =>
      (
        (globalThis as unknown as LabInPage).jupyterapp.shell.currentWidget.sessionContext.session
          .kernel as unknown as {
          restart(): Promise<void>;
        }
      ).restart(),
    );
    await textOf(lab.panel, /No variables yet/);
    expect(await lab.badge(0).count()).toBe(0);
    await lab.run(0);
    await lab.variable('rows').waitFor();
    await textOf(lab.badge(0), /^\+128 MB/);
  });

  it('leaves no error behind', () => {
    expect(lab.errors).toEqual([]);
  });
});
