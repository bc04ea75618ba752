import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { RunningKernel } from '../helpers/kernel.js';
import type { WireClient } from '../helpers/wire-client.js';
import { injectFault, startFaultyKernel, STEP_NAMES, VICTIMS } from '../soak/faults/faults.js';

let kernel: RunningKernel;
let client: WireClient;
beforeAll(async () => {
  kernel = await startFaultyKernel();
  client = await kernel.connect();
});
afterEach(() => expect(kernel.faults.map(String)).toEqual([]));
afterAll(() => kernel.stop());

describe.each(VICTIMS)('when the %s dies', (victim) => {
  it.each(STEP_NAMES)(
    'at the step "%s" of a cell, every request is answered once and the next cells are right',
    async (step) => {
      expect(await injectFault(kernel, client, victim, step)).toEqual([]);
    },
  );
});
