import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { FromRuntime } from '../../../kernel/src/ipc/messages.js';
import { LateErrors } from '../../../kernel/src/runtime/late-errors.js';
import { startRuntime, type TestRuntime } from './child.js';

const tag = (name: string) => ({ parentId: name, cellId: null, executionCount: 1 });
const failure = (evalue: string) => ({ ename: 'Error', evalue, traceback: [evalue] });

function setUp() {
  const sent: string[] = [];
  const due: { action: () => void; ms: number }[] = [];
  const errors = new LateErrors(
    (message: FromRuntime) => {
      if (message.type === 'lateError') sent.push(`${message.tag.parentId}: ${message.error.evalue}`);
      if (message.type === 'stream') sent.push(`${message.tag.parentId}: ${message.text}`);
    },
    (action, ms) => due.push({ action, ms }),
  );
  const pass = (): number[] => due.splice(0).map(({ action, ms }) => (action(), ms));
  return { errors, sent, pass };
}

describe('errors that come late', () => {
  it('are shown once, and then counted', () => {
    const { errors, sent, pass } = setUp();
    for (let i = 0; i < 241; i += 1) errors.report(tag('a'), failure('x is not defined'), null);
    expect(sent).toEqual(['a: x is not defined']);
    pass();
    expect(sent.at(-1)).toBe('a: … the same Error, 240 more times\n');
  });

  it('that never end are told ever more seldom', () => {
    const { errors, pass } = setUp();
    const pauses = Array.from({ length: 14 }, () => {
      errors.report(tag('a'), failure('x'), null);
      errors.report(tag('a'), failure('x'), null);
      return pass()[0] as number;
    });
    expect(pauses.slice(0, 3)).toEqual([1_000, 2_000, 4_000]);
    expect(Math.max(...pauses)).toBe(3_600_000);
  });

  it('are told apart by cell and message', () => {
    const { errors, sent } = setUp();
    errors.report(tag('a'), failure('x'), null);
    errors.report(tag('b'), failure('x'), null);
    errors.report(tag('a'), failure('y'), null);
    expect(sent).toEqual(['a: x', 'b: x', 'a: y']);
  });

  it('that are all different are counted too when they are many', () => {
    const { errors, sent, pass } = setUp();
    for (let i = 0; i < 1_000; i += 1) errors.report(tag('a'), failure(`number ${i}`), null);
    pass();
    expect(sent.length).toBeLessThan(25);
    expect(sent.at(-1)).toMatch(/^a: … other errors, 9\d\d more times/);
  });
});

describe('an interval', () => {
  let runtime: TestRuntime;
  beforeAll(async () => {
    runtime = await startRuntime();
  });
  afterAll(() => runtime.stop());

  it.each([
    ['throws', 'setInterval(function tick() { runs++; missing }, 1)'],
    ['rejects', 'setInterval(async function tick() { runs++; missing }, 1)'],
  ])('that always %s is stopped, and its cell is told so', async (_name, code) => {
    const from = runtime.frames.length;
    const stopped = runtime.next('stream', ({ text }) => text.includes('was stopped'));
    const { tag } = await runtime.run(`globalThis.runs = 0; globalThis.timer = ${code}`);
    expect(await stopped).toMatchObject({
      tag,
      name: 'stderr',
      text: 'setInterval(tick) was stopped: it failed 3 times in a row with this error.\n',
    });
    expect(await runtime.print('console.log(runs, timer._destroyed)')).toBe('3 true\n');
    const errors = runtime.frames.slice(from).filter(({ type }) => type === 'lateError');
    expect(errors).toMatchObject([{ error: { evalue: 'missing is not defined' }, tag }]);
  });

  it('that fails now and then goes on', async () => {
    const enough = runtime.next('stream', ({ text }) => text.includes('enough'));
    await runtime.run(
      'globalThis.n = 0; globalThis.timer = setInterval(() => { if (++n === 20) console.log("enough"); if (n % 2) missing }, 1)',
    );
    await enough;
    expect(await runtime.print('console.log(timer._destroyed); clearInterval(timer)')).toBe('false\n');
  });

  it('gets its arguments and itself', async () => {
    const text = await runtime.print(
      `await new Promise((resolve) => setInterval(function (a, b) { console.log(a, b, this.constructor.name); clearInterval(this); resolve() }, 1, 1, 2))`,
    );
    expect(text).toBe('1 2 Timeout\n');
  });
});
