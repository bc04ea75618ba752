import { describe, expect, it } from 'vitest';
import { stopRun } from '../../../kernel/src/front/interrupt.js';

/** A runtime that ends its run at the step that is named. */
function runtimeThatEndsAt(step: string) {
  const steps: string[] = [];
  let finish: () => void = () => undefined;
  const over = new Promise<void>((resolve) => (finish = resolve));
  const seen = new Map<string, number>();
  const note = (name: string): void => {
    const nth = (seen.get(name) ?? 0) + 1;
    seen.set(name, nth);
    steps.push(name);
    if (step === name || step === `${name} ${nth}`) finish();
  };
  let clock = 0;
  return {
    steps,
    over,
    now: () => (clock += 1_000),
    runtime: {
      snapshotOver: null,
      send: (message: { type: string }) => note(message.type),
      halt: async () => (note('halt'), null),
      interruptChildren: () => note('interruptChildren'),
      killChildren: () => note('killChildren'),
      kill: (reason: string) => note(`kill ${reason}`),
    },
  };
}

const stop = async (step: string): Promise<string[]> => {
  const { steps, over, now, runtime } = runtimeThatEndsAt(step);
  await stopRun(runtime, () => ({ type: 'abort', id: 7, reason: 'interrupt' }), 'interrupt', over, null, now);
  return steps;
};

describe('stopping a run', () => {
  it('asks first, and leaves it at that when the cell obeys', async () => {
    expect(await stop('abort')).toEqual(['interruptChildren', 'abort']);
  });

  it('stops the JavaScript and aborts again when asking did not help', async () => {
    expect(await stop('abort 2')).toEqual(['interruptChildren', 'abort', 'interruptChildren', 'halt', 'abort']);
  });

  it('kills children that block the runtime', async () => {
    const steps = await stop('killChildren');
    expect(steps).toContain('killChildren');
    expect(steps).not.toContain('kill interrupt');
  });

  it('ends the runtime when nothing else did', async () => {
    const steps = await stop('kill interrupt');
    expect(steps.at(-1)).toBe('kill interrupt');
    expect(steps.filter((step) => step === 'halt').length).toBeGreaterThan(1);
  });
});
