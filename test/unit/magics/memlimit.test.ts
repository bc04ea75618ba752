import { expect, test } from 'vitest';
import { runLine } from '../../../kernel/src/magics/dispatch.js';
import { fake, shown } from './fake-runtime.js';

const GB = 1_000_000_000;
const answers = () => ({ memlimit: { limit: 2 * GB, source: 'set by %memlimit', heapLimit: 4 * GB } });

test.each([
  ['2G', { bytes: 2 * GB }],
  ['500MB', { bytes: 500_000_000 }],
  ['off', { bytes: null }],
  ['', { bytes: 'get' }],
])('the magic memlimit %s asks the front for it, and shows what holds now', async (line, params) => {
  const it = fake({ answers: answers() });
  await runLine('memlimit', line, it.context);
  expect(it.said.asked).toEqual([['memlimit', params]]);
  expect(shown(it)).toContain('Memory limit: 2.00 GB of resident memory, set by %memlimit');
});

test('%memlimit without a limit says what stops a cell all the same', async () => {
  const it = fake({ answers: { memlimit: { limit: null, source: 'no limit of yours', heapLimit: null } } });
  await runLine('memlimit', '', it.context);
  expect(shown(it).trim()).toBe('Memory limit: no limit of yours');
});

test('%memlimit refuses what is no size', async () => {
  const it = fake({ answers: answers() });
  await expect(runLine('memlimit', 'much', it.context)).rejects.toThrow(/SIZE/);
  expect(it.said.asked).toEqual([]);
});
