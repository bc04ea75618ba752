import { EVENT_ROWS } from '../../../../labextension/src/model/variables.js';
import { ErrorCode, type Topic } from '@heapmark/protocol';
import { beforeEach, describe, expect, it } from 'vitest';
import { KernelLink } from '../../../../labextension/src/client/link.js';
import { MemoryModel, type Aspect } from '../../../../labextension/src/model/memory-model.js';
import { FakeKernel, settle } from '../fake-kernel.js';
import { cell, freed, memoryRecord, sample, variable, variables } from '../records.js';

let kernel: FakeKernel;
let model: MemoryModel;
let aspects: Aspect[];
const everything: Topic[] = ['sample', 'cell', 'variables', 'warning', 'progress'];
const listed = (names: string[], asOf = 10) => ({
  record: variables(names.map((name) => variable(name))),
  stale: false,
  asOf,
});

beforeEach(() => {
  kernel = new FakeKernel();
  kernel.answers.variables = listed(['a', 'b']);
  const link = new KernelLink(kernel, { client: 'test', onInvalid: (problem) => expect.fail(problem.message) });
  model = new MemoryModel(link, () => 5000);
  aspects = [];
  model.changed.connect((_, aspect) => aspects.push(aspect));
});

/** As many rows as an event carries at most. */
const largest = () => Array.from({ length: EVENT_ROWS }, (_none, index) => variable(`large${index}`));

describe('what a model has the kernel send', () => {
  it('is nothing while nobody watches', async () => {
    await settle();
    expect(kernel.channels).toHaveLength(0);
  });

  it('is what is watched, in one subscription, and then what it continues', async () => {
    model.watch({ topics: ['sample'], sampleEveryMs: 5000 });
    model.watch({ topics: ['sample', 'cell'], sampleEveryMs: 400 });
    await settle();
    expect(kernel.methods).toEqual(['hello', 'subscribe', 'memory', 'cells']);
    expect(kernel.channel.asked('subscribe')[0]?.params).toEqual({ topics: ['cell', 'sample'], sampleEveryMs: 400 });
  });

  it('shrinks when something is hidden and ends when all is: after that there is silence', async () => {
    const quick = model.watch({ topics: ['sample', 'variables'], sampleEveryMs: 400 });
    const slow = model.watch({ topics: ['sample'], sampleEveryMs: 5000 });
    await settle();
    quick.dispose();
    await settle();
    slow.dispose();
    await settle();
    expect(kernel.channel.asked('subscribe').map(({ params }) => params)).toEqual([
      { topics: ['sample', 'variables'], sampleEveryMs: 400 },
      { topics: ['sample'], sampleEveryMs: 5000 },
      { topics: [] },
    ]);
    expect(kernel.methods.filter((method) => method === 'memory')).toHaveLength(1);
  });

  it('is not sent again for a change that ends where it began', async () => {
    const first = model.watch({ topics: ['cell'] });
    await settle();
    first.dispose();
    model.watch({ topics: ['cell'] });
    await settle();
    expect(kernel.channel.asked('subscribe')).toHaveLength(1);
  });

  it('is asked for again after a restart', async () => {
    model.watch({ topics: ['cell'] });
    await settle();
    kernel.become('restarting');
    kernel.become('up');
    await settle();
    expect(kernel.channel.asked('subscribe')[0]?.params).toEqual({ topics: ['cell'] });
  });
});

describe('what a model knows', () => {
  it('grows with the samples', async () => {
    model.watch({ topics: ['sample'] });
    await settle();
    kernel.channel.tell('sample', sample({ time: 2000, heapUsed: 7 }));
    expect(model.latest).toMatchObject({ time: 2000, heapUsed: 7 });
    expect(aspects).toContain('samples');
  });

  it('takes what was measured at the end of a cell for a sample, without process memory, which was not', async () => {
    model.watch({ topics: ['sample', 'cell'] });
    await settle();
    kernel.channel.tell('sample', sample({ time: 2000, rss: 300e6 }));
    const after = { heapUsed: 1, arrayBuffers: 2, otherExternal: 3 };
    kernel.channel.tell('cell', { cell: cell({ startedAt: 1900, elapsedMs: 200, after }) });
    expect(model.latest).toMatchObject({ time: 2100, ...after, rss: null });
    expect(model.samples.latestRss).toBe(300e6);
    kernel.channel.tell('cell', { cell: cell({ startedAt: 10, elapsedMs: 200, after }) });
    expect(model.latest?.time).toBe(2100);
  });

  it('tells which cell changed, and of the latest run of each', async () => {
    const changed: (string | null)[] = [];
    model.cellChanged.connect((_, record) => changed.push(record?.cellId ?? null));
    model.watch({ topics: ['cell'] });
    await settle();
    kernel.channel.tell('cell', { cell: cell({ settled: false }) });
    kernel.channel.tell('cell', { cell: cell({ settled: true }) });
    expect(changed).toEqual([null, 'c1', 'c1']);
    expect(model.cells.runs).toHaveLength(1);
    expect(model.cells.latestOf('c1')?.settled).toBe(true);
  });

  it('has variables that are stale while a later cell runs', async () => {
    model.watch({ topics: ['variables', 'cell'] });
    await settle();
    expect(model.variables.snapshot?.stale).toBe(false);
    kernel.channel.tell('cell', { cell: cell({ startedAt: 20, status: 'running', elapsedMs: null }) });
    expect(model.variables.snapshot?.stale).toBe(true);
    kernel.channel.tell('cell', { cell: cell({ startedAt: 20 }) });
    kernel.channel.tell('variables', { record: variables([variable('c')]), asOf: 30 });
    expect(model.variables.snapshot).toMatchObject({ stale: false, record: { variables: [{ name: 'c' }] } });
  });

  it('does not let a late answer replace a newer list', async () => {
    model.watch({ topics: ['variables'] });
    await settle();
    kernel.channel.tell('variables', { record: variables([variable('new')]), asOf: 50 });
    model.refresh();
    await settle();
    expect(model.variables.snapshot?.record.variables.map(({ name }) => name)).toEqual(['new']);
  });

  it('forgets what was chosen once it is gone, but not what merely is not among the largest', async () => {
    model.watch({ topics: ['variables'] });
    await settle();
    model.variables.choose(['a', 'b'], true);
    kernel.channel.tell('variables', { record: variables(largest(), { truncated: true }), asOf: 20 });
    expect([...model.variables.chosen]).toEqual(['a', 'b']);
    kernel.channel.tell('variables', { record: variables([variable('a')], { truncated: true }), asOf: 30 });
    expect([...model.variables.chosen]).toEqual(['a']);
  });

  it('keeps the whole list once it was asked for, also when only the largest are announced', async () => {
    model.watch({ topics: ['variables'] });
    await settle();
    model.variables.listAll();
    kernel.answers.variables = listed(['a', 'b', 'c'], 40);
    kernel.channel.tell('variables', { record: variables(largest(), { truncated: true }), asOf: 35 });
    // The largest at once, the others as they were; then all of them.
    expect(model.variables.snapshot).toMatchObject({ asOf: 35, restAsOf: 10 });
    expect(model.variables.snapshot?.record.variables).toHaveLength(EVENT_ROWS + 2);
    await settle();
    expect(model.variables.snapshot?.restAsOf).toBeUndefined();
    expect(model.variables.snapshot?.record.variables).toHaveLength(3);
  });

  it('is of the new runtime after a restart; the timeline stays', async () => {
    model.watch({ topics: everything });
    await settle();
    kernel.channel.tell('cell', { cell: cell() });
    kernel.channel.tell('warning', { kind: 'nearLimit', text: 'near' });
    kernel.become('restarting');
    expect(model.variables.snapshot).toBeNull();
    expect(model.cells.runs).toEqual([]);
    expect(model.warning).toBeNull();
    expect(model.latest).not.toBeNull();
  });

  it('is asked for anew when the runtime was replaced', async () => {
    model.watch({ topics: everything });
    await settle();
    const before = kernel.methods.length;
    kernel.channel.tell('warning', { kind: 'runtimeDied', text: 'The runtime died.' });
    expect(model.warning).toMatchObject({ text: 'The runtime died.', at: 5000 });
    expect(kernel.methods.slice(before)).toEqual(['memory', 'cells', 'variables']);
  });

  it('does not complain of a list that a busy kernel will send by itself', async () => {
    kernel.silent.add('variables');
    model.watch({ topics: ['variables'] });
    await settle();
    kernel.channel.refuse('variables', ErrorCode.busy, 'A cell is running.');
    await settle();
    expect(model.actions.outcome).toBeNull();
  });
});

describe('what a model has the kernel do', () => {
  it('leaves what was measured, until the next', async () => {
    kernel.answers.free = freed();
    model.watch({ topics: ['variables'] });
    await settle();
    const before = kernel.methods.length;
    await expect(model.actions.free(['a'])).resolves.toMatchObject({ kind: 'free', at: 5000 });
    await settle();
    expect(kernel.channel.asked('free')[0]?.params).toEqual({ names: ['a'] });
    expect(kernel.methods.slice(before)).toEqual(['free', 'variables']);
    expect(model.actions).toMatchObject({ activity: null, outcome: { kind: 'free' } });
  });

  it('shows what goes on and how far it is', async () => {
    kernel.silent.add('gc');
    model.watch({ topics: ['progress'] });
    await settle();
    void model.actions.collect();
    kernel.channel.tell('progress', { id: 1, text: 'Collecting', done: 0.5, cancellable: true });
    expect(model.actions.activity).toEqual({ kind: 'gc', text: 'Collecting', done: 0.5 });
    model.actions.cancel();
    expect(kernel.channel.asked('cancel')).toHaveLength(1);
    kernel.channel.refuse('gc', ErrorCode.cancelled, 'Cancelled.');
    await settle();
    expect(model.actions).toMatchObject({ activity: null, outcome: { kind: 'failure', message: 'Cancelled.' } });
  });

  it("makes a failure an outcome in the kernel's words", async () => {
    kernel.silent.add('free');
    model.watch({ topics: ['variables'] });
    await settle();
    const outcome = model.actions.free(['zzz']);
    kernel.channel.refuse('free', ErrorCode.usage, 'There is no variable zzz; nothing was freed.');
    await expect(outcome).resolves.toMatchObject({
      kind: 'failure',
      message: 'There is no variable zzz; nothing was freed.',
    });
  });
});

it('settles when it is known whether the kernel speaks the protocol', async () => {
  kernel.silent.add('hello');
  model.watch({ topics: [] });
  let known = false;
  void model.settled().then(() => (known = true));
  await settle();
  expect(known).toBe(false);
  kernel.channel.onClose?.();
  await settle();
  expect(known).toBe(true);
});

it('keeps the limits of the record in step with the samples', async () => {
  kernel.answers.memory = memoryRecord({ limits: [{ kind: 'heap', used: 100e6, limit: 1e9, text: 'flag' }] });
  model.watch({ topics: ['sample'] });
  await settle();
  kernel.channel.tell('sample', sample({ time: 2000, heapUsed: 500e6 }));
  expect(model.limits).toEqual([{ kind: 'heap', used: 500e6, limit: 1e9, text: 'flag', derived: false }]);
});
