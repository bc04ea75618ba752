import { afterAll, beforeAll, expect, it } from 'vitest';
import { Lab, notebook } from './lab.js';
import { watchComms, watchEvents } from './traffic.js';

let lab: Lab;
let sent: string[];
let received: string[];

beforeAll(async () => {
  lab = await Lab.open(
    { 'quiet.ipynb': notebook(['const a = new Float64Array(1_000_000);', 'const b = 2;']) },
    {
      beforeOpen: (page) => {
        sent = watchComms(page);
        received = watchEvents(page);
      },
    },
  );
});
afterAll(() => lab[Symbol.asyncDispose]());

it('sends one event a cell for badges, and no samples', async () => {
  await lab.command('heapmark:toggle-status-bar');
  await lab.run(0);
  await lab.badge(0).waitFor();
  const events = received.filter((text) => text.includes('"method": "') || text.includes('"method":"'));
  expect(events.some((text) => text.includes('"cell"'))).toBe(true);
  expect(events.filter((text) => /"method": ?"(variables|progress)"/.test(text))).toEqual([]);
});

it('sends nothing at all while nothing is shown', async () => {
  await lab.command('heapmark:toggle-badges');
  expect(await lab.page.locator('.hm-Badge').count()).toBe(0);
  // The next reply comes after whatever was under way.
  await lab.run(1);
  const before = { sent: sent.length, received: received.length };
  await lab.run(0);
  await lab.run(1);
  expect({ sent: sent.length, received: received.length }).toEqual(before);
  expect(lab.errors).toEqual([]);
});
