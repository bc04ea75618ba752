import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Lab, notebook, textOf } from './lab.js';
import { SPEAK } from './speaking-python.js';

const LARGEST = `variables.insert(0, variable("huge", 5_000_000_000))
tell("variables", {"record": listed(sorted(variables, key=lambda row: -row["bytes"])[:200]), "asOf": now()})`;
const NEAR = `tell("sample", sample(heapUsed=3_900_000_000))
tell("warning", {"kind": "nearLimit", "text": "Memory is nearly used up.", "largest": [{"name": "huge", "bytes": 5_000_000_000}]})`;
const INVALID = `tell("sample", sample(time="yesterday"))`;

let lab: Lab;

beforeAll(async () => {
  lab = await Lab.open({ 'speaks.ipynb': notebook([SPEAK, LARGEST, NEAR, INVALID], 'python3') });
  await lab.run(0);
  await lab.showPanel();
  await lab.variable('v14999').waitFor();
});
afterAll(() => lab[Symbol.asyncDispose]());

describe('a kernel of another language that speaks the protocol', () => {
  it('has its figures shown', async () => {
    expect(await lab.panel.locator('.hm-Now-used').textContent()).toBe('1.41 GB');
    expect(await lab.panel.locator('.hm-Footer').textContent()).toMatch(/^15000 variables, 1.12 GB/);
  });

  it('has 15,000 rows of which only those in sight exist, and each can be reached', async () => {
    expect(await lab.panel.locator('.hm-Variable').count()).toBeLessThan(60);
    await lab.panel.locator('.hm-Variables').focus();
    await lab.page.keyboard.press('End');
    await lab.variable('v0').waitFor();
    await lab.page.keyboard.press('Home');
    await lab.variable('v14999').waitFor();
  });

  it('scrolls by making only the rows that come into sight', async () => {
    const made = await lab.page.evaluate(async () => {
      const grid = document.querySelector('.hm-Variables');
      if (grid === null) return null;
      let rows = 0;
      const observer = new MutationObserver((records) => {
        for (const { addedNodes } of records) rows += addedNodes.length;
      });
      observer.observe(grid, { childList: true, subtree: true });
      for (let step = 1; step <= 50; step++) {
        grid.scrollTop = step * 24;
        await new Promise(requestAnimationFrame);
      }
      observer.disconnect();
      return rows;
    });
    expect(made).toBeGreaterThan(30);
    expect(made).toBeLessThanOrEqual(51);
  });

  it('finds a row by a part of its name', async () => {
    await lab.panel.locator('.hm-Filter input').fill('v1234');
    await lab.variable('v12345').waitFor();
    expect(await lab.panel.locator('.hm-Variables').getAttribute('aria-rowcount')).toBe('11');
    await lab.panel.locator('.hm-Filter input').fill('');
  });

  it('is worked with the keyboard alone', async () => {
    await lab.panel.locator('.hm-Variables').focus();
    await lab.page.keyboard.press('Home');
    await lab.page.keyboard.press('ArrowDown');
    await lab.page.keyboard.press('Space');
    await textOf(lab.panel.locator('.hm-Footer'), /^1 of 15000 chosen, 150 kB/);
    await lab.page.keyboard.press('Enter');
    await lab.panel.locator('.hm-Details').waitFor();
    await lab.page.keyboard.press('Enter');
    await lab.panel.locator('.hm-Details').waitFor({ state: 'detached' });
    await lab.page.keyboard.press('Delete');
    await lab.page.locator('.jp-Dialog .jp-mod-reject:focus').waitFor();
    await lab.page.keyboard.press('Escape');
    await lab.page.locator('.jp-Dialog').waitFor({ state: 'detached' });
  });

  it('announces only its largest variables, and the rest is a click away', async () => {
    await lab.run(1);
    await lab.variable('huge').waitFor();
    await textOf(lab.panel, /The largest 200/);
    await lab.panel.locator('.hm-Link', { hasText: 'Show all' }).click();
    await textOf(lab.panel.locator('.hm-Footer'), /15001/);
  });

  it('gives a reason when it does not do what it is asked', async () => {
    await lab.variable('huge').locator('.hm-Variable-what').click();
    await lab.panel.locator('.hm-Details .hm-Button', { hasText: 'Free' }).click();
    await lab.page.locator('.jp-Dialog .jp-mod-warn').click();
    expect(await textOf(lab.outcome, /today/)).toBe('No free today.');
  });

  it('warns before memory runs out, names what is largest, and offers to free it', async () => {
    await lab.run(2);
    await lab.panel.locator('.hm-Warning', { hasText: 'nearly used up' }).waitFor();
    await lab.panel.locator('.hm-Limit.hm-mod-near').waitFor();
    expect(await lab.panel.locator('.hm-Limit-text').first().textContent()).toBe('heap 3.90 GB of 4.00 GB, 98 %');
    expect(await lab.panel.locator('.hm-Warning').textContent()).toContain('The largest variables: huge (5.00 GB).');
    await lab.picture('near-the-limit');
    await lab.panel.locator('.hm-Warning').getByRole('button', { name: 'Free…' }).click();
    await textOf(lab.page.locator('.jp-Dialog'), /Free 1 variable\?.*huge/);
    await lab.page.locator('.jp-Dialog .jp-mod-reject').click();
    await lab.panel.locator('.hm-Warning jp-button').click();
    await lab.panel.locator('.hm-Warning').waitFor({ state: 'detached' });
  });

  it('has a message dropped and named that fits no schema', async () => {
    await lab.run(3);
    expect(await textOf(lab.outcome, /dropped/)).toContain('/time: expected number');
    expect(lab.errors).toEqual([]);
  });
});
