import { afterAll, beforeAll, expect, it } from 'vitest';
import { Lab, notebook, textOf } from './lab.js';

let lab: Lab;

beforeAll(async () => {
  lab = await Lab.open(
    { 'plain.ipynb': notebook(['const rows = new Float64Array(2_000_000);']) },
    { args: ['--JupyterNotebookApp.expose_app_in_browser=True'] },
  );
  await lab.page.goto(`${lab.jupyter.url}/notebooks/plain.ipynb?token=${lab.jupyter.token}`);
  await lab.page.locator('.jp-Cell').first().waitFor();
  await lab.page.waitForFunction(() => 'jupyterapp' in globalThis);
});
afterAll(() => lab[Symbol.asyncDispose]());

it('works in the shell of Notebook 7: panel, badge and no error', async () => {
  await lab.showPanel();
  await lab.run(0);
  await lab.variable('rows').waitFor();
  await textOf(lab.badge(0), /\+1[56]\.\d MB/);
  await lab.picture('notebook-shell');
  // This shell has troubles of its own with some of JupyterLab's plugins.
  expect(lab.errors.filter((error) => /heapmark/i.test(error))).toEqual([]);
});
