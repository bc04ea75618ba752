import { describe, expect, it } from 'vitest';
import type { WhyRecord } from '@heapmark/protocol';
import type { HeapWhy } from '../../../../kernel/src/ipc/heap.js';
import { createHeapView } from '../../../../kernel/src/memory/heap/view.js';

const figures = { nodes: 1_000, edges: 3_000, takenMs: 10, textBytes: 70_000 };
const own = { path: [], text: 'held by its name: `x`', cell: null, retainedBytes: null };
const byTimer: HeapWhy = {
  found: true,
  holders: [
    {
      steps: [
        { kind: 'timer', name: 'a pending timer' },
        { kind: 'closure', name: 'closure `f`', script: 'cell-7.ts' },
      ],
    },
  ],
  holderCount: 2,
  pinned: null,
};

interface Options {
  value?: unknown;
  small?: number;
  limit?: number | null;
  running?: boolean;
  walked?: Partial<WhyRecord>;
  answer?: HeapWhy;
  /** What lives on of the name `x`, which was freed. */
  left?: object | null;
}

function view({
  value = {},
  small = 1e6,
  limit = null,
  running = true,
  walked = {},
  answer = byTimer,
  left,
}: Options = {}) {
  const asked: string[] = [];
  const said: string[] = [];
  const events: unknown[] = [];
  const runtime = {
    async ask(kind: string) {
      if (kind === 'memlimit') return { limit, source: '' };
      asked.push(kind);
      return kind === 'heapWhy'
        ? { answers: { x: answer }, figures }
        : { path: '/n/a.heapsnapshot', bytes: 7, takenMs: 1 };
    },
    emit: (event: unknown) => void events.push(event),
    globals: { get: () => undefined },
    isRunning: () => running,
    labelOf: (script: string) => (script === 'cell-7.ts' ? 'cell [4]' : null),
    stdout: (text: string) => void said.push(text),
  };
  const memory = {
    entry: () => (left === undefined ? { value } : undefined),
    collect: async () => undefined,
    leftovers: () =>
      left === undefined
        ? null
        : { name: 'x', values: [{ name: 'x', target: { deref: () => left ?? undefined } }], texts: [] },
    variables: () => undefined,
    why: (name: string) => ({
      name,
      alive: true,
      holders: [own],
      holderCount: null,
      source: 'walk',
      reason: null,
      remedy: null,
      elapsedMs: 1,
      ...walked,
    }),
  };
  const probes = { heap: () => ({ small, large: 0 }), available: () => 8e9, rss: () => 1e8, now: () => 0 };
  return { heap: createHeapView(runtime as never, memory as never, probes), asked, said, events };
}

describe('why, by walk and by snapshot', () => {
  it('takes a snapshot where the walk finds only the name itself, and says in which cell a function was declared', async () => {
    const { heap, asked, said } = view();
    const record = await heap.why('x');
    expect(asked).toEqual(['heapWhy']);
    expect(said[0]).toMatch(/^A heap snapshot takes about/);
    expect(record).toMatchObject({ source: 'snapshot', holderCount: 2, reason: null });
    expect(record.holders.map(({ text }) => text)).toEqual([
      'held by its name: `x`',
      'held by a pending timer -> closure `f` declared in cell [4]',
    ]);
    expect(record.holders[1]?.cell).toEqual({ cellId: null, executionCount: 4 });
  });

  it('tells of a freed name who holds what is left of it, and when nothing is', async () => {
    const held: HeapWhy = {
      ...byTimer,
      holders: [{ steps: [{ kind: 'global', name: 'find' }, ...(byTimer.holders[0]?.steps.slice(1) ?? [])] }],
    };
    const { heap, asked } = view({ left: {}, answer: held });
    const record = await heap.why('x');
    expect(asked).toEqual(['heapWhy']);
    expect(record).toMatchObject({ name: 'x', alive: true, source: 'snapshot', reason: null, remedy: '%free find' });
    expect(record.holders.map(({ text }) => text)).toEqual(['held by `find` -> closure `f` declared in cell [4]']);
    expect(await view({ left: {} }).heap.why('x', { snapshot: false })).toMatchObject({ alive: true, holders: [] });
    const gone = view({ left: null });
    expect(await gone.heap.why('x')).toMatchObject({ alive: false, reason: 'nothing of x is left' });
    expect(gone.asked).toEqual([]);
    const went = view({ left: {}, answer: { found: false, holders: [], holderCount: 0, pinned: null } });
    expect(await went.heap.why('x')).toMatchObject({ alive: false, reason: 'nothing of x is left' });
    expect((await view({ left: {}, small: 1e9 }).heap.why('x')).reason).toMatch(/^no heap snapshot was taken: /);
  });

  it('takes none where the walk has an answer, for numbers, and where it is told not to', async () => {
    const found = view({ walked: { holders: [own, own] } });
    await found.heap.why('x');
    const small = view({ value: 7 });
    await small.heap.why('x');
    const told = view();
    await told.heap.why('x', { snapshot: false });
    expect([found.asked, small.asked, told.asked]).toEqual([[], [], []]);
  });

  it('says why it took none, and takes it by force', async () => {
    const { heap, asked } = view({ small: 3e8 });
    const record = await heap.why('x');
    expect(record).toMatchObject({
      source: 'walk',
      reason: expect.stringMatching(/no heap snapshot was taken: .* --force/),
    });
    expect(asked).toEqual([]);
    await heap.why('x', { force: true });
    expect(asked).toEqual(['heapWhy']);
  });

  it('refuses what was asked for by name where the limit leaves no memory, and a file without a name', async () => {
    const { heap, asked } = view({ limit: 1.1e8 });
    await expect(heap.why('x', { all: true })).rejects.toMatchObject({ code: 'usage' });
    await expect(heap.write('a')).rejects.toThrow(/--force/);
    await expect(heap.write(' ')).rejects.toThrow('needs the name of a file');
    expect(asked).toEqual([]);
    expect((await heap.cost()).refused).toContain('that are free');
  });

  it('tells the price to a cell as output, to others as progress', async () => {
    const idle = view({ running: false });
    await idle.heap.write('a');
    expect(idle.said).toEqual([]);
    expect(idle.events).toMatchObject([{ name: 'progress', params: { id: 'snapshot' } }]);
  });
});
