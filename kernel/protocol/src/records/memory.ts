import { Precision } from '../precision.js';
import {
  array,
  boolean,
  byteChange,
  bytes,
  integer,
  ms,
  nullable,
  number,
  object,
  oneOf,
  optional,
  string,
  timestamp,
  type Static,
} from '../schema.js';
import { CellRef } from './variable.js';

/** What a cell's delta is the sum of: none counted twice. Bytes now, or a change of them. */
export const MemoryDelta = object({
  heapUsed: nullable(byteChange("V8's heap in use")),
  arrayBuffers: nullable(byteChange('stores of ArrayBuffers, SharedArrayBuffers and Buffers')),
  otherExternal: nullable(byteChange('external strings, WebAssembly memories: `external` less `arrayBuffers`')),
});
export type MemoryDelta = Static<typeof MemoryDelta>;

/** What V8's collector does, as its own figures tell it apart. */
const GcKind = oneOf(['minor', 'major', 'incremental', 'weakCallbacks']);

/** Collections of one kind since the sample before. */
export const GcMark = object({
  time: timestamp('when the last of them was noticed: at most one sample after it'),
  kind: GcKind,
  count: integer(),
  pauseMs: ms('in which no code ran, together'),
  longestMs: ms(),
  freed: nullable(bytes("of V8's heap, together")),
  heapUsed: nullable(bytes("V8's heap in use right after the last")),
});
export type GcMark = Static<typeof GcMark>;

/** Where memory stands at a moment. */
export const MemorySample = object({
  time: timestamp(),
  rss: nullable(bytes('resident memory of the runtime process')),
  heapUsed: nullable(bytes()),
  heapTotal: nullable(bytes("V8's committed heap")),
  heapLimit: nullable(bytes()),
  arrayBuffers: nullable(bytes()),
  otherExternal: nullable(bytes()),
  workers: nullable(bytes('workers the user started: null where it cannot be known')),
  native: nullable(bytes('resident memory that no other figure explains')),
  tensors: nullable(bytes('allocated by tensor libraries, outside the heap')),
  gpu: nullable(bytes('used on GPUs by this process')),
  busy: boolean('a cell is running'),
  collections: optional(array(GcMark, 'since the sample before, one entry a kind; absent where nobody tells them')),
});
export type MemorySample = Static<typeof MemorySample>;

/** A limit that memory runs towards. */
export const MemoryLimit = object({
  kind: oneOf(['heap', 'memlimit', 'cgroup', 'machine']),
  used: nullable(bytes()),
  limit: nullable(bytes()),
  text: string(),
});
export type MemoryLimit = Static<typeof MemoryLimit>;

export const VariableChange = object({
  name: string('a variable, or `unattributed` for the rest, which comes last'),
  change: oneOf(['appeared', 'grew', 'shrank', 'gone', 'unattributed']),
  bytes: nullable(byteChange()),
  precision: Precision,
});
export type VariableChange = Static<typeof VariableChange>;

/** What one execution of a cell cost. */
export const CellRecord = object({
  cellId: nullable(string()),
  executionCount: integer(),
  status: oneOf(['running', 'ok', 'error', 'aborted']),
  startedAt: timestamp(),
  elapsedMs: nullable(ms('null while it runs')),
  before: nullable(MemoryDelta),
  after: nullable(MemoryDelta),
  peak: nullable(bytes('highest heap + buffers + other external seen while it ran')),
  peakKind: nullable(
    oneOf(['heapUsed', 'arrayBuffers', 'otherExternal', 'external', 'rss', 'tensors']),
    'which kind made the peak; external: buffers or other external memory, which of them nobody saw',
  ),
  peakPrecision: Precision,
  delta: nullable(byteChange('retained change of heapUsed + arrayBuffers + otherExternal')),
  deltaByKind: nullable(MemoryDelta),
  deltaPrecision: Precision,
  rssDelta: nullable(byteChange('change of resident memory: beside the delta, never instead of it')),
  tensorDelta: nullable(
    byteChange('change of live tensors: of the libraries that tell them; those on the cpu are in the buffers too'),
  ),
  tensorPeak: optional(nullable(bytes('highest bytes of live tensors while it ran'))),
  settled: boolean('two collections confirmed the delta'),
  unsettledReason: nullable(string()),
  group: nullable(
    array(integer()),
    'execution counts of cells that ran as one batch: their deltas are estimates, and groupDelta is confirmed',
  ),
  groupDelta: nullable(byteChange('the confirmed change of the whole batch')),
  background: boolean('code of earlier cells ran meanwhile: part of the delta may be theirs'),
  byVariable: array(VariableChange),
  lost: boolean(
    'the runtime that ran it has ended: nothing it kept is left. A warning of kind runtimeDied or runtimeReset means ' +
      'that every record so far is lost',
  ),
  source: nullable(string("first line of the cell's code")),
});
export type CellRecord = Static<typeof CellRecord>;

/** A space of V8's heap. */
export const HeapSpace = object({ name: string(), used: bytes(), committed: bytes() });
export type HeapSpace = Static<typeof HeapSpace>;

/** What `memory()` and `%mem` give. */
export const MemoryRecord = object({
  sample: MemorySample,
  limits: array(MemoryLimit, 'the nearest first'),
  cells: array(CellRecord, 'the cells that took most, the largest first'),
  spaces: optional(array(HeapSpace)),
  notes: array(string(), 'what these figures do not show'),
});
export type MemoryRecord = Static<typeof MemoryRecord>;

export const BytesByKind = object({
  heap: nullable(byteChange()),
  arrayBuffers: nullable(byteChange()),
  otherExternal: nullable(byteChange()),
  tensors: nullable(byteChange()),
  rss: nullable(byteChange()),
});
export type BytesByKind = Static<typeof BytesByKind>;

/** Objects of one kind of which there is more than at the mark. */
export const AddedObjects = object({
  type: string('the constructor; `Object {x, y}` for plain objects'),
  count: number('how many more; below 0 where fewer hold more bytes'),
  bytes: bytes("with V8's own parts of them: stores of arrays, tables of Maps, data of buffers"),
  holder: nullable(string('the path to one of those that are new')),
  cell: nullable(CellRef, 'that declared the holder'),
});
export type AddedObjects = Static<typeof AddedObjects>;

/** What `%mem --diff` gives: what is there now and was not at a mark. */
export const MemoryDiffRecord = object({
  since: nullable(timestamp('when the mark was set; null when this call has set the first')),
  change: BytesByKind,
  added: array(AddedObjects, 'kinds that have grown, the most bytes first'),
  note: nullable(string('what these rows do not show')),
  elapsedMs: ms(),
});
export type MemoryDiffRecord = Static<typeof MemoryDiffRecord>;

/** What `free()` gives: measured, not assumed. */
export const FreeRecord = object({
  freed: array(string()),
  bytesExpected: nullable(bytes()),
  bytesReturned: BytesByKind,
  stillHeld: array(object({ name: string(), holder: nullable(string()), reason: string(), bytes: nullable(bytes()) })),
  sharedKept: array(object({ name: string(), with: array(string()), bytes: nullable(bytes()) })),
  tensors: optional(
    nullable(
      object({
        disposed: integer('tensors that were disposed on request'),
        kept: integer('tensors that only the freed values held, and that live on'),
        keptBytes: bytes(),
        sharedBytes: bytes('tensors that other variables reach too'),
        reason: nullable(string('why tensors live on, and what gives them back')),
      }),
      'null where no tensor library is in use',
    ),
  ),
  precision: Precision,
  elapsedMs: ms(),
});
export type FreeRecord = Static<typeof FreeRecord>;

/** Collections of one kind since the runtime started, or of one call. */
export const GcKindRecord = object({
  kind: GcKind,
  count: integer(),
  forced: integer('of these, asked for by code'),
  totalMs: ms(),
  maxMs: ms(),
  measured: integer('of these, while cells ran: the figures below are of these alone'),
  freedBytes: nullable(bytes("of V8's heap; null for kinds that free nothing, and without any measured")),
  survival: nullable(
    number('share of the bytes looked at that lived on, 0 to 1: of the young generation, or of the whole heap'),
  ),
});
export type GcKindRecord = Static<typeof GcKindRecord>;

/** A value that is expected to be collected. */
export const TrackRecord = object({
  label: string(),
  alive: boolean(),
  collectionsSurvived: integer('full ones, since it was tracked'),
  overdue: boolean('it has survived more collections than it should'),
  holder: nullable(string()),
  reason: nullable(string('why no holder is told')),
  cell: nullable(CellRef, 'that tracked it'),
});
export type TrackRecord = Static<typeof TrackRecord>;

/** Something that lives on by itself: nothing a variable holds. */
export const LingeringRecord = object({
  kind: oneOf(['timer', 'listener', 'promise', 'handle', 'worker']),
  what: string("`setInterval(tick)`, `12 listeners for 'data' of a Socket`"),
  count: integer(),
  cell: nullable(CellRef, 'that made it'),
  reason: nullable(string('why the cell is not known')),
});
export type LingeringRecord = Static<typeof LingeringRecord>;

/** What `%gc --watch` lists: objects that should be gone and are not, and what lives on by itself. */
export const WatchRecord = object({
  on: boolean('promises and the makers of handles are noted down'),
  after: integer('full collections that a tracked object may survive'),
  tracked: array(TrackRecord, 'those that are alive'),
  gone: integer('tracked objects that were collected'),
  lingering: array(LingeringRecord),
  notes: array(string(), 'what these lists do not show'),
});
export type WatchRecord = Static<typeof WatchRecord>;

/** What `gc()` gives. */
export const GcRecord = object({
  kind: oneOf(['full', 'minor']),
  before: MemorySample,
  after: MemorySample,
  returned: BytesByKind,
  pauseMs: ms(),
  collected: nullable(array(object({ type: string(), count: integer(), bytes: bytes() })), 'with --count'),
  collectedNote: optional(nullable(string('since when, or why `collected` is missing'))),
  stats: nullable(array(GcKindRecord), 'with --stats'),
  spaces: optional(nullable(array(HeapSpace), 'with --stats: after it')),
  watch: optional(nullable(WatchRecord, 'while --watch is on')),
  timeShare: nullable(number('share of the wall time spent in collections, 0 to 1')),
});
export type GcRecord = Static<typeof GcRecord>;

/** What a heap snapshot would cost now, predicted. */
export const SnapshotCost = object({
  elapsedMs: ms('until the answer; the runtime stands still for most of it'),
  bytes: bytes('memory it takes meanwhile, in the runtime and in the kernel together'),
  fileBytes: bytes('size as a file'),
  available: nullable(bytes('memory that is free for it now')),
  refused: nullable(string('why it is taken by force only; null when it is taken')),
  text: string('the above, as a person reads it'),
});
export type SnapshotCost = Static<typeof SnapshotCost>;

/** What `%mem --snapshot FILE` gives. */
export const SnapshotFileRecord = object({
  path: string('the whole path of the file'),
  bytes: bytes(),
  elapsedMs: ms(),
});
export type SnapshotFileRecord = Static<typeof SnapshotFileRecord>;

/** What `gcThreshold()` gives: limits of V8's generations, bytes. */
export const GcThresholdRecord = object({
  semiSpace: nullable(bytes('highest size of one of the halves in which objects are made')),
  newSpace: nullable(bytes('of the whole young generation: three semi-spaces')),
  oldSpace: nullable(bytes('of the old generation')),
  heapLimit: nullable(bytes('both together')),
  pending: nullable(string('a change that applies at the next start of the runtime, and how to start it')),
  reason: optional(nullable(string('why a figure is null'))),
});
export type GcThresholdRecord = Static<typeof GcThresholdRecord>;

/** What `%memit` gives. Of several runs, the highest. */
export const MemitRecord = object({
  peak: nullable(bytes('highest resident memory')),
  increment: nullable(bytes('what it rose by, from where the run began')),
  peakHeap: nullable(bytes("V8's heap in use when JavaScript's memory stood highest")),
  heapIncrement: nullable(byteChange()),
  peakExternal: nullable(bytes('ArrayBuffers and other external memory at that moment')),
  externalIncrement: nullable(byteChange()),
  tensorPeak: nullable(bytes()),
  runs: array(
    object({
      peak: nullable(bytes()),
      increment: nullable(bytes()),
      peakHeap: nullable(bytes()),
      heapIncrement: nullable(byteChange()),
      peakExternal: nullable(bytes()),
      externalIncrement: nullable(byteChange()),
      elapsedMs: ms(),
    }),
  ),
  source: oneOf(['system', 'samples'], "the system's own high-water mark, or the highest of many looks"),
  intervalMs: nullable(ms('between two looks')),
  children: boolean('child processes are in the resident figures'),
  timedOut: boolean('the time given was over before the runs were'),
  precision: oneOf(['exact', 'atLeast', 'unavailable'], 'of the resident figures'),
});
export type MemitRecord = Static<typeof MemitRecord>;

/** Bytes that one line allocated while tracing was on. */
export const MemtraceLine = object({
  cell: nullable(CellRef, 'null for a line of a file'),
  file: string('`cell [3]`, or the path of a local file'),
  line: integer('1 is the first line of the cell or file'),
  source: string(),
  bytes: bytes('allocated in all, heap and buffers'),
  bufferBytes: bytes('of these, in buffers and other external memory'),
  liveBytes: bytes('still alive, heap and buffers'),
  liveBufferBytes: bytes('of these, in buffers'),
  count: integer('how many objects and buffers the live bytes are'),
  average: nullable(number('live bytes each')),
  runs: integer('how often the line ran'),
  livePrecision: Precision,
});
export type MemtraceLine = Static<typeof MemtraceLine>;

/** What `%%memtrace` and `memtrace.snapshot()` give: bytes allocated by line, the largest first. */
export const MemtraceRecord = object({
  lines: array(MemtraceLine),
  totalBytes: bytes('allocated in all'),
  liveBytes: bytes('of these, still alive'),
  liveElsewhere: bytes('alive and made by your code while no traced line ran'),
  samplingInterval: integer('bytes between two samples of live objects; 1 samples each'),
  elapsedMs: ms('since tracing began'),
  top: optional(integer('how many lines a reader sees')),
});
export type MemtraceRecord = Static<typeof MemtraceRecord>;

/** What `memtrace.compare()` gives: how the live bytes of each line differ, the largest change first. */
export const MemtraceComparison = object({
  lines: array(
    object({
      cell: nullable(CellRef),
      file: string(),
      line: integer(),
      source: string(),
      bytes: bytes('in the later snapshot'),
      change: byteChange(),
      count: integer(),
      countChange: number('whole'),
      average: nullable(number()),
    }),
  ),
  change: byteChange('of all lines'),
  top: optional(integer()),
});
export type MemtraceComparison = Static<typeof MemtraceComparison>;

/** What `leaks()` gives: whether iterations leave memory behind, in the long run. */
export const LeakRecord = object({
  leaking: nullable(boolean('null where it could not be told, which `reason` explains')),
  bytesPerIteration: nullable(
    number('heap, buffers and other external memory; with tensors and native memory that are in none of these'),
  ),
  interval: nullable(
    object({ low: number(), high: number(), confidence: number('that the rate lies between, 0 to 1') }),
    'of the growth in JavaScript memory',
  ),
  resolution: nullable(number('a leak of fewer bytes per iteration would not have been seen')),
  iterations: integer('that were measured'),
  warmup: integer('iterations before them'),
  filled: bytes('what the iterations took at first and no longer: caches that fill, compiled code'),
  byKind: object({
    heap: nullable(number()),
    arrayBuffers: nullable(number()),
    otherExternal: nullable(number('external strings, WebAssembly memories')),
    tensors: nullable(number('those on the cpu are in the buffers too')),
    native: nullable(number('resident memory that nothing else explains; null where its noise is larger')),
  }),
  growth: array(
    object({
      kind: string('constructor; `Object {x, y}`, `function f`, `string`'),
      bytesPerIteration: nullable(number("with V8's own parts of these objects")),
      count: nullable(number('objects per iteration; 0 for a container that grows')),
      holder: nullable(string('what keeps them alive')),
      line: nullable(
        string('`cell [3]:4`: where they were made; of code that tells no lines, where its function begins'),
      ),
      source: nullable(string('that line')),
    }),
    'by kind and by who holds it, the largest first',
  ),
  growthReason: nullable(string('why the growth could not be looked into')),
  complete: boolean('all iterations were made that were asked for'),
  reason: nullable(string('why it is not complete, or why nothing could be told')),
  elapsedMs: ms(),
});
export type LeakRecord = Static<typeof LeakRecord>;

/** What `memlimit()` gives. */
export const MemlimitRecord = object({
  limit: nullable(bytes('null: off')),
  source: string(),
  heapLimit: nullable(bytes()),
});
export type MemlimitRecord = Static<typeof MemlimitRecord>;

/** What `%timeit` gives; times in ms. */
export const TimeitRecord = object({
  loops: integer(),
  repeats: integer(),
  best: ms(),
  mean: ms(),
  deviation: ms(),
  runs: array(ms()),
});
export type TimeitRecord = Static<typeof TimeitRecord>;

export const TimeRecord = object({
  wallMs: ms(),
  cpuMs: nullable(ms()),
  userMs: nullable(ms()),
  systemMs: nullable(ms()),
});
export type TimeRecord = Static<typeof TimeRecord>;
