import { describe, expect, test } from 'vitest';
import { magicDeclarations, type RequestMap } from '@heapmark/protocol';
import type * as Declared from '../../../kernel/resources/heapmark/index.js';
import type { HeapmarkFunctions } from '../../../kernel/src/magics/functions.js';
import { createHeapView } from '../../../kernel/src/memory/index.js';
import { requestHandlers } from '../../../kernel/src/magics/request-handlers.js';
import { createTensorFunctions } from '../../../kernel/src/magics/tensor-functions.js';
import { memtraceFunctions } from '../../../kernel/src/magics/tracing.js';
import { runLine } from '../../../kernel/src/magics/dispatch.js';
import type { RequestCall } from '../../../kernel/src/runtime/context.js';
import { cellRecord, fake, sample, type Fake } from './fake-runtime.js';

const DISPLAY = Symbol.for('Jupyter.display');
const displayOf = (record: object): Record<string, string> =>
  (record as Record<symbol, () => Record<string, string>>)[DISPLAY]?.() ?? {};

/** What cells are told of the functions is what the functions are: checked by the compiler, both ways. */
const asDeclared = (functions: HeapmarkFunctions): Pick<typeof Declared, keyof HeapmarkFunctions> => functions;
const asWritten = (functions: Pick<typeof Declared, keyof HeapmarkFunctions>): HeapmarkFunctions => functions;

const notebook = (): Fake => fake({ values: { rows: [1], tmp: 2, load: () => 0 }, answers: { cells: [cellRecord()] } });

test('every function form of an available magic exists', () => {
  const { functions, runtime, tracer, caches, leakDesk } = notebook().context;
  const leaks: typeof Declared.leaks = leakDesk.leaks;
  const memtrace: typeof Declared.memtrace = memtraceFunctions(runtime, tracer);
  const forms = magicDeclarations
    .filter(({ available }) => available)
    .flatMap(({ functionForm }) => functionForm ?? []);
  // Which functions there are does not depend on what they ask.
  const tensors = createTensorFunctions({} as Parameters<typeof createTensorFunctions>[0]);
  const all = { ...asWritten(asDeclared(functions)), memtrace, leaks, ...caches.functions, ...tensors };
  for (const form of forms) expect(all).toHaveProperty(form, expect.any(Function));
});

describe('records', () => {
  test('are plain data that shows itself as its magic does', async () => {
    const { functions } = notebook().context;
    const record = await functions.vars();
    expect(Object.keys(record)).not.toContain('Jupyter.display');
    expect(JSON.parse(JSON.stringify(record))).toEqual({ ...record });
    expect(structuredClone(record)).toEqual({ ...record });
    expect(displayOf(record)['text/plain']).toContain('rows');
    expect(displayOf(await functions.gc())['text/html']).toContain('came back');
    expect(displayOf(await functions.memory())['text/plain']).toContain('const rows = await load()');
    expect(displayOf(await functions.cells())['text/plain']).toContain('+1.00 GB');
    expect(displayOf(await functions.checkGlobalVariable())['text/plain']).toBe('rows\ntmp');
    expect(displayOf(await functions.free('tmp'))['text/plain']).toContain('Freed tmp');
  });

  test('cells() gives what the front knows', async () => {
    const cells = await notebook().context.functions.cells();
    expect([...cells]).toEqual([cellRecord()]);
  });

  test('memory() puts the cells of the front beside the figures of the runtime', async () => {
    expect(await notebook().context.functions.memory()).toEqual({
      sample,
      limits: [],
      cells: [cellRecord()],
      notes: [],
    });
  });
});

describe('why()', () => {
  test('answers about a name that was freed, which another free points to', async () => {
    const { functions } = notebook().context;
    await functions.free('rows');
    await expect(functions.free('rows')).rejects.toThrow(
      'rows was freed already, and a part of it lives on: %why rows tells who holds it.',
    );
    await expect(functions.why('row')).rejects.toThrow('No variable is called row');
  });
});

describe('free()', () => {
  test('takes names, an object, and both', async () => {
    const calls = async (...words: Parameters<HeapmarkFunctions['free']>) => {
      const it = notebook();
      await it.context.functions.free(...words);
      return it.said.calls;
    };
    expect(await calls('rows', 'tmp')).toEqual([['free', ['rows', 'tmp']]]);
    expect(await calls({ all: true })).toEqual([['free', ['rows', 'tmp']]]);
    expect(await calls({ pattern: '^t' })).toEqual([['free', ['tmp']]]);
    expect(await calls('rows', { pattern: /^T/gi })).toEqual([['free', ['rows', 'tmp']]]);
    expect(await calls({ names: ['tmp'] })).toEqual([['free', ['tmp']]]);
  });

  test('refuses an unknown name and no name at all', async () => {
    const it = notebook();
    await expect(it.context.functions.free('tpm')).rejects.toMatchObject({ code: 'usage' });
    await expect(it.context.functions.free()).rejects.toThrow('free needs a name');
    expect(it.said.calls).toEqual([]);
  });
});

describe('requests of the memory protocol', () => {
  const call: RequestCall = { tag: null, signal: new AbortController().signal };
  const handlersOf = ({ context }: Fake, freed = (): void => undefined, running = false) =>
    requestHandlers({
      runtime: { isRunning: () => running },
      memory: context.memory,
      heap: createHeapView(context.runtime, context.memory),
      functions: context.functions,
      freed,
    });

  test('variables are answered with the moment they are of', async () => {
    const answer = (await handlersOf(notebook()).variables?.({ limit: 5 }, call)) as RequestMap['variables']['result'];
    expect(answer.stale).toBe(false);
    expect(answer.record.variables.map(({ name }) => name)).toEqual(['rows', 'tmp']);
    expect(Math.abs(Date.now() - answer.asOf)).toBeLessThan(10_000);
  });

  test('a free tells that names are gone; one that is refused does not', async () => {
    const it = notebook();
    let told = 0;
    const handlers = handlersOf(it, () => (told += 1));
    await handlers.free?.({ names: ['tmp'] }, call);
    expect(told).toBe(1);
    await expect(handlers.free?.({ names: ['tmp'] }, call)).rejects.toMatchObject({ code: 'usage' });
    expect(told).toBe(1);
  });

  test('what needs a heap snapshot is refused while a cell runs, and nothing is freed', async () => {
    const it = notebook();
    const handlers = handlersOf(it, undefined, true);
    const refused = { code: -32005, message: expect.stringContaining('A cell is running') };
    await expect(async () => handlers.gc?.({ count: true }, call)).rejects.toMatchObject(refused);
    await expect(async () => handlers.free?.({ names: ['tmp'], why: true }, call)).rejects.toMatchObject(refused);
    await expect(async () => handlers.variables?.({ exact: true }, call)).rejects.toMatchObject(refused);
    await expect(async () => handlers.snapshot?.({ file: 'a' }, call)).rejects.toMatchObject(refused);
    await expect(async () => handlers.why?.({ name: 'tmp', all: true }, call)).rejects.toMatchObject(refused);
    expect(it.said.calls).toEqual([]);
  });
});

describe('%gc', () => {
  test('passes on what kind of collection is wanted', async () => {
    const it = notebook();
    await it.context.functions.gc({ minor: true, stats: true });
    await it.context.functions.gc();
    expect(it.said.calls.filter(([call]) => call === 'collect')).toEqual([
      ['collect', { minor: true, stats: true }],
      ['collect', { minor: false, stats: false }],
    ]);
  });

  test('--confirm switches the collections of idle time, and makes none', async () => {
    const it = notebook();
    await runLine('gc', '--confirm off', it.context);
    expect(it.said.calls).toEqual([['confirming', false]]);
    expect(it.said.stdout).toEqual(['Collections in idle time no longer confirm what cells cost.\n']);
  });
});
