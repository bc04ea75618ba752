import { setImmediate as turn } from 'node:timers/promises';
import { expect, test } from 'vitest';
import type { VariablesRecord } from '@heapmark/protocol';
import { VariableEvents } from '../../../kernel/src/magics/variable-events.js';

const record = { variables: [] } as unknown as VariablesRecord;

function watch(wanted: boolean) {
  const state = { running: false, walks: 0, sent: 0 };
  const events = new VariableEvents(
    {
      settings: { variablesWanted: wanted, settlePauseLimitMs: 100, settleDelayMs: 0 },
      isRunning: () => state.running,
      emit: () => void (state.sent += 1),
    },
    {
      variables() {
        state.walks += 1;
        return record;
      },
    },
  );
  return { state, events };
}

test('nothing is walked while nobody looks', async () => {
  const { state, events } = watch(false);
  events.touch();
  await turn();
  expect(state.walks).toBe(0);
});

test('who begins to look gets the list at once, and one for each change', async () => {
  const { state, events } = watch(false);
  events.want(true);
  await turn();
  expect(state.sent).toBe(1);
  events.want(true);
  await turn();
  expect(state.sent).toBe(1);
  events.touch();
  events.touch();
  await turn();
  expect(state.sent).toBe(2);
});

test('while cells are queued nothing is walked; afterwards one list is sent', async () => {
  const { state, events } = watch(true);
  events.quiet(false);
  events.touch();
  events.touch();
  await turn();
  expect(state.walks).toBe(0);
  events.quiet(true);
  await turn();
  expect(state.sent).toBe(1);
});

test('a cell that begins before the walk puts it off until it ends', async () => {
  const { state, events } = watch(true);
  events.touch();
  state.running = true;
  await turn();
  expect(state.walks).toBe(0);
  state.running = false;
  events.touch();
  await turn();
  expect(state.sent).toBe(1);
});
