import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { ErrorCode, type FreeRecord, type VariablesRecord, type WhyRecord } from '@heapmark/protocol';
import { SnapshotReader } from '../../kernel/src/snapshot/reader.js';
import { cellsOf } from '../helpers/cells.js';
import { openMemory } from '../helpers/memory-comm.js';
import { ofType, resultOf, textOf, useKernel } from '../helpers/shared-kernel.js';
import type { Exchange } from '../helpers/wire-client.js';

const shared = useKernel();
const { run, record } = cellsOf(shared);

async function wrong(code: string): Promise<Record<string, unknown>> {
  const exchange = await shared.client.execute(code);
  const [error] = ofType(exchange, 'error');
  if (error === undefined) throw new Error(`${code} gave no error`);
  return error;
}

const displayed = (exchange: Exchange): string =>
  ofType(exchange, 'display_data')
    .map((content) => String(content['data']['text/plain']))
    .join('\n');

const exact = (): Promise<VariablesRecord> => record('vars({ exact: true })');
const why = (name: string, options = {}): Promise<WhyRecord> =>
  record(`why(${JSON.stringify(name)}, ${JSON.stringify(options)})`);
const others = ({ holders }: WhyRecord): string[] => holders.slice(1).map(({ text }) => text);

/** Starts a cell and waits until its snapshot has been announced. */
async function begunSnapshot(code: string): Promise<string> {
  const id = shared.client.submit(code);
  await shared.client.until(
    ({ header, parent, content }) =>
      parent.msg_id === id && header.msg_type === 'stream' && String(content['text']).includes('heap snapshot'),
  );
  return id;
}

beforeEach(async () => {
  await run('%reset -f');
});

describe('%vars --exact', () => {
  /** All in one snapshot: each takes as long as all the objects of the runtime together. */
  const kinds: readonly (readonly [string, string])[] = [
    ['plain objects', 'Array.from({ length: 60_000 }, (_, i) => ({ a: i, b: { c: i } }))'],
    [
      'instances',
      '(() => { class P { x = 1; y = {}; z = null; } return Array.from({ length: 50_000 }, () => new P()) })()',
    ],
    ['a Map', 'new Map(Array.from({ length: 50_000 }, (_, i) => [`key ${i}`, { i }]))'],
    ['a Set of doubles', 'new Set(Array.from({ length: 80_000 }, (_, i) => i + 0.5))'],
    [
      'two-byte texts',
      'Array.from({ length: 30_000 }, (_, i) => Buffer.from(`Ω ${i} `.repeat(8), "utf16le").toString("utf16le"))',
    ],
    ['closures', 'Array.from({ length: 50_000 }, (_, i) => { const kept = [i, i]; return () => kept; })'],
    ['promises', 'Array.from({ length: 50_000 }, (_, i) => Promise.resolve({ i }))'],
    ['a typed array', 'new Float64Array(500_000).fill(1)'],
    ['buffers', 'Array.from({ length: 2_000 }, () => new ArrayBuffer(4_000))'],
  ];

  it('is within 5 % of what came and went for each kind of value', async () => {
    // The lowest of some readings: V8's compiler threads take 256 kB now and then.
    const total = async (): Promise<number> =>
      Number(
        textOf(
          await run(
            `{ const { gc } = await import("heapmark"); let lowest = Infinity;
               for (let round = 0; round < 4; round++) { const { after } = await gc(); lowest = Math.min(lowest, after.heapUsed + after.arrayBuffers); }
               console.log(lowest); }`,
          ),
        ),
      );
    for (const [index, [, expression]] of kinds.entries()) await run(`let value${index} = ${expression};`);
    const { variables, source } = await exact();
    expect(source).toBe('snapshot');
    let before = await total();
    for (const [index, [kind]] of kinds.entries()) {
      await run(`value${index} = null as never;`);
      const after = await total();
      const truth = before - after;
      before = after;
      const found = variables.find(({ name }) => name === `value${index}`);
      expect(found, kind).toMatchObject({ precision: 'exact', source: 'snapshot' });
      expect(truth, kind).toBeGreaterThan(1_000_000);
      expect(Math.abs((found?.bytes ?? 0) - truth) / truth, kind).toBeLessThan(0.05);
    }
  });

  it('tells what it will cost before it starts', async () => {
    await run('const rows = [1, 2, 3];');
    const exchange = await run('%vars --exact');
    expect(textOf(exchange)).toMatch(
      /^A heap snapshot takes about [\d.]+ m?s, in which the runtime stands still, and about [\d.]+ [MG]B of memory; [\d.]+ [MGT]B are free\.$/m,
    );
    expect(displayed(exchange)).toMatch(/^rows +Array +3 /m);
    expect(displayed(exchange)).toContain('what comes back once nothing holds the value');
  });

  it('notes a value that another one holds too', async () => {
    await run(
      'const values = new Float64Array(1e6).fill(1); const keep = { values }; const alone = new Float64Array(1e6);',
    );
    const { variables } = await exact();
    const notes = new Map(variables.map(({ name, notes: all }) => [name, all.map(({ text }) => text)]));
    expect(notes.get('values')).toEqual([expect.stringMatching(/^held by something else too: .*%why values/)]);
    expect(notes.get('alone')).toEqual([]);
  });

  it('names the other names of one value, and counts it once', async () => {
    await run('const first = Array.from({ length: 50_000 }, (_, i) => ({ i })); const second = first;');
    const { variables, totalBytes } = await exact();
    expect(variables.map(({ notes }) => notes[0]?.text)).toEqual([
      'the same value as second: it goes when all these names are freed',
      'the same value as first: it goes when all these names are freed',
    ]);
    const bytes = variables[0]?.bytes ?? 0;
    expect(totalBytes).toBeGreaterThanOrEqual(bytes);
    expect(totalBytes).toBeLessThan(1.2 * bytes);
  });

  it('is refused when a limit leaves no memory for it', async () => {
    const comm = await openMemory(shared.client);
    const { sample } = await comm.request('memory', {});
    await comm.request('memlimit', { bytes: (sample.rss ?? 0) + 30_000_000 });
    try {
      expect(await comm.request('snapshotCost', {})).toMatchObject({
        refused: expect.stringContaining('that are free'),
      });
      expect(await wrong('%vars --exact')).toMatchObject({
        ename: 'UsageError',
        evalue: expect.stringMatching(/^No heap snapshot was taken: .* --force/),
      });
      await expect(comm.request('variables', { exact: true })).rejects.toMatchObject({ code: ErrorCode.usage });
    } finally {
      await comm.request('memlimit', { bytes: null });
    }
    expect((await comm.request('snapshotCost', {})).refused).toBeNull();
  });
});

describe('a slice that keeps a large text', () => {
  const text = 'Array.from({ length: 200_000 }, (_, i) => `line ${i} of the text`).join("\\n")';

  it('is found, and the remedy really copies', async () => {
    await run(`let cut = (${text}).slice(1_000, 1_030);`);
    const [found] = (await exact()).variables;
    expect(found?.bytes).toBeGreaterThan(4_000_000);
    const note = found?.notes.find(({ kind }) => kind === 'pinsString');
    expect(note).toMatchObject({
      text: expect.stringContaining('30 characters cut from a text of'),
      remedy: 'structuredClone(cut)',
    });
    expect((await why('cut')).remedy).toBe('structuredClone(cut)');
    await run(`cut = ${note?.remedy ?? ''};`);
    const [copied] = (await exact()).variables;
    expect(copied?.bytes).toBeLessThan(100);
    expect(copied?.notes).toEqual([]);
  });

  it('is found inside a container, and not where the slices are the text', async () => {
    await run(
      `const kept = new Map([['a', { word: (${text}).slice(500, 540) }]]); const lines = (${text}).split("\\n");`,
    );
    const { variables } = await exact();
    const notes = (name: string) => variables.find((variable) => variable.name === name)?.notes.map(({ kind }) => kind);
    expect(notes('kept')).toEqual(['pinsString']);
    expect(notes('lines')).toEqual([]);
  });

  it('holds the text that was freed, which %free --why tells', async () => {
    await run(`let whole = ${text}; const part = whole.slice(100, 140);`);
    expect(displayed(await run('%free whole --why'))).toMatch(
      /whole is still there .*: held by `part` -> text it is a slice of/,
    );
  });
});

describe('%why', () => {
  /** Holders by kind: TARGET stands for the name of what is held. */
  const holders: readonly (readonly [string, string, RegExp])[] = [
    [
      'a closure',
      'function make(v: object) { return function reader() { return v; }; } const f = make(TARGET);',
      /^held by `f` -> closure `reader` declared in cell \[\d+\] -> variable v$/,
    ],
    [
      'a pending timer',
      '{ const v = TARGET; setTimeout(function later() { void v.length; }, 3_600_000).unref(); }',
      /^held by a pending timer -> closure `later` declared in cell \[\d+\]/,
    ],
    [
      'a listener',
      "process.on('SIGUSR2', ((v) => function heard() { void v.length; })(TARGET));",
      /^held by a listener of process for 'SIGUSR2' -> closure `heard` declared in cell \[\d+\]/,
    ],
    [
      'a static of a class',
      'class Store { static #all = TARGET; static size() { return Store.#all.length; } }',
      /^held by `Store` -> \.#all$/,
    ],
    [
      'a cache behind a function',
      "const memo = (() => { const cache = new Map([['k3', TARGET]]); return (k: string) => cache.get(k); })();",
      /^held by `memo` -> a closure declared in cell \[\d+\] -> variable cache -> Map entry 'k3' -> value$/,
    ],
    [
      'a waiting function',
      'void (async function waits(v) { await new Promise((go) => setTimeout(go, 3_600_000).unref()); return v; })(TARGET);',
      /^held by a pending timer -> .*local variables of the waiting function `waits` declared in cell \[\d+\]$/,
    ],
    [
      'a settled promise',
      'const settled = Promise.resolve(TARGET);',
      /^held by `settled` -> promise's value or waiters$/,
    ],
    [
      'a key of a WeakMap',
      'const key = {}; const weak = new WeakMap([[key, TARGET]]);',
      /^held by `key` -> WeakMap value of a key that is alive/,
    ],
  ];

  it('finds holders of every kind, of values whose names were freed, too', async () => {
    for (const [index, [, code]] of holders.entries()) {
      await run(`let target${index} = new Array(20_000).fill(0.5);`);
      await run(code.replaceAll('TARGET', `target${index}`));
    }
    const [first] = holders;
    const found = await why('target0', { force: true });
    expect(found).toMatchObject({ alive: true, source: 'snapshot' });
    expect(others(found)).toEqual([expect.stringMatching(first?.[2] ?? /^$/)]);
    const names = holders.map((_holder, index) => `target${index}`);
    const freed = await record<FreeRecord>(`free(${JSON.stringify({ names, why: true, force: true })})`);
    for (const [index, [kind, , text]] of holders.entries())
      expect(freed.stillHeld.find(({ name }) => name === `target${index}`)?.holder, kind).toMatch(text);
    await run("process.removeAllListeners('SIGUSR2');");
  });

  it('answers without a snapshot where the walk finds a holder, and says when nothing else holds it', async () => {
    await run(
      "const inside = { a: 1 }; const cache = new Map([['k3', inside]]); const alone = new Array(1000).fill(0.5);",
    );
    expect(await why('inside')).toMatchObject({ source: 'walk', holderCount: null });
    expect(others(await why('inside'))).toEqual(["held by `cache` -> Map entry 'k3' -> value"]);
    expect(await why('alone')).toMatchObject({ source: 'snapshot', holderCount: 1, reason: 'nothing else holds it' });
  });

  it('counts every direct holder with --all, other names among them', async () => {
    await run(
      "const target = { a: 1 }; const b = target; const list = [0, target]; const cache = new Map([['k3', { value: target }]]); const m = new Map([[target, 1]]);",
    );
    const found = await why('target', { all: true });
    expect(found.holderCount).toBe(5);
    expect(others(found).sort()).toEqual([
      "held by `cache` -> Map entry 'k3' -> value -> .value",
      'held by `list` -> [1]',
      'held by `m` -> Map key',
      'held by another name: `b`',
    ]);
    expect(displayed(await run('%why target --all'))).toContain('target is alive, with 5 direct holders:');
  });

  it('says what V8 does not keep in its help, and that there is no such name', async () => {
    const { reply } = await run('%why?');
    expect(JSON.stringify(reply.content['payload'])).toContain('V8 keeps no reference counts');
    expect(await wrong('%why nothing')).toMatchObject({
      ename: 'UsageError',
      evalue: expect.stringContaining('No variable is called nothing'),
    });
  });

  it('tells who holds what is left of a freed name, and when nothing is', async () => {
    await run(
      "function keep(v: object) { return () => v; } let table: object | null = { rows: new Array(50_000).fill(0.5) }; const f = keep(table); const report = { parts: new Map([['a', table]]) };",
    );
    await run('table = null;');
    const text = displayed(await run('%free report'));
    expect(text).toMatch(/report\.parts\.get\('a'\) is still there: no variable leads to it/);
    expect(text).toContain('%why report tells who holds it.');
    const why = displayed(await run('%why report'));
    expect(why).toMatch(/^report\.parts\.get\('a'\) is alive, with 1 direct holder:/m);
    expect(why).toMatch(/held by `f` -> a closure declared in cell \[\d+\] -> variable v/);
    expect(why).toContain('Remedy: %free f');
    await run('%free f');
    expect(displayed(await run('%why report'))).toBe('Nothing of report is left.');
  });

  it('explains survivors of %free --why', async () => {
    await run(
      'let gone = new Array(50_000).fill(0.5); { const v = gone; setTimeout(function later() { void v.length; }, 3_600_000).unref(); }',
    );
    expect(displayed(await run('%free gone --why'))).toMatch(
      /gone is still there .*: held by a pending timer -> closure `later` declared in cell \[\d+\]/,
    );
  });
});

describe('%gc --count', () => {
  it('draws a line first, then counts what went since, by constructor', async () => {
    await run('class Leaf { a = 1; } let leaves = Array.from({ length: 30_000 }, () => new Leaf());');
    expect(displayed(await run('%gc --count'))).toContain('The first count draws the line');
    await run('leaves.length = 10_000;');
    const text = displayed(await run('%gc --count'));
    const [, count] = /^Leaf +([\d,]+)/m.exec(text) ?? [];
    // V8 may hold one or two of them a while longer, as the last thing that a loop has seen.
    expect(Number(count?.replaceAll(',', ''))).toBeGreaterThanOrEqual(19_990);
    expect(Number(count?.replaceAll(',', ''))).toBeLessThanOrEqual(20_000);
    expect(displayed(await run('%gc --count'))).not.toMatch(/^Leaf/m);
  });
});

describe('%mem --snapshot', () => {
  const folder = () => shared.kernel.folder;

  it("writes a file in the notebook's folder that has what Chrome DevTools reads", async () => {
    await run('class Marked { payload = new Array(1000).fill(0.5); } const marked = new Marked();');
    expect(displayed(await run('%mem --snapshot first'))).toMatch(
      /^Heap snapshot written to .*first\.heapsnapshot: [\d.]+ MB/,
    );
    const bytes = readFileSync(join(folder(), 'first.heapsnapshot'));
    const parsed = JSON.parse(bytes.toString('utf8')) as {
      snapshot: { meta: { node_fields: string[]; edge_fields: string[] }; node_count: number; edge_count: number };
      nodes: number[];
      edges: number[];
      strings: string[];
      locations: number[];
    };
    const { meta, node_count: nodes, edge_count: edges } = parsed.snapshot;
    expect(parsed.nodes).toHaveLength(nodes * meta.node_fields.length);
    expect(parsed.edges).toHaveLength(edges * meta.edge_fields.length);
    expect(parsed.strings).toContain('Marked');
    const reader = new SnapshotReader();
    reader.push(bytes);
    expect(reader.finish().nodeCount).toBe(nodes);
  });

  it('does not overwrite unless told to, and leaves nothing where it cannot write', async () => {
    writeFileSync(join(folder(), 'taken.heapsnapshot'), 'mine');
    expect((await wrong('%mem --snapshot taken.heapsnapshot'))['evalue']).toMatch(
      /taken\.heapsnapshot is there already: .*--overwrite/,
    );
    expect(readFileSync(join(folder(), 'taken.heapsnapshot'), 'utf8')).toBe('mine');
    await run('%mem --snapshot taken.heapsnapshot --overwrite');
    expect(readFileSync(join(folder(), 'taken.heapsnapshot'), 'utf8')).toMatch(/^\{"snapshot"/);
    expect((await wrong('%mem --snapshot no/such/folder/x'))['evalue']).toContain('the folder does not exist');
    mkdirSync(join(folder(), 'a.heapsnapshot'));
    expect((await wrong('%mem --snapshot a'))['evalue']).toContain('is a folder');
    expect(readdirSync(folder()).filter((name) => name.endsWith('.part'))).toEqual([]);
    rmSync(join(folder(), 'taken.heapsnapshot'));
  });

  it('can be asked for by the memory protocol', async () => {
    const comm = await openMemory(shared.client);
    const written = await comm.request('snapshot', { file: 'asked' });
    expect(written.path).toBe(join(folder(), 'asked.heapsnapshot'));
    expect(readFileSync(written.path).length).toBe(written.bytes);
    await expect(comm.request('snapshot', { file: 'asked' })).rejects.toMatchObject({
      message: expect.stringContaining('is there already'),
    });
  });
});

describe('trouble', () => {
  const many = 'const many = Array.from({ length: 150_000 }, (_, i) => ({ a: { i } }));';

  it('an interrupt in the middle ends the cell once V8 is done, and keeps the variables', async () => {
    await run(many);
    const id = await begunSnapshot('%vars --exact\nconsole.log("never")');
    await shared.client.request('interrupt_request', {}, { channel: 'control' });
    const { reply, broadcasts } = await shared.client.exchange(id);
    expect(reply.content).toMatchObject({ status: 'error', ename: 'KeyboardInterrupt' });
    expect(textOf({ broadcasts })).not.toContain('never');
    expect(resultOf(await run('many.length'))).toBe('150000');
    expect((await exact()).source).toBe('snapshot');
  });

  it('a runtime that dies meanwhile is replaced, and no part of a file is left', async () => {
    const pid = Number(resultOf(await run(`${many}\nprocess.pid`)));
    const id = await begunSnapshot('%mem --snapshot dying');
    process.kill(pid, 'SIGKILL');
    const { reply } = await shared.client.exchange(id);
    expect(reply.content).toMatchObject({ status: 'error' });
    expect(resultOf(await shared.client.execute('typeof globalThis'))).toBe("'object'");
    expect(readdirSync(shared.kernel.folder).filter((name) => name.startsWith('dying'))).toEqual([]);
    expect((await record<WhyRecord>('vars({ exact: true })')).source).toBe('snapshot');
  });

  it('a request is refused while a cell runs, and answered when it is over', async () => {
    await run('const target = { a: 1 };');
    const comm = await openMemory(shared.client);
    const id = shared.client.submit('console.log("on"); await new Promise((go) => { (globalThis as any).go = go; });');
    await shared.client.until(({ header, parent }) => parent.msg_id === id && header.msg_type === 'stream');
    const answers = await Promise.allSettled([
      comm.request('why', { name: 'target', all: true }),
      comm.request('variables', { exact: true, pattern: 'tar*' }),
      comm.request('snapshot', { file: 'busy' }),
      comm.request('gc', { count: true }),
    ]);
    const refused = { status: 'rejected', reason: expect.objectContaining({ code: ErrorCode.busy }) };
    expect(answers).toEqual([refused, refused, refused, refused]);
    expect((await comm.request('why', { name: 'target' })).source).toBe('walk');
    await shared.client.request('interrupt_request', {}, { channel: 'control' });
    await shared.client.exchange(id);
    expect((await comm.request('why', { name: 'target', all: true })).holderCount).toBe(1);
    expect(existsSync(join(shared.kernel.folder, 'busy.heapsnapshot'))).toBe(false);
  });

  it('two at once are taken one after the other, with progress told', async () => {
    await run('const target = { a: 1 }; const other = [target];');
    const comm = await openMemory(shared.client);
    await comm.request('subscribe', { topics: ['progress'] });
    const [sizes, holders] = await Promise.all([
      comm.request('variables', { exact: true }),
      comm.request('why', { name: 'target', all: true }),
    ]);
    expect(sizes.record).toMatchObject({ source: 'snapshot' });
    expect(holders.holderCount).toBe(2);
    expect(comm.events).toContainEqual({
      name: 'progress',
      params: expect.objectContaining({ text: expect.stringContaining('A heap snapshot takes about') }),
    });
  });

  it.runIf(process.platform === 'linux')('the thread that reads and its memory are gone after each', async () => {
    await run(many);
    const pid = shared.kernel.process.pid ?? 0;
    const threads = () => readdirSync(`/proc/${pid}/task`).length;
    const resident = () => Number(/^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) * 1024;
    await run('%vars --exact');
    const before = { threads: threads(), resident: resident() };
    for (let round = 0; round < 2; round++) await run('%vars --exact');
    expect(threads()).toBe(before.threads);
    // One reader of this heap takes over 100 MB while it works.
    expect(resident() - before.resident).toBeLessThan(60_000_000);
  });
});
