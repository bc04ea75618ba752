import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { cellsOf } from '../helpers/cells.js';
import { ofType, useKernel } from '../helpers/shared-kernel.js';
import type { Exchange } from '../helpers/wire-client.js';

const shared = useKernel();
const { run } = cellsOf(shared);

async function wrong(code: string): Promise<string> {
  const [error] = ofType(await shared.client.execute(code), 'error');
  return `${error?.['ename']}: ${error?.['evalue']}`;
}

const displayed = (exchange: Exchange, type = 'text/plain'): string =>
  ofType(exchange, 'display_data')
    .map((content) => String(content['data'][type]))
    .join('\n');

/** A record that a cell gives as its result. */
async function record<T>(code: string): Promise<T> {
  const exchange = await run(`JSON.stringify(await (async () => ${code})())`);
  const [result] = ofType(exchange, 'execute_result');
  const text = String(result?.['data']['text/plain']);
  return JSON.parse(text.slice(1, -1).replaceAll("\\'", "'").replaceAll('\\\\', '\\')) as T;
}

interface Line {
  file: string;
  line: number;
  bytes: number;
  liveBytes: number;
  liveBufferBytes: number;
  count: number;
  source: string;
}
interface Snapshot {
  lines: Line[];
  totalBytes: number;
}

/** The line whose text holds `text`. */
const lineOf = (snapshot: Snapshot, text: string): Line => {
  const found = snapshot.lines.find(({ source }) => source.includes(text));
  if (found === undefined) throw new Error(`no line has ${text}: ${JSON.stringify(snapshot)}`);
  return found;
};

const within = (actual: number, expected: number, share: number): void => {
  expect(actual).toBeGreaterThan(expected * (1 - share));
  expect(actual).toBeLessThan(expected * (1 + share));
};

beforeEach(async () => {
  await run('%reset -f');
  await run("import { memit, memtrace } from 'heapmark'");
});

describe('%memit', () => {
  it('prints what memory_profiler prints, and the height of a synchronous transient', async () => {
    const text = displayed(await run('%memit Buffer.alloc(200_000_000, 1).length'));
    const [, peak, increment] = /^peak memory: ≥?([\d.]+) MiB, increment: ≥?([\d.]+) MiB$/m.exec(text) ?? [];
    within(Number(increment), 200_000_000 / 2 ** 20, 0.1);
    expect(Number(peak)).toBeGreaterThan(Number(increment));
  });

  it('measures a cell, keeps its names, and gives its record on request', async () => {
    const exchange = await run('%%memit -o -r 2\nvar kept = new Float64Array(5_000_000).fill(1)');
    expect(displayed(exchange)).toBe('');
    const [result] = ofType(exchange, 'execute_result');
    expect(String(result?.['data']['text/plain'])).toContain('the highest of 2 runs');
    const [length] = ofType(await run('kept.length'), 'execute_result');
    expect(length?.['data']['text/plain']).toBe('5000000');
    expect(displayed(await run('%memit -q [1]'))).toBe('');
  });

  it('stops waiting when its time is over', async () => {
    const text = displayed(await run('%memit -t 0.05 await new Promise(() => undefined)'));
    expect(text).toContain('The time was over first');
  });

  it('says what is wrong with a call', async () => {
    expect(await wrong('%memit')).toContain('%memit needs code to run');
    expect(await wrong('%memit -r 0 1')).toContain('1 or more runs');
    expect(await wrong('%memit -t -1 1')).toContain('UsageError');
    expect(await wrong('%%memit 1\n2')).toContain('options only');
    expect(await wrong('await memit(5 as never)')).toContain('memit needs a function');
  });
});

describe('%%memtrace', () => {
  it('finds what three lines allocated and what of it is alive, within 10 %', async () => {
    await run('await memtrace.start()');
    await run(
      [
        'const objects: object[] = [];',
        'for (let i = 0; i < 250_000; i++) objects.push({ a: i, b: i, c: i });',
        'const numbers = new Float64Array(6_250_000);',
        'const texts = Array.from({ length: 100_000 }, () => "abcdefghij".repeat(6).toUpperCase());',
        'const gone = Array.from({ length: 200_000 }, (_, i) => [i]).length;',
      ].join('\n'),
    );
    const snapshot = await record<Snapshot>('memtrace.stop()');
    const objects = lineOf(snapshot, 'objects.push');
    // Objects of three small integers take 48 bytes, and the list 8 for each.
    within(objects.liveBytes, 250_000 * 48 + 250_000 * 8 * 1.2, 0.15);
    within(objects.count, 250_000, 0.1);
    within(lineOf(snapshot, 'Float64Array').bytes, 50_000_000, 0.001);
    within(lineOf(snapshot, 'Float64Array').liveBufferBytes, 50_000_000, 0.001);
    within(lineOf(snapshot, 'toUpperCase').liveBytes, 100_000 * (80 + 8), 0.1);
    const gone = lineOf(snapshot, 'gone');
    expect(gone.bytes).toBeGreaterThan(200_000 * 16);
    expect(gone.liveBytes).toBeLessThan(gone.bytes / 20);
  });

  it('names lines of functions, of async code, of several lines, and of local files', async () => {
    const text = displayed(
      await run(
        [
          '%%memtrace',
          'function make(n: number) {',
          '  const list = [];',
          '  for (let i = 0; i < n; i++) list.push({ i });',
          '  return list;',
          '}',
          'async function later() {',
          '  await new Promise((resolve) => setTimeout(resolve, 1));',
          '  return new Uint8Array(3_000_000);',
          '}',
          'const made = make(60_000);',
          'const waited = await later();',
          'const both = [',
          '  new Uint8Array(1_000_000),',
          '  new Uint8Array(2_000_000),',
          '];',
        ].join('\n'),
      ),
    );
    expect(text).toMatch(/(2\.9|3\.0)\d MB +~?(2\.9|3\.0)\d MB .*:9 +return new Uint8Array\(3_000_000\);/);
    expect(text).toMatch(/:4 +for .*list\.push/);
    expect(text).toMatch(/1\.00 MB .*:14 +new Uint8Array\(1_000_000\)/);
    expect(text).toMatch(/2\.00 MB .*:15 +new Uint8Array\(2_000_000\)/);
  });

  it('counts code that is not traced for the line that calls it', async () => {
    await run('function earlier(n: number) { return { inside: { data: new Float64Array(n) } }; }');
    const text = displayed(await run('%%memtrace\nconst one = 1;\nconst kept = earlier(1_000_000);'));
    expect(text).toMatch(/8\.00 MB +~?8\.\d\d MB .*:3 +const kept = earlier/);
  });

  it('counts a view of an older buffer for nobody', async () => {
    await run('const old = new Float64Array(1_000_000)');
    const text = displayed(
      await run('%%memtrace\nconst look = old.subarray(0, 10);\nconst more = Array(5000).fill(1)'),
    );
    expect(text).not.toMatch(/8\.00 MB/);
  });

  it('colours the text of the cell in HTML, and escapes it', async () => {
    const html = displayed(
      await run('%%memtrace\nconst a = [1];\nconst b = new Uint8Array(1e6); const c = "<b>" + a;'),
      'text/html',
    );
    expect(html).toMatch(/background:color-mix[^>]*>(?:<[^>]+>)*1\.00 MB/);
    expect(html).toContain('&lt;b&gt;');
    expect(html).toContain('const a = [1];');
  });

  it('shows what it found when the cell throws, and traces again', async () => {
    const exchange = await shared.client.execute('%%memtrace\nconst kept = new Uint8Array(1e6);\n(null as any).x');
    expect(displayed(exchange)).toMatch(/1\.00 MB .*new Uint8Array/);
    expect(ofType(exchange, 'error')[0]?.['traceback'].join('\n')).toMatch(/cell \[\d+\]:3/);
    expect(displayed(await run('%%memtrace\nconst again = new Uint8Array(2e6);'))).toContain('2.00 MB');
  });

  it('ends with an interrupt, also one within thousands of runs of a line, and traces again', async () => {
    const id = shared.client.submit(
      "%%memtrace\nconsole.log('begun');\nconst list: string[] = [];\nfor (let i = 0; ; i++) {\n  if (list.push('x' + i) > 1_000) list.length = 0;\n}",
    );
    await shared.client.until(({ header, parent }) => parent.msg_id === id && header.msg_type === 'stream');
    await shared.client.request('interrupt_request', {}, { channel: 'control' });
    const { reply } = await shared.client.exchange(id);
    expect(reply.content).toMatchObject({ status: 'error', ename: 'KeyboardInterrupt' });
    const text = displayed(await run('%%memtrace\nconst made = new Uint8Array(4_000_000);'));
    expect(text).toMatch(/4\.00 MB .*:2 +const made/);
  });

  it('is over when the runtime died, and traces in the next one', async () => {
    const exchange = await shared.client.execute('%%memtrace\nconst list = [1, 2, 3];\nprocess.exit(3);');
    expect(ofType(exchange, 'error')[0]?.['evalue']).toMatch(/code 3/);
    expect(await wrong("await (await import('heapmark')).memtrace.stop()")).toMatch(/needs tracing to be on/);
    const text = displayed(await run('%%memtrace\nconst made = new Uint8Array(5_000_000);'));
    expect(text).toMatch(/5\.00 MB .*:2 +const made/);
  });

  it('names the lines of a local file that is loaded meanwhile', async () => {
    writeFileSync(
      join(shared.kernel.folder, 'grower.ts'),
      [
        '/** Makes numbers. */',
        'export function grow(size: number): Float64Array {',
        '  const made: Float64Array = new Float64Array(size);',
        '  return made;',
        '}',
      ].join('\n'),
    );
    await run('await memtrace.start()');
    await run("import { grow } from './grower';\nconst numbers = grow(750_000);");
    const { lines } = await record<Snapshot>('memtrace.stop()');
    const [largest] = lines;
    expect(largest).toMatchObject({ line: 3, bytes: expect.closeTo(6_000_000, -5) });
    expect(largest?.file).toMatch(/grower\.ts$/);
  });

  it('leaves what code means as it is', async () => {
    const exchange = await run(
      [
        '%%memtrace',
        'class A { constructor(public n: number) {} m() { return [this.n]; } }',
        'class B extends A { constructor() { super(3); } override m() { return super.m().concat([1]); } }',
        'function* numbers() { for (let i = 0; i < 3; i++) yield [i]; }',
        'function args() { return Array.from(arguments).join(); }',
        'const o: any = null;',
        'const named = () => [1];',
        '[new B().m(), [...numbers()].length, (args as any)(1, 2), o?.a.b([1]).c, named.name, [[1, 2]].map(([x, y]) => [y, x])]',
      ].join('\n'),
    );
    const [result] = ofType(exchange, 'execute_result');
    expect(result?.['data']['text/plain']).toBe("[ [ 3, 1 ], 3, '1,2', undefined, 'named', [ [ 2, 1 ] ] ]");
  });
});

describe('memtrace', () => {
  it('compares two snapshots across cells, line by line', async () => {
    await run('await memtrace.start()');
    await run('function grow(n: number) {\n  return new Float64Array(n);\n}\nconst one = grow(100_000);');
    await run('const before = await memtrace.snapshot();');
    await run('const two = grow(200_000);');
    const changes = await record<{ change: number; lines: { change: number; countChange: number; source: string }[] }>(
      'memtrace.compare(before)',
    );
    const [line] = changes.lines;
    expect(line?.source).toBe('return new Float64Array(n);');
    within(line?.change ?? 0, 1_600_000, 0.02);
    await run('await memtrace.stop()');
  });

  it('says what is wrong when started twice, stopped twice, or asked while off', async () => {
    expect(await wrong('await memtrace.stop()')).toMatch(/needs tracing to be on/);
    expect(await wrong('await memtrace.snapshot()')).toMatch(/await memtrace\.start\(\) begins it/);
    await run('await memtrace.start()');
    expect(await wrong('await memtrace.start()')).toMatch(/being traced already/);
    expect(await wrong('%%memtrace\n1')).toMatch(/being traced already/);
    await run('await memtrace.stop()');
    expect(await wrong('await memtrace.start({ interval: 0 })')).toMatch(/1 or more/);
    expect(await wrong('await memtrace.compare(5 as never)')).toMatch(/memtrace\.snapshot\(\) gave/);
  });
});
