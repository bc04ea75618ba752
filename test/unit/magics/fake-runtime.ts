/** A runtime and a memory that remember what they were asked, for tests of magics alone. */
import { createTracer } from '../../../kernel/src/magics/tracing.js';
import type {
  CellRecord,
  FreeRecord,
  GcRecord,
  MemoryRecord,
  MemorySample,
  VariableRecord,
  VariablesRecord,
  WatchRecord,
} from '@heapmark/protocol';
import type { Clock, MagicContext } from '../../../kernel/src/magics/context.js';
import { createCacheDesk } from '../../../kernel/src/magics/cache-functions.js';
import { createLeakDesk } from '../../../kernel/src/magics/leak-functions.js';
import type { TensorFunctions } from '../../../kernel/src/magics/tensor-functions.js';
import { createFunctions } from '../../../kernel/src/magics/functions.js';
import type { Leftovers, Memory } from '../../../kernel/src/memory/index.js';
import type { GlobalEntry, RunnableCode, RuntimeContext } from '../../../kernel/src/runtime/context.js';

export const sample: MemorySample = {
  time: 0,
  rss: 180e6,
  heapUsed: 40e6,
  heapTotal: 60e6,
  heapLimit: 4.1e9,
  arrayBuffers: 1e9,
  otherExternal: 2e6,
  workers: null,
  native: null,
  tensors: null,
  gpu: null,
  busy: true,
};

export const variable = (name: string, more: Partial<VariableRecord> = {}): VariableRecord => ({
  name,
  type: 'Array',
  shape: '3',
  bytes: 1000,
  low: 900,
  high: 1100,
  precision: 'estimate',
  sharedBytes: null,
  tensorBytes: null,
  preview: '[1, 2, 3]',
  cell: { cellId: 'a', executionCount: 4 },
  notes: [],
  ...more,
});

export const gcRecord = (more: Partial<GcRecord> = {}): GcRecord => ({
  kind: 'full',
  before: sample,
  after: sample,
  returned: { heap: 4e6, arrayBuffers: 0, otherExternal: 0, tensors: null, rss: 2e6 },
  pauseMs: 24,
  collected: null,
  stats: null,
  timeShare: null,
  ...more,
});

export const cellRecord = (more: Partial<CellRecord> = {}): CellRecord => ({
  cellId: 'a',
  executionCount: 5,
  status: 'ok',
  startedAt: 0,
  elapsedMs: 2300,
  before: null,
  after: null,
  peak: 1.6e9,
  peakKind: 'arrayBuffers',
  peakPrecision: 'atLeast',
  delta: 1e9,
  deltaByKind: null,
  deltaPrecision: 'exact',
  rssDelta: null,
  tensorDelta: null,
  settled: true,
  unsettledReason: null,
  lost: false,
  group: null,
  groupDelta: null,
  background: false,
  byVariable: [],
  source: 'const rows = await load()',
  ...more,
});

export interface Said {
  readonly stdout: string[];
  readonly displays: Record<string, unknown>[];
  readonly values: unknown[];
  readonly asked: [kind: string, params: unknown][];
  /** Calls of memory: the method and its arguments. */
  readonly calls: [method: string, ...args: unknown[]][];
  readonly compiled: string[];
}

export interface Fake {
  readonly context: MagicContext;
  readonly said: Said;
  readonly values: Map<string, unknown>;
}

export interface FakeOptions {
  values?: Record<string, unknown>;
  /** What questions to the front are answered with; an Error is thrown. */
  answers?: Record<string, unknown>;
  clock?: Clock;
  compile?: (code: string) => RunnableCode;
}

/** A name that begins with `imported` was imported. */
const entryOf = (name: string, value: unknown): GlobalEntry => ({
  name,
  kind: name.startsWith('imported') ? 'import' : typeof value === 'function' ? 'function' : 'const',
  owner: { parentId: 'p', cellId: null, executionCount: 1 },
  defined: true,
  value,
});

export function fake({ values: initial = {}, answers = {}, clock = stoppedClock(), compile }: FakeOptions = {}): Fake {
  const values = new Map(Object.entries(initial));
  const said: Said = { stdout: [], displays: [], values: [], asked: [], calls: [], compiled: [] };
  const runtime = {
    globals: {
      *entries() {
        for (const [name, value] of values) yield entryOf(name, value);
      },
      addedToGlobalThis: () => [],
    },
    display: (data: Record<string, unknown>) => void said.displays.push(data),
    // What the pager shows counts as shown.
    payload: ({ data }: Record<string, unknown>) => void said.displays.push(data as Record<string, unknown>),
    stdout: (text: string) => void said.stdout.push(text),
    isRunning: () => true,
    labelOf: () => null,
    stopTimers: (why: string) => void said.calls.push(['stopTimers', why]),
    async ask(kind: string, params: unknown) {
      said.asked.push([kind, params]);
      const answer = answers[kind];
      if (answer instanceof Error) throw answer;
      return answer;
    },
    async compile(code: string) {
      said.compiled.push(code);
      if (compile === undefined) throw new Error('no compiler here');
      return compile(code);
    },
    aborted: () => new AbortController().signal,
  } as unknown as RuntimeContext;
  const memory = fakeMemory(values, said);
  const context: MagicContext = {
    runtime,
    memory,
    functions: createFunctions(runtime, memory),
    tensorFunctions: {} as TensorFunctions,
    clock,
    caches: createCacheDesk(runtime),
    tracer: createTracer(memory),
    leakDesk: createLeakDesk({ runtime, heap: {} as never, tracer: { running: false }, probes: {} as never }),
    async showValue(value) {
      said.values.push(value);
    },
  };
  return { context, said, values };
}

function fakeMemory(values: Map<string, unknown>, said: Said): Memory {
  const isData = (name: string): boolean => typeof values.get(name) !== 'function' && !name.startsWith('_');
  const freed = new Map<string, Leftovers>();
  let watching = false;
  const memory = {
    variables(options: unknown): VariablesRecord {
      said.calls.push(['variables', options]);
      const variables = [...values.keys()].filter(isData).map((name) => variable(name));
      return {
        variables,
        totalBytes: 1000 * variables.length,
        precision: 'estimate',
        truncated: false,
        hiddenCount: values.size - variables.length,
        elapsedMs: 1,
      };
    },
    names: (rule: string) => [...values.keys()].filter((name) => rule === 'all' || isData(name)),
    matching: (pattern: RegExp) => [...values.keys()].filter((name) => pattern.test(name)),
    describe: (value: unknown) => ({
      type: Array.isArray(value) ? 'Array' : typeof value,
      shape: Array.isArray(value) ? `${value.length}` : null,
      preview: JSON.stringify(value) ?? 'ƒ',
    }),
    leftovers: (name: string) => freed.get(name) ?? null,
    entry: (name: string) => (values.has(name) ? entryOf(name, values.get(name)) : undefined),
    aliases: (name: string) =>
      [...values].filter(([other, value]) => other !== name && value === values.get(name)).map(([other]) => other),
    async free(names: readonly string[], options?: unknown): Promise<FreeRecord> {
      said.calls.push(options === undefined ? ['free', [...names]] : ['free', [...names], options]);
      for (const name of names) {
        const value = values.get(name);
        if (typeof value === 'object' && value !== null)
          freed.set(name, { name, values: [{ name, target: new WeakRef(value) }], texts: [] });
        values.delete(name);
      }
      return {
        freed: [...names],
        bytesExpected: 1000,
        bytesReturned: { heap: 1000, arrayBuffers: 0, otherExternal: 0, tensors: null, rss: null },
        stillHeld: [],
        sharedKept: [],
        precision: 'estimate',
        elapsedMs: 1,
      };
    },
    confirming(on?: boolean): boolean {
      said.calls.push(['confirming', on]);
      return on ?? true;
    },
    printing(on?: boolean): boolean {
      said.calls.push(['printing', on]);
      return on ?? false;
    },
    watching(on?: boolean): boolean {
      said.calls.push(['watching', on]);
      watching = on ?? watching;
      return watching;
    },
    async watched(_explain: unknown, after?: number): Promise<WatchRecord> {
      said.calls.push(['watched', after]);
      return { on: true, after: after ?? 2, tracked: [], gone: 1, lingering: [], notes: [] };
    },
    track: (value: object, label: string) => void said.calls.push(['track', value, label]),
    generations: async () => ({ semiSpace: 16e6, newSpace: 48e6, oldSpace: 4e9, heapLimit: 4.048e9 }),
    async collect(options: unknown): Promise<GcRecord> {
      said.calls.push(['collect', options]);
      return gcRecord();
    },
    report: (cells: CellRecord[]): MemoryRecord => ({ sample, limits: [], cells, notes: [] }),
  };
  return memory as unknown as Memory;
}

const stoppedClock = (): Clock => ({ now: () => 0, cpu: () => ({ userMs: 0, systemMs: 0 }) });

/** The text of the last display. */
export const shown = ({ said }: Fake): string => (said.displays.at(-1)?.['text/plain'] ?? '') as string;
