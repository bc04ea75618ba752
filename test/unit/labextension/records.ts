/** Records that fit the protocol, to be varied by a test. */
import type {
  CellRecord,
  FreeRecord,
  MemoryRecord,
  MemorySample,
  VariableRecord,
  VariablesRecord,
} from '@heapmark/protocol';
import type { Translation } from '../../../labextension/src/format.js';

export const sample = (change: Partial<MemorySample> = {}): MemorySample => ({
  time: 1000,
  rss: 200e6,
  heapUsed: 100e6,
  heapTotal: 150e6,
  heapLimit: 4e9,
  arrayBuffers: 50e6,
  otherExternal: 1e6,
  workers: null,
  native: null,
  tensors: null,
  gpu: null,
  busy: false,
  ...change,
});

export const memoryRecord = (change: Partial<MemoryRecord> = {}): MemoryRecord => ({
  sample: sample(),
  limits: [],
  cells: [],
  notes: [],
  ...change,
});

export const cell = (change: Partial<CellRecord> = {}): CellRecord => ({
  cellId: 'c1',
  executionCount: 1,
  status: 'ok',
  startedAt: 1000,
  elapsedMs: 2300,
  before: { heapUsed: 0, arrayBuffers: 0, otherExternal: 0 },
  after: { heapUsed: 0, arrayBuffers: 1e9, otherExternal: 0 },
  peak: 1.6e9,
  peakKind: 'arrayBuffers',
  peakPrecision: 'exact',
  delta: 1e9,
  deltaByKind: { heapUsed: 0, arrayBuffers: 1e9, otherExternal: 0 },
  deltaPrecision: 'exact',
  rssDelta: 1e9,
  tensorDelta: null,
  settled: true,
  unsettledReason: null,
  lost: false,
  group: null,
  groupDelta: null,
  background: false,
  byVariable: [],
  source: 'const rows = load()',
  ...change,
});

export const variable = (name: string, change: Partial<VariableRecord> = {}): VariableRecord => ({
  name,
  type: 'Array',
  shape: '3',
  bytes: 100,
  low: 100,
  high: 100,
  precision: 'exact',
  sharedBytes: null,
  tensorBytes: null,
  preview: '[1, 2, 3]',
  cell: null,
  notes: [],
  ...change,
});

export const variables = (rows: VariableRecord[], change: Partial<VariablesRecord> = {}): VariablesRecord => ({
  variables: rows,
  totalBytes: 300,
  precision: 'exact',
  truncated: false,
  hiddenCount: 0,
  elapsedMs: 1,
  ...change,
});

export const freed = (change: Partial<FreeRecord> = {}): FreeRecord => ({
  freed: ['rows'],
  bytesExpected: 1e9,
  bytesReturned: { heap: 0, arrayBuffers: 1e9, otherExternal: 0, tensors: null, rss: 1e9 },
  stillHeld: [],
  sharedKept: [],
  precision: 'exact',
  elapsedMs: 30,
  ...change,
});

const fill = (text: string, values: unknown[]): string =>
  text.replace(/%(\d)/g, (_, index: string) => String(values[Number(index) - 1]));

/** English, filled in as JupyterLab's bundles do. */
export const english: Translation = {
  __: (text, ...values) => fill(text, values),
  _n: (singular, plural, count, ...values) => fill(count === 1 ? singular : plural, [count, ...values]),
};
