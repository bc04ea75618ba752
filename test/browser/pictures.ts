/** Makes the pictures of docs/panel.md from the real thing: `npm run pictures`. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Locator } from 'playwright-core';
import { Lab, notebook, textOf } from './lab.js';

const DOCS = fileURLToPath(new URL('../../docs', import.meta.url));
const IMAGES = join(DOCS, 'images');

const CELLS = [
  `interface Order { id: number; prices: Float64Array }
const orders: Order[] = Array.from({ length: 200 }, (_, id) => ({ id, prices: new Float64Array(50_000).fill(id) }));`,
  `const history = new Float64Array(40_000_000).fill(1);
const head = history.subarray(0, 100);`,
  `const index = new Map(orders.map((order) => [order.id, order]));
index.size`,
  `const until = Date.now() + 4000;
const kept: Float64Array[] = [];
while (Date.now() < until) {
  kept.push(new Float64Array(1_000_000).fill(1));
  const pause = Date.now() + 150;
  while (Date.now() < pause);
}`,
];

interface Picture {
  readonly name: string;
  readonly title: string;
  /** One sentence below the picture. */
  readonly text: string;
  take(lab: Lab): Promise<Locator>;
}

const pictures: readonly Picture[] = [
  {
    name: 'panel',
    title: 'The panel',
    text: 'Where memory stands, which cell took it, and which variables hold it.',
    async take(lab) {
      await lab.page.setViewportSize({ width: 1280, height: 1080 });
      await lab.showPanel();
      for (const cell of [0, 1, 2, 3]) {
        await lab.run(cell);
        // A collection has confirmed what it keeps.
        await textOf(lab.badge(cell), /^[+±][^…]+$/);
      }
      await lab.variable('kept').waitFor();
      await textOf(lab.badge(3), /\+\d+ MB/);
      return lab.page.locator('.jp-LabShell');
    },
  },
  {
    name: 'panel-now',
    title: 'Now',
    text: 'What is in use, against the nearest limit, and how it came to be: each cell is a band, a click goes to it, bars from the top are pauses for collections (full ones coloured), and the figures are those under the pointer.',
    async take(lab) {
      await lab.panel.locator('.hm-Limit-more').click();
      await lab.panel.locator('.hm-Timeline .u-over').hover({ position: { x: 190, y: 30 } });
      return lab.panel.locator('.hm-Section-now');
    },
  },
  {
    name: 'panel-cells',
    title: 'Cells',
    text: 'What each run keeps, its peak and its time, and what grew; the most expensive stand out, and a click goes to the cell.',
    take: async (lab) => lab.panel.locator('.hm-Section-cells'),
  },
  {
    name: 'panel-variables',
    title: 'Variables',
    text: 'Every variable with what it holds; a view that keeps a large buffer alive is named, and a row opens to show the value, level by level.',
    async take(lab) {
      await lab.variable('head').locator('.hm-Variable-what').click();
      await lab.panel.locator('.hm-Contents > button').click();
      await lab.panel.locator('.hm-Tree li').first().waitFor();
      return lab.panel.locator('.hm-Section-variables');
    },
  },
  {
    name: 'panel-free',
    title: 'Free',
    text: 'Before anything goes you are asked, with the names of what is lost.',
    async take(lab) {
      await lab.variable('head').locator('.hm-Variable-what').click();
      await lab.variable('kept').locator('input').check();
      await lab.variable('head').locator('input').check();
      await lab.panel.locator('.hm-Footer button').click();
      return lab.page.locator('.jp-Dialog-content');
    },
  },
  {
    name: 'panel-freed',
    title: 'What came back',
    text: 'The answer was measured, not assumed.',
    async take(lab) {
      await lab.page.locator('.jp-Dialog .jp-mod-warn').click();
      await textOf(lab.outcome, / back/);
      return lab.panel.locator('.hm-Section-variables');
    },
  },
  {
    name: 'panel-kernels',
    title: 'Kernels',
    text: 'All that the server runs, in any language, with what it takes, and the ways to interrupt, restart or shut it down.',
    async take(lab) {
      await lab.panel.getByRole('button', { name: 'Kernels' }).click();
      await textOf(lab.panel.locator('.hm-Kernel'), /MB/);
      return lab.panel.locator('.hm-Section-kernels');
    },
  },
  {
    name: 'panel-dark',
    title: 'In the dark',
    text: 'Its colours are those of the theme, in light, dark and high contrast.',
    async take(lab) {
      await lab.command('apputils:change-theme', { theme: 'JupyterLab Dark' });
      await lab.page.locator('body[data-jp-theme-light="false"]').waitFor({ state: 'attached' });
      await lab.page.waitForFunction(() => document.querySelector('#jupyterlab-splash') === null);
      return lab.panel;
    },
  },
];

mkdirSync(IMAGES, { recursive: true });
const lab = await Lab.open({ 'orders.ipynb': notebook(CELLS) });
try {
  const page = ['# The Memory panel in pictures', '', 'Made from the real thing by `npm run pictures`.', ''];
  for (const { name, title, text, take } of pictures) {
    await (await take(lab)).screenshot({ path: join(IMAGES, `${name}.png`), animations: 'disabled' });
    page.push(`## ${title}`, '', `![${title}](images/${name}.png)`, '', text, '');
  }
  writeFileSync(join(DOCS, 'panel.md'), `${page.join('\n').trimEnd()}\n`);
} finally {
  await lab[Symbol.asyncDispose]();
}
