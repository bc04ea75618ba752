import { execFileSync } from 'node:child_process';
import { getPriority } from 'node:os';
import { expect, it } from 'vitest';

/** Prints the nice value of the main thread, and those of the others (https://man7.org/linux/man-pages/man5/proc.5.html). */
const PROGRAM = `
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { yieldToMainThread } from ${JSON.stringify(new URL('../../../kernel/src/front/background-thread.ts', import.meta.url).href)};
yieldToMainThread();
const nice = (thread) => Number(readFileSync('/proc/self/task/' + thread + '/stat', 'utf8').split(') ')[1].split(' ')[16]);
const threads = existsSync('/proc/self/task') ? readdirSync('/proc/self/task').map(Number) : [];
const main = threads.filter((thread) => thread === process.pid).map(nice);
const others = threads.filter((thread) => thread !== process.pid).map(nice);
console.log(JSON.stringify({ main, others }));
`;

it('lets the main thread go before those that V8 has beside it', () => {
  const output = execFileSync(process.execPath, ['--import', 'tsx', '--input-type=module', '--eval', PROGRAM], {
    encoding: 'utf8',
  });
  const { main, others } = JSON.parse(output) as { main: number[]; others: number[] };
  const onLinux = process.platform === 'linux';
  expect(main).toEqual(onLinux ? [getPriority()] : []);
  // Every other thread that was there: on Linux at least V8's own.
  expect(others.length > 0).toBe(onLinux);
  expect(others.every((nice) => nice === 10)).toBe(true);
});
