/** How long a person waits from opening a notebook to the first answer. */
import { Session } from '../session.js';
import { assertOk } from './assert-ok.js';
import type { Measurement } from './measurement.js';

const LAUNCHES = 3;

export const startup: Measurement = {
  name: 'startup',
  figures: ['ready', 'firstResult'],
  once: false,
  async run(kernel, { results, scratch, quick }) {
    for (let launch = 0; launch < (quick ? 1 : LAUNCHES); launch++) {
      const { session, readyMs } = await Session.launch(kernel, scratch);
      try {
        results.add(kernel, 'ready', readyMs);
        const cell = await session.client.execute('1+1');
        assertOk(cell, kernel);
        if (cell.firstOutput === null) results.missing(kernel, 'firstResult', 'no result came');
        else results.add(kernel, 'firstResult', cell.firstOutput - session.launchedAt);
      } finally {
        await session.end();
      }
    }
  },
};
