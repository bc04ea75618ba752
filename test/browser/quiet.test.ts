import { afterAll, beforeAll, expect, it } from 'vitest';
import { Lab, notebook, textOf } from './lab.js';
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

/** The events among the comm messages, by name. */
const eventsIn = (messages: readonly string[]): string[] =>
  messages.flatMap((text) => /"method": ?"(\w+)"/.exec(text)?.[1] ?? []);

it('sends what cells cost for badges, and nothing else', async () => {
  await lab.command('heapmark:toggle-status-bar');
  // Whatever was under way has come with the reply.
  await lab.run(1);
  const before = received.length;
  await lab.run(0);
  await textOf(lab.badge(0), /\+[78]\.\d\d MB/);
  const events = eventsIn(received.slice(before));
  expect(new Set(events)).toEqual(new Set(['cell']));
  // It begins, it ends, and its delta is confirmed; the cell before may be confirmed meanwhile.
  expect(events.length).toBeLessThanOrEqual(4);
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
