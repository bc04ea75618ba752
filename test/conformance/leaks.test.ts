import { beforeEach, describe, expect, it } from 'vitest';
import type { LeakRecord } from '@heapmark/protocol';
import { cellsOf } from '../helpers/cells.js';
import { ofType, textOf, useKernel } from '../helpers/shared-kernel.js';
import type { Exchange } from '../helpers/wire-client.js';

const shared = useKernel();
const { run } = cellsOf(shared);

async function wrong(code: string): Promise<string> {
  const [error] = ofType(await shared.client.execute(code), 'error');
  return `${error?.['ename']}: ${error?.['evalue']}`;
}

/** The last form of each display. */
const displayed = ({ broadcasts }: Pick<Exchange, 'broadcasts'>): string =>
  broadcasts
    .filter(({ header }) => ['display_data', 'update_display_data'].includes(header.msg_type))
    .map(({ content }) => String(content['data']['text/plain']))
    .join('\n----\n');

async function record(expression: string): Promise<LeakRecord> {
  const exchange = await run(
    `{ const { leaks } = await import('heapmark'); console.log('RECORD' + JSON.stringify(await ${expression})); }`,
  );
  return JSON.parse(textOf(exchange).split('RECORD')[1] ?? '') as LeakRecord;
}

beforeEach(async () => {
  await run('%reset -f');
});

describe('%%leaks', () => {
  it('tells rate, kind, holder and line of a leak', async () => {
    await run('class Solver { grid = new Array(100).fill(0.5); }\nconst solvers: Solver[] = [];');
    const text = displayed(
      await run('%%leaks -n 1000\nconst scratch = [1, 2, 3];\nsolvers.push(new Solver());\nscratch.pop();'),
    );
    expect(text).toMatch(/Leaks ~(8\d\d|9\d\d) B per iteration \(/);
    expect(text).toMatch(/Solver +\d+ B +1 +cell \[\d+\]:3 +solvers\.push\(new Solver\(\)\);/);
    expect(text).toContain('held by `solvers` -> [');
    expect(text).toContain('1,000 iterations after 100 iterations to warm up');
  });

  it('says that there is no leak, and from which rate on there would be one', async () => {
    const text = displayed(
      await run('%%leaks -n 1000\nconst scratch = new Array(100).fill(1);\nscratch.map((x) => x + 1);'),
    );
    expect(text).toContain('No leak.');
    expect(text).toMatch(/One of \d+(\.\d+)? B per iteration would have been seen/);
  });

  it('tells a cache that fills from a leak', async () => {
    await run('const cache = new Map<number, number[]>(); let calls = 0;');
    const text = displayed(
      await run(
        '%%leaks -n 2000\nconst key = calls++ % 500;\nif (!cache.has(key)) cache.set(key, new Array(80).fill(key));',
      ),
    );
    expect(text).toMatch(/No leak\..*It took ~\d+ kB at first and stopped/s);
  });

  it('awaits where the cell does', async () => {
    await run('const kept: number[][] = []; let running = 0; let most = 0;');
    const text = displayed(
      await run(
        '%%leaks -n 400 --async\nrunning++; most = Math.max(most, running);\nawait new Promise((resolve) => setImmediate(resolve));\nkept.push(new Array(200).fill(1)); running--;',
      ),
    );
    expect(text).toMatch(/Leaks ~1\.[67]\d kB per iteration/);
    expect(textOf(await run('console.log(most)'))).toBe('1\n');
  });

  it('leaves no name of its cell behind, and needs none to be new', async () => {
    await run('%%leaks -n 300 --brief\nconst inner = 1;\nlet other = inner;');
    expect(await wrong('inner')).toContain('inner');
  });

  it('gives what is known when it is interrupted between iterations', async () => {
    await run('const kept: number[][] = [];');
    const id = shared.client.submit(
      '%%leaks -n 1000000000\nkept.length < 30000 ? kept.push(new Array(50).fill(1)) : kept.push([]);',
    );
    await shared.client.until(
      ({ parent, header }) => parent.msg_id === id && ['display_data', 'update_display_data'].includes(header.msg_type),
    );
    await shared.client.request('interrupt_request', {}, { channel: 'control' });
    const exchange = await shared.client.exchange(id);
    expect(exchange.reply.content).toMatchObject({ status: 'error', ename: 'KeyboardInterrupt' });
    expect(displayed(exchange)).toMatch(/Interrupted after [\d,]+ of 1,000,000,000 iterations/);
  });

  it('gives what is known when it is interrupted in the middle of an iteration', async () => {
    await run('const kept: number[][] = []; let calls = 0;');
    const id = shared.client.submit(
      '%%leaks -n 900 --warmup 10\nkept.push(new Array(500).fill(1));\nif (++calls === 800) { console.log("spins"); while (true); }',
    );
    await shared.client.until(({ parent, header }) => parent.msg_id === id && header.msg_type === 'stream');
    await shared.client.request('interrupt_request', {}, { channel: 'control' });
    const exchange = await shared.client.exchange(id);
    expect(exchange.reply.content).toMatchObject({ status: 'error', ename: 'KeyboardInterrupt' });
    expect(displayed(exchange)).toMatch(/Leaks ~4\.\d+ kB per iteration/);
    expect(displayed(exchange)).toMatch(/Interrupted after 7\d\d of 900 iterations/);
    expect(textOf(await run('console.log(calls)'))).toBe('800\n');
  });

  it('lets through what the cell throws, at its line', async () => {
    const [error] = ofType(
      await shared.client.execute('%%leaks\nconst a = 1;\nthrow new RangeError("no grid");'),
      'error',
    );
    expect(error).toMatchObject({ ename: 'RangeError', evalue: 'no grid' });
    expect(String(error?.['traceback'])).toMatch(/:3/);
  });

  it('says what to do with code that cannot stand in a loop', async () => {
    expect(await wrong('%%leaks\nimport fs from "node:fs";\nfs.statSync("/");')).toContain('cannot stand in a loop');
  });

  it('says what is wrong with its options', async () => {
    expect(await wrong('%%leaks -n 0\n1;')).toContain('1 or more');
    expect(await wrong('%%leaks --warmup -1\n1;')).toMatch(/UsageError/);
    expect(await wrong('%leaks')).toContain('first line');
  });
});

describe('leaks()', () => {
  it('finds what a closure keeps, with the function that made it', async () => {
    await run(
      'const makeStep = () => { const trace: number[][] = [];\n  return function remember(i: number) {\n    trace.push(new Array(60).fill(i));\n  };\n};\nconst step = makeStep();',
    );
    const found = await record('leaks(step, 1000)');
    expect(found.leaking).toBe(true);
    expect(found.bytesPerIteration).toBeGreaterThan(490);
    expect(found.bytesPerIteration).toBeLessThan(560);
    expect(found.growth[0]).toMatchObject({ kind: 'Array', line: expect.stringMatching(/^cell \[\d+\]:2$/) });
    expect(found.growth[0]?.holder).toMatch(/variable trace -> \[\d+\]$/);
    expect(found.growth[0]?.count).toBeCloseTo(1, 1);
  });

  it('ends before the runtime is in danger', async () => {
    await run('const blocks: ArrayBuffer[] = [];');
    const found = await record(
      'leaks(() => { blocks.push(new ArrayBuffer(8_000_000)); }, { iterations: 100_000, snapshot: false })',
    );
    expect(found).toMatchObject({ leaking: true, complete: false });
    expect(found.reason).toContain('more would have endangered the runtime');
    expect(found.bytesPerIteration).toBeGreaterThan(7.9e6);
    expect(found.bytesPerIteration).toBeLessThan(8.1e6);
  });

  it('has no more than the time it was given', async () => {
    const found = await record(
      'leaks(async () => { await new Promise((resolve) => setTimeout(resolve, 30)); }, { timeout: 1.5 })',
    );
    expect(found.leaking).toBe(false);
    expect(found.elapsedMs).toBeLessThan(4_000);
  });

  it('shows its record as the magic does when it is the result of a cell', async () => {
    const exchange = await run(
      'import { leaks } from "heapmark";\nawait leaks(() => [1, 2, 3].length, { iterations: 300, snapshot: false })',
    );
    expect(String(ofType(exchange, 'execute_result')[0]?.['data']['text/plain'])).toContain('No leak.');
  });

  it('says what it needs', async () => {
    expect(await wrong('(await import("heapmark")).leaks(5 as never)')).toContain('leaks needs a function to call');
  });
});
