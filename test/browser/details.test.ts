import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Lab, notebook, textOf, type LabInPage } from './lab.js';

const MAKE = `const orders = Array.from({ length: 3 }, (_, id) => ({ id, items: new Map([["a", [1, 2, id]]]) }));
const alias = { kept: orders };
const rows = new Float64Array(2_000_000).fill(1);`;
const HOSTILE = `const long = "<b>x</b>".repeat(125_000);
const عربي = [1, 2, 3];`;
/** Makes garbage without ever giving up the thread. */
const CHURN = `for (const until = Date.now() + 1_500; Date.now() < until;) Array.from({ length: 1000 }, (_, i) => ({ i }));`;

let lab: Lab;

beforeAll(async () => {
  lab = await Lab.open({ 'details.ipynb': notebook([MAKE, HOSTILE, 'const spare = 1;', 'rows.length', CHURN]) });
  await lab.page.emulateMedia({ reducedMotion: 'reduce' });
  await lab.showPanel();
  for (const cell of [0, 1, 2]) await lab.run(cell);
  await lab.variable('spare').waitFor();
});
afterAll(() => lab[Symbol.asyncDispose]());

const details = () => lab.panel.locator('.hm-Details');
const open = async (name: string): Promise<void> => {
  await lab.variable(name).locator('.hm-Variable-what').click();
  await details().waitFor();
};
const close = async (name: string): Promise<void> => {
  await lab.variable(name).locator('.hm-Variable-what').click();
  await details().waitFor({ state: 'detached' });
};

describe('the timeline', () => {
  it('reads out the moment under the pointer', async () => {
    const chart = lab.panel.locator('.hm-Timeline .u-over');
    const box = await chart.boundingBox();
    await chart.hover({ position: { x: (box?.width ?? 0) - 4, y: 20 } });
    await textOf(lab.panel.locator('.hm-Timeline-top'), /^\d\d:\d\d:\d\d/);
    await lab.page.mouse.move(0, 0);
    await textOf(lab.panel.locator('.hm-Timeline-top'), /^[\d.]+ MB$/);
  });

  it('leads to the cell of the moment that is clicked', async () => {
    await lab.select(3);
    const box = await lab.panel.locator('.hm-Timeline .u-over').boundingBox();
    const [left, y, width] = [box?.x ?? 0, (box?.y ?? 0) + 20, box?.width ?? 0];
    const isOnCell = () =>
      lab.page.evaluate(async () => {
        for (let frame = 0; frame < 2; frame++) await new Promise(requestAnimationFrame);
        return document.querySelector('.hm-Timeline.hm-mod-onCell') !== null;
      });
    let x = 0;
    for (let found = false; !found && x < width; found = await isOnCell()) await lab.page.mouse.move(left + ++x, y);
    const [, count] = /\[(\d+)\]$/.exec((await lab.panel.locator('.hm-Timeline-top').textContent()) ?? '') ?? [];
    await lab.page.mouse.click(left + x, y);
    // The cells ran once each, in their order.
    await expect.poll(() => lab.activeCell()).toBe(Number(count) - 1);
  });
});

describe('the pauses of the collector', () => {
  it('are told at the moment that they were in', async () => {
    await lab.run(4);
    const timeline = lab.panel.locator('.hm-Timeline');
    await timeline.focus();
    await lab.page.keyboard.press('End');
    const text = async (): Promise<string> => (await timeline.getAttribute('aria-valuetext')) ?? '';
    const place = async (): Promise<number> => Number(await timeline.getAttribute('aria-valuenow'));
    for (let at = await place(); at > 0 && !(await text()).includes('in collections'); at--) {
      await lab.page.keyboard.press('ArrowLeft');
      await expect.poll(place).toBeLessThan(at);
    }
    expect(await text()).toMatch(/, [\d.]+ m?s in collections$/);
    await timeline.blur();
  });
});

describe('a variable', () => {
  it('is opened a level at a time', async () => {
    await open('orders');
    await lab.panel.locator('.hm-Contents > button').click();
    const item = lab.panel.locator('.hm-Tree > li').first();
    await textOf(item, /items/);
    await item.locator('button').first().click();
    await textOf(item.locator('.hm-Tree').first(), /items/);
    expect(await item.locator('.hm-Tree').first().textContent()).toMatch(/id.*0/);
  });

  it('tells what keeps it alive, at once, and from a heap snapshot once that is agreed to', async () => {
    await details().getByRole('button', { name: 'Why alive?' }).click();
    await textOf(lab.panel.locator('.hm-Holders'), /alias/);
    await lab.panel.locator('.hm-Holders').getByRole('button', { name: 'All holders…' }).click();
    const dialog = lab.page.locator('.jp-Dialog');
    expect(await textOf(dialog, /heap snapshot takes about/)).toContain('the runtime stands still');
    await dialog.locator('.jp-mod-accept').click();
    await dialog.waitFor({ state: 'detached' });
    await textOf(lab.panel.locator('.hm-Holders'), /alias/);
    expect(await lab.panel.locator('.hm-Holders').getByRole('button', { name: 'All holders…' }).count()).toBe(0);
    await close('orders');
  });

  it('has the columns beside it that were chosen', async () => {
    await lab.panel.getByRole('button', { name: 'columns' }).click();
    await lab.panel.getByRole('checkbox', { name: 'cell' }).check();
    await textOf(lab.variable('rows').locator('.hm-Column-cell'), /\[1\]/);
    await lab.panel.getByRole('checkbox', { name: 'type' }).uncheck();
    expect(await lab.variable('rows').locator('.hm-Variable-type').count()).toBe(0);
    await lab.panel.getByRole('columnheader', { name: 'cell' }).getByRole('button').click();
    await textOf(lab.panel.locator('.hm-Variables .hm-Variable-name').first(), /spare/);
    await lab.panel.getByRole('button', { name: 'columns' }).click();
  });

  it('of a megabyte of text takes no more room than any other', async () => {
    await open('long');
    const preview = await details().locator('pre').textContent();
    expect(preview).toContain('1000000');
    expect(preview?.length).toBeLessThan(2000);
    expect(await lab.panel.evaluate((panel) => panel.textContent?.length ?? 0)).toBeLessThan(10_000);
    expect(await lab.panel.locator('b', { hasText: /^x$/ }).count()).toBe(0);
    await close('long');
  });

  it('with a name from right to left keeps to its own place', async () => {
    const name = lab.variable('عربي').locator('.hm-Variable-name');
    const size = lab.variable('عربي').locator('.hm-Column-size');
    const [named, sized] = [await name.boundingBox(), await size.boundingBox()];
    expect((named?.x ?? 0) + (named?.width ?? 0)).toBeLessThanOrEqual(sized?.x ?? 0);
  });
});

describe('a cell', () => {
  it('that was edited or deleted since is marked', async () => {
    await lab.page.locator('.jp-Notebook-cell').nth(0).locator('.cm-content').click();
    await lab.page.keyboard.press('Control+End');
    await lab.page.keyboard.type(' // more');
    await textOf(lab.cellRow(1).locator('.hm-Cell-marks'), /edited/);
    await lab.select(2);
    await lab.command('notebook:delete-cell');
    await textOf(lab.cellRow(3).locator('.hm-Cell-marks'), /deleted/);
    await lab.cellRow(3).click();
    await textOf(lab.page.locator('.jp-toast-message, .Toastify__toast').first(), /no longer in an open notebook/);
  });

  it('leads from its badge to its row', async () => {
    await lab.badge(1).click();
    await lab.panel.locator('.hm-Cells .hm-mod-active', { hasText: 'const long' }).waitFor();
  });

  it('has a menu that leads to the panel, and frees what it declared once that is confirmed', async () => {
    const item = (label: string) => lab.page.locator('.lm-Menu-item', { hasText: label });
    const input = lab.page.locator('.jp-Notebook-cell').nth(0).locator('.jp-InputPrompt');
    await input.click({ button: 'right' });
    await item('Show Cell in Memory Panel').click();
    await lab.panel.locator('.hm-Cells .hm-mod-active', { hasText: 'const orders' }).waitFor();
    await input.click({ button: 'right' });
    await item('Free Variables of Cell').click();
    const question = await textOf(lab.page.locator('.jp-Dialog'), /Free 3 variables/);
    expect(question).toMatch(/orders/);
    expect(question).toMatch(/rows/);
    await lab.page.locator('.jp-Dialog .jp-mod-reject').click();
    await lab.variable('rows').waitFor();
  });
});

it('writes a heap snapshot where it was told to, after the cost was shown', async () => {
  const taken = lab.command('heapmark:take-snapshot');
  const dialog = lab.page.locator('.jp-Dialog');
  await textOf(dialog, /heap snapshot takes about/);
  expect(await dialog.locator('input').inputValue()).toMatch(/^details-\d{8}-\d{6}\.heapsnapshot$/);
  await dialog.locator('input').fill('one.heapsnapshot');
  await dialog.locator('.jp-mod-accept').click();
  await taken;
  await textOf(lab.outcome, /written in .*one\.heapsnapshot/);
  const { size } = (await lab.jupyter.api('contents/one.heapsnapshot?content=0')) as { size: number };
  expect(size).toBeGreaterThan(100_000);
});

it('measures every variable exactly on request', async () => {
  const measured = lab.command('heapmark:measure-all');
  await lab.page.locator('.jp-Dialog .jp-mod-accept').click();
  await measured;
  await textOf(lab.outcome, /6 variables measured in/);
});

it('moves nothing for those who asked for less motion', async () => {
  const moving = await lab.page.evaluate(() =>
    [...document.querySelectorAll('.hm-Panel *, .hm-Badge')]
      .filter((element) => {
        const { transitionDuration, animationName } = getComputedStyle(element);
        return animationName !== 'none' || transitionDuration.split(', ').some((time) => parseFloat(time) > 0);
      })
      .map(({ className }) => String(className)),
  );
  expect(moving).toEqual([]);
});

it('saves what cells cost where that is asked for', async () => {
  await lab.page.evaluate(async () => {
    const { jupyterapp } = globalThis as unknown as SettingsInPage;
    await jupyterapp.serviceManager.settings.save('@heapmark/labextension:settings', '{ "saveBadges": true }');
  });
  await lab.command('docmanager:save');
  await lab.page.reload();
  await lab.page.locator('.jp-Notebook-cell').first().waitFor();
  await lab.page.waitForFunction(
    () =>
      (globalThis as Partial<LabInPage>).jupyterapp?.shell.currentWidget?.sessionContext.session?.kernel.status ===
      'idle',
  );
  await lab.run(1);
  const saved = async (): Promise<unknown> => {
    await lab.command('docmanager:save');
    const { content } = (await lab.jupyter.api('contents/details.ipynb')) as {
      content: { cells: { metadata: { heapmark?: { elapsedMs?: number } } }[] };
    };
    return content.cells[1]?.metadata.heapmark?.elapsedMs;
  };
  await expect.poll(saved, { timeout: 20_000 }).toBeTypeOf('number');
});

it('is arranged after a reload as it was left', async () => {
  await lab.panel.waitFor();
  await lab.variable('rows').waitFor();
  expect(await lab.variable('rows').locator('.hm-Variable-type').count()).toBe(0);
  await textOf(lab.variable('rows').locator('.hm-Column-cell'), /\[1\]/);
  expect(lab.errors).toEqual([]);
});

interface SettingsInPage {
  jupyterapp: { serviceManager: { settings: { save(id: string, raw: string): Promise<void> } } };
}
