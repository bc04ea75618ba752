import { afterAll, beforeAll, expect, it } from 'vitest';
import { Lab, notebook, textOf } from './lab.js';
import { watchComms } from './traffic.js';

let lab: Lab;
let sent: string[];

beforeAll(async () => {
  lab = await Lab.open(
    { 'python.ipynb': notebook(['x = [1] * 1000', 'x'], 'python3') },
    { beforeOpen: (page) => (sent = watchComms(page)) },
  );
});
afterAll(() => lab[Symbol.asyncDispose]());

it('leaves a kernel of another language in peace while nobody opens the panel on it', async () => {
  await lab.run(0);
  expect(sent).toEqual([]);
  expect(await lab.page.locator('.hm-Badge').count()).toBe(0);
  expect(await lab.page.locator('.hm-StatusItem').textContent()).toBe('');
});

it('says once that the kernel does not tell what its memory holds, and does not ask again', async () => {
  await lab.showPanel();
  expect(await textOf(lab.panel, /does not tell/)).toContain('heapmark.memory');
  const asked = sent.length;
  expect(asked).toBeGreaterThan(0);
  await lab.run(0);
  await lab.run(1);
  expect(sent).toHaveLength(asked);
  await lab.picture('other-kernel');
  expect(lab.errors).toEqual([]);
});
