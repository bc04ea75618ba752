import { afterAll, beforeAll, expect, it } from 'vitest';
import { Lab, notebook, textOf } from './lab.js';

let lab: Lab;

beforeAll(async () => {
  lab = await Lab.open({
    'first.ipynb': notebook(['const rows = new Float64Array(1_000_000);']),
    'python.ipynb': notebook(['x = 1'], 'python3'),
  });
  await lab.jupyter.api('sessions', {
    method: 'POST',
    body: JSON.stringify({ path: 'python.ipynb', name: 'python.ipynb', type: 'notebook', kernel: { name: 'python3' } }),
  });
  await lab.showPanel();
});
afterAll(() => lab[Symbol.asyncDispose]());

const row = (title: string) =>
  lab.panel.locator('.hm-Kernel', { has: lab.page.locator(`.hm-Kernel-title:text-is("${title}")`) });

it('lists every running kernel with its notebook, its language and its memory', async () => {
  await lab.panel.getByRole('button', { name: 'Kernels' }).click();
  await textOf(row('first.ipynb'), /MB/);
  await textOf(row('python.ipynb'), /MB/);
  expect(await row('first.ipynb').textContent()).toMatch(/typescript/);
  expect(await row('python.ipynb').textContent()).toMatch(/python · (idle|starting)/);
  await textOf(lab.panel.locator('.hm-Section-kernels'), /together \d+ MB/);
  await lab.picture('kernels');
});

it('leaves a kernel alone when the answer is no', async () => {
  await row('python.ipynb').getByRole('button', { name: 'Shut down' }).click();
  await lab.page.locator('.jp-Dialog .jp-mod-reject').click();
  expect(await lab.jupyter.api('kernels')).toHaveLength(2);
});

it('shuts a kernel down once that is confirmed', async () => {
  await row('python.ipynb').getByRole('button', { name: 'Shut down' }).click();
  expect(await textOf(lab.page.locator('.jp-Dialog'), /Shut down python\.ipynb\?/)).toContain('variables are lost');
  await lab.page.locator('.jp-Dialog .jp-mod-warn').click();
  await row('python.ipynb').waitFor({ state: 'detached' });
  expect(await lab.jupyter.api('kernels')).toHaveLength(1);
});

it('restarts a kernel, and the panel of its notebook knows', async () => {
  await lab.run(0);
  await lab.variable('rows').waitFor();
  await row('first.ipynb').getByRole('button', { name: 'Restart' }).click();
  await lab.page.locator('.jp-Dialog .jp-mod-warn').click();
  await lab.variable('rows').waitFor({ state: 'detached' });
  await lab.run(0);
  await lab.variable('rows').waitFor();
  expect(lab.errors).toEqual([]);
});
