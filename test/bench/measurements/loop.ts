/** A hot loop at a cell's top level against the same loop in a function, in one kernel. */
import { Session } from '../session.js';
import { assertOk } from './assert-ok.js';
import type { Measurement } from './measurement.js';

const LOOP = 'let s = 0; for (let i = 0; i < 1e8; i++) s += i';
const REPETITIONS = 5;

export const loop: Measurement = {
  name: 'loop',
  figures: ['loopFunction', 'loopTop', 'loopFreed'],
  once: true,
  async run(kernel, { results, scratch, quick }) {
    const { session } = await Session.launch(kernel, scratch);
    const time = async (code: string): Promise<number> => {
      const cell = await session.client.execute(code);
      assertOk(cell, kernel);
      return cell.done - cell.sent;
    };
    try {
      await time('const unneeded = [1, 2, 3]');
      const repetitions = quick ? 2 : REPETITIONS;
      for (let repetition = 0; repetition < repetitions; repetition++) {
        results.add(kernel, 'loopFunction', await time(`(() => { ${LOOP}; return s })()`));
        results.add(kernel, 'loopTop', await time(LOOP));
      }
      if (kernel === 'heapmark') {
        await time('%free unneeded');
        for (let repetition = 0; repetition < repetitions; repetition++) {
          results.add(kernel, 'loopFreed', await time(LOOP));
        }
      } else {
        results.missing(kernel, 'loopFreed', 'it cannot free a variable');
      }
    } finally {
      await session.end();
    }
  },
};
