import { afterAll, beforeAll, expect, it } from 'vitest';
import { Proxy } from '../helpers/proxy.js';
import { Lab, notebook, textOf } from './lab.js';

let lab: Lab;
let proxy: Proxy;

beforeAll(async () => {
  lab = await Lab.open({ 'network.ipynb': notebook(['const rows = new Float64Array(2_000_000);', 'const more = 1;']) });
  proxy = await Proxy.to(Number(new URL(lab.jupyter.url).port));
  // The same server, by a way that can be cut.
  await lab.page.goto(`http://127.0.0.1:${proxy.port}/lab/tree/network.ipynb?token=${lab.jupyter.token}&reset`);
  await lab.page.locator('.jp-Cell').first().waitFor();
  await lab.page.waitForFunction(() => 'jupyterapp' in globalThis);
  await lab.showPanel();
  await lab.run(0);
  await lab.variable('rows').waitFor();
});
afterAll(async () => {
  await proxy[Symbol.asyncDispose]();
  await lab[Symbol.asyncDispose]();
});

it('says that the figures are old while the network is gone', async () => {
  proxy.cut();
  await textOf(lab.panel, /no connection to the kernel/);
  await textOf(lab.panel, /as of \d/);
  expect(await lab.variable('rows').count()).toBe(1);
  await lab.picture('network-gone');
});

it('goes on with all that is known when it is back', async () => {
  proxy.mend();
  await lab.panel.getByText('no connection to the kernel').waitFor({ state: 'detached', timeout: 60_000 });
  await lab.run(1);
  await lab.variable('more').waitFor();
  await textOf(lab.badge(0), /\+1[56]\.\d MB/);
});
