/** 10 MB of text, line by line, until the cell is done and all of it has come. */
import { setTimeout as delay } from 'node:timers/promises';
import type { CellRun } from '../kernel-client.js';
import { Session } from '../session.js';
import { assertOk } from './assert-ok.js';
import type { Measurement } from './measurement.js';

const LINE = 80;
const LINES = 131_072;
const REPETITIONS = 3;
/** How long to wait for text that comes after the cell was done. Milliseconds. */
const LATE_BOUND_MS = 10_000;

export const stdout: Measurement = {
  name: 'stdout',
  figures: ['stdout'],
  once: false,
  async run(kernel, { results, scratch, quick }) {
    const { session } = await Session.launch(kernel, scratch);
    try {
      assertOk(await session.client.execute('1+1'), kernel);
      for (let repetition = 0; repetition < (quick ? 1 : REPETITIONS); repetition++) {
        const { cell, elapsedMs, early, arrived } = await timeText(session, LINE, LINES);
        if (arrived < LINE * LINES) {
          const lost = `${LINE * LINES - arrived} of ${LINE * LINES} characters of stdout had not come ${LATE_BOUND_MS / 1000} s after the cell`;
          results.note(`${kernel}: ${lost}.`);
          results.missing(kernel, 'stdout', lost);
          return;
        }
        assertOk(cell, kernel);
        if (early < arrived) results.note(`${kernel}: part of the stdout came after the cell was done.`);
        results.add(kernel, 'stdout', elapsedMs);
      }
    } finally {
      await session.end();
    }
  },
};

/** `early` is how many characters had come when the cell was done, `arrived` how many came at all. */
async function timeText(
  session: Session,
  width: number,
  lines: number,
): Promise<{ cell: CellRun; elapsedMs: number; early: number; arrived: number }> {
  let arrived = 0;
  let complete: () => void;
  const all = new Promise<void>((resolve) => (complete = resolve));
  const stop = session.client.onBroadcast(({ header, content }) => {
    if (header.msg_type !== 'stream' || content['name'] !== 'stdout') return;
    arrived += String(content['text']).length;
    if (arrived >= width * lines) complete();
  });
  const cell = await session.client.execute(
    `for (let i = 0; i < ${lines}; i++) console.log("x".repeat(${width - 1}));`,
  );
  const early = arrived;
  const bound = new AbortController();
  await Promise.race([all, delay(LATE_BOUND_MS, undefined, { signal: bound.signal })]);
  bound.abort();
  stop();
  return { cell, elapsedMs: performance.now() - cell.sent, early, arrived };
}
