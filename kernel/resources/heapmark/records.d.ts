// Made from the schemas of the memory protocol by `npm run reference`.

/** exact: counted; estimate: modelled or extrapolated, shown "~"; atLeast: a certain floor, shown "≥"; unavailable: shown "—", never 0 */
export type Precision = 'exact' | 'estimate' | 'atLeast' | 'unavailable';

export interface CellRef {
  /** JupyterLab's id of the cell; null where the front end sent none */
  cellId: string | null;
  /** the number in the brackets */
  executionCount: number;
}

export interface Note {
  kind:
    | 'pinsBuffer'
    | 'pinsString'
    | 'shared'
    | 'tensor'
    | 'grew'
    | 'hidden'
    | 'detached'
    | 'resizable'
    | 'budget'
    | 'other';
  /** what it is, as a person reads it */
  text: string;
  /** the bytes it is about */
  bytes?: number | null;
  /** what to write instead, e.g. `head.slice()` */
  remedy?: string;
}

export interface VariableRecord {
  name: string;
  /** constructor or kind: `number`, `Float64Array`, `Map`, `function` */
  type: string;
  /** length or dimensions: `1000000`, `10 × 3`, `3 keys`; null where there is none */
  shape: string | null;
  /** all that the value reaches, each object once */
  bytes: number | null;
  /** the truth is not below this */
  low: number | null;
  /** the truth is not above this; null where no bound is known */
  high: number | null;
  precision: Precision;
  /** the part that another global reaches too */
  sharedBytes: number | null;
  /** bytes of tensors it reaches, which live outside the heap */
  tensorBytes: number | null;
  /** first characters of the value; getters are never run */
  preview: string;
  /** the cell that last declared it */
  cell: CellRef | null;
  notes: Note[];
  source?: 'walk' | 'snapshot';
}

export interface VariablesRecord {
  variables: VariableRecord[];
  /** all variables together, shared parts once */
  totalBytes: number | null;
  precision: Precision;
  /** the time budget or the limit of rows ended the list early */
  truncated: boolean;
  /** variables that the limit of rows left out; absent for none */
  leftOut?: number;
  /** functions, classes, imports and _names not listed */
  hiddenCount: number;
  elapsedMs: number;
  source?: 'walk' | 'snapshot';
}

export interface GlobalNamesRecord {
  names: string[];
  values: Array<{
    name: string;
    type: string;
    preview: string;
  }> | null;
}

export interface PathStep {
  kind:
    | 'global'
    | 'property'
    | 'element'
    | 'mapKey'
    | 'mapValue'
    | 'setMember'
    | 'closure'
    | 'prototype'
    | 'timer'
    | 'listener'
    | 'weak'
    | 'internal'
    | 'stack'
    | 'handle';
  /** what a person reads: `Map entry 'k3'`, `[17]`, `.rows`, `closure f declared in cell [4]` */
  name: string;
}

export interface Holder {
  /** from the root to the value; empty when only the holder is known */
  path: PathStep[];
  /** the path in words */
  text: string;
  cell: CellRef | null;
  retainedBytes: number | null;
}

export interface WhyRecord {
  name: string;
  alive: boolean;
  /** the shortest path first; all direct holders with --all */
  holders: Holder[];
  /** direct holders in all; V8 keeps no reference counts, so they are counted in a snapshot */
  holderCount: number | null;
  source: 'walk' | 'snapshot';
  /** why holders are missing, e.g. the predicted time of a snapshot */
  reason: string | null;
  remedy: string | null;
  elapsedMs: number;
}

export interface ChildRecord {
  /** as shown */
  key: string;
  /** what to send to `expand` for its children */
  path: string[];
  type: string;
  shape: string | null;
  bytes: number | null;
  precision: Precision;
  preview: string;
  expandable: boolean;
  notes: Note[];
}

export interface ExpandRecord {
  children: ChildRecord[];
  /** children in all */
  total: number;
  from: number;
}

export interface MemoryDelta {
  /** V8's heap in use */
  heapUsed: number | null;
  /** stores of ArrayBuffers, SharedArrayBuffers and Buffers */
  arrayBuffers: number | null;
  /** external strings, WebAssembly memories: `external` less `arrayBuffers` */
  otherExternal: number | null;
}

export interface GcMark {
  /** when the last of them was noticed: at most one sample after it */
  time: number;
  kind: 'minor' | 'major' | 'incremental' | 'weakCallbacks';
  count: number;
  /** in which no code ran, together */
  pauseMs: number;
  longestMs: number;
  /** of V8's heap, together */
  freed: number | null;
  /** V8's heap in use right after the last */
  heapUsed: number | null;
}

export interface MemorySample {
  time: number;
  /** resident memory of the runtime process */
  rss: number | null;
  heapUsed: number | null;
  /** V8's committed heap */
  heapTotal: number | null;
  heapLimit: number | null;
  arrayBuffers: number | null;
  otherExternal: number | null;
  /** workers the user started: null where it cannot be known */
  workers: number | null;
  /** resident memory that no other figure explains */
  native: number | null;
  /** allocated by tensor libraries, outside the heap */
  tensors: number | null;
  /** used on GPUs by this process */
  gpu: number | null;
  /** a cell is running */
  busy: boolean;
  /** since the sample before, one entry a kind; absent where nobody tells them */
  collections?: GcMark[];
}

export interface MemoryLimit {
  kind: 'heap' | 'memlimit' | 'cgroup' | 'machine';
  used: number | null;
  limit: number | null;
  text: string;
}

export interface VariableChange {
  /** a variable, or `unattributed` for the rest, which comes last */
  name: string;
  change: 'appeared' | 'grew' | 'shrank' | 'gone' | 'unattributed';
  bytes: number | null;
  precision: Precision;
}

export interface CellRecord {
  cellId: string | null;
  executionCount: number;
  status: 'running' | 'ok' | 'error' | 'aborted';
  startedAt: number;
  /** null while it runs */
  elapsedMs: number | null;
  before: MemoryDelta | null;
  after: MemoryDelta | null;
  /** highest heap + buffers + other external seen while it ran */
  peak: number | null;
  /** which kind made the peak; external: buffers or other external memory, which of them nobody saw */
  peakKind: 'heapUsed' | 'arrayBuffers' | 'otherExternal' | 'external' | 'rss' | 'tensors' | null;
  peakPrecision: Precision;
  /** retained change of heapUsed + arrayBuffers + otherExternal */
  delta: number | null;
  deltaByKind: MemoryDelta | null;
  deltaPrecision: Precision;
  /** change of resident memory: beside the delta, never instead of it */
  rssDelta: number | null;
  /** change of live tensors: of the libraries that tell them; those on the cpu are in the buffers too */
  tensorDelta: number | null;
  /** highest bytes of live tensors while it ran */
  tensorPeak?: number | null;
  /** two collections confirmed the delta */
  settled: boolean;
  unsettledReason: string | null;
  /** execution counts of cells that ran as one batch: their deltas are estimates, and groupDelta is confirmed */
  group: number[] | null;
  /** the confirmed change of the whole batch */
  groupDelta: number | null;
  /** code of earlier cells ran meanwhile: part of the delta may be theirs */
  background: boolean;
  byVariable: VariableChange[];
  /** the runtime that ran it has ended: nothing it kept is left. A warning of kind runtimeDied or runtimeReset means that every record so far is lost */
  lost: boolean;
  /** first line of the cell's code */
  source: string | null;
}

export interface HeapSpace {
  name: string;
  used: number;
  committed: number;
}

export interface MemoryRecord {
  sample: MemorySample;
  /** the nearest first */
  limits: MemoryLimit[];
  /** the cells that took most, the largest first */
  cells: CellRecord[];
  spaces?: HeapSpace[];
  /** what these figures do not show */
  notes: string[];
}

export interface BytesByKind {
  heap: number | null;
  arrayBuffers: number | null;
  otherExternal: number | null;
  tensors: number | null;
  rss: number | null;
}

export interface AddedObjects {
  /** the constructor; `Object {x, y}` for plain objects */
  type: string;
  /** how many more; below 0 where fewer hold more bytes */
  count: number;
  /** with V8's own parts of them: stores of arrays, tables of Maps, data of buffers */
  bytes: number;
  /** the path to one of those that are new */
  holder: string | null;
  /** that declared the holder */
  cell: CellRef | null;
}

export interface MemoryDiffRecord {
  /** when the mark was set; null when this call has set the first */
  since: number | null;
  change: BytesByKind;
  /** kinds that have grown, the most bytes first */
  added: AddedObjects[];
  /** what these rows do not show */
  note: string | null;
  elapsedMs: number;
}

export interface FreeRecord {
  freed: string[];
  bytesExpected: number | null;
  bytesReturned: BytesByKind;
  stillHeld: Array<{
    name: string;
    holder: string | null;
    reason: string;
    bytes: number | null;
  }>;
  sharedKept: Array<{
    name: string;
    with: string[];
    bytes: number | null;
  }>;
  /** null where no tensor library is in use */
  tensors?: {
    /** tensors that were disposed on request */
    disposed: number;
    /** tensors that only the freed values held, and that live on */
    kept: number;
    keptBytes: number;
    /** tensors that other variables reach too */
    sharedBytes: number;
    /** why tensors live on, and what gives them back */
    reason: string | null;
  } | null;
  precision: Precision;
  elapsedMs: number;
}

export interface GcKindRecord {
  kind: 'minor' | 'major' | 'incremental' | 'weakCallbacks';
  count: number;
  /** of these, asked for by code */
  forced: number;
  totalMs: number;
  maxMs: number;
  /** of these, while cells ran: the figures below are of these alone */
  measured: number;
  /** of V8's heap; null for kinds that free nothing, and without any measured */
  freedBytes: number | null;
  /** share of the bytes looked at that lived on, 0 to 1: of the young generation, or of the whole heap */
  survival: number | null;
}

export interface TrackRecord {
  label: string;
  alive: boolean;
  /** full ones, since it was tracked */
  collectionsSurvived: number;
  /** it has survived more collections than it should */
  overdue: boolean;
  holder: string | null;
  /** why no holder is told */
  reason: string | null;
  /** that tracked it */
  cell: CellRef | null;
}

export interface LingeringRecord {
  kind: 'timer' | 'listener' | 'promise' | 'handle' | 'worker';
  /** `setInterval(tick)`, `12 listeners for 'data' of a Socket` */
  what: string;
  count: number;
  /** that made it */
  cell: CellRef | null;
  /** why the cell is not known */
  reason: string | null;
}

export interface WatchRecord {
  /** promises and the makers of handles are noted down */
  on: boolean;
  /** full collections that a tracked object may survive */
  after: number;
  /** those that are alive */
  tracked: TrackRecord[];
  /** tracked objects that were collected */
  gone: number;
  lingering: LingeringRecord[];
  /** what these lists do not show */
  notes: string[];
}

export interface GcRecord {
  kind: 'full' | 'minor';
  before: MemorySample;
  after: MemorySample;
  returned: BytesByKind;
  pauseMs: number;
  /** with --count */
  collected: Array<{
    type: string;
    count: number;
    bytes: number;
  }> | null;
  /** since when, or why `collected` is missing */
  collectedNote?: string | null;
  /** with --stats */
  stats: GcKindRecord[] | null;
  /** with --stats: after it */
  spaces?: HeapSpace[] | null;
  /** while --watch is on */
  watch?: WatchRecord | null;
  /** share of the wall time spent in collections, 0 to 1 */
  timeShare: number | null;
}

export interface SnapshotCost {
  /** until the answer; the runtime stands still for most of it */
  elapsedMs: number;
  /** memory it takes meanwhile, in the runtime and in the kernel together */
  bytes: number;
  /** size as a file */
  fileBytes: number;
  /** memory that is free for it now */
  available: number | null;
  /** why it is taken by force only; null when it is taken */
  refused: string | null;
  /** the above, as a person reads it */
  text: string;
}

export interface SnapshotFileRecord {
  /** the whole path of the file */
  path: string;
  bytes: number;
  elapsedMs: number;
}

export interface GcThresholdRecord {
  /** highest size of one of the halves in which objects are made */
  semiSpace: number | null;
  /** of the whole young generation: three semi-spaces */
  newSpace: number | null;
  /** of the old generation */
  oldSpace: number | null;
  /** both together */
  heapLimit: number | null;
  /** a change that applies at the next start of the runtime, and how to start it */
  pending: string | null;
  /** why a figure is null */
  reason?: string | null;
}

export interface MemitRecord {
  /** highest resident memory */
  peak: number | null;
  /** what it rose by, from where the run began */
  increment: number | null;
  /** V8's heap in use when JavaScript's memory stood highest */
  peakHeap: number | null;
  heapIncrement: number | null;
  /** ArrayBuffers and other external memory at that moment */
  peakExternal: number | null;
  externalIncrement: number | null;
  tensorPeak: number | null;
  runs: Array<{
    peak: number | null;
    increment: number | null;
    peakHeap: number | null;
    heapIncrement: number | null;
    peakExternal: number | null;
    externalIncrement: number | null;
    elapsedMs: number;
  }>;
  /** the system's own high-water mark, or the highest of many looks */
  source: 'system' | 'samples';
  /** between two looks */
  intervalMs: number | null;
  /** child processes are in the resident figures */
  children: boolean;
  /** the time given was over before the runs were */
  timedOut: boolean;
  /** of the resident figures */
  precision: 'exact' | 'atLeast' | 'unavailable';
}

export interface MemtraceLine {
  /** null for a line of a file */
  cell: CellRef | null;
  /** `cell [3]`, or the path of a local file */
  file: string;
  /** 1 is the first line of the cell or file */
  line: number;
  source: string;
  /** allocated in all, heap and buffers */
  bytes: number;
  /** of these, in buffers and other external memory */
  bufferBytes: number;
  /** still alive, heap and buffers */
  liveBytes: number;
  /** of these, in buffers */
  liveBufferBytes: number;
  /** how many objects and buffers the live bytes are */
  count: number;
  /** live bytes each */
  average: number | null;
  /** how often the line ran */
  runs: number;
  livePrecision: Precision;
}

export interface MemtraceRecord {
  lines: MemtraceLine[];
  /** allocated in all */
  totalBytes: number;
  /** of these, still alive */
  liveBytes: number;
  /** alive and made by your code while no traced line ran */
  liveElsewhere: number;
  /** bytes between two samples of live objects; 1 samples each */
  samplingInterval: number;
  /** since tracing began */
  elapsedMs: number;
  /** how many lines a reader sees */
  top?: number;
}

export interface MemtraceComparison {
  lines: Array<{
    cell: CellRef | null;
    file: string;
    line: number;
    source: string;
    /** in the later snapshot */
    bytes: number;
    change: number;
    count: number;
    /** whole */
    countChange: number;
    average: number | null;
  }>;
  /** of all lines */
  change: number;
  top?: number;
}

export interface LeakRecord {
  /** null where it could not be told, which `reason` explains */
  leaking: boolean | null;
  /** heap, buffers and other external memory; with tensors and native memory that are in none of these */
  bytesPerIteration: number | null;
  /** of the growth in JavaScript memory */
  interval: {
    low: number;
    high: number;
    /** that the rate lies between, 0 to 1 */
    confidence: number;
  } | null;
  /** a leak of fewer bytes per iteration would not have been seen */
  resolution: number | null;
  /** that were measured */
  iterations: number;
  /** iterations before them */
  warmup: number;
  /** what the iterations took at first and no longer: caches that fill, compiled code */
  filled: number;
  byKind: {
    heap: number | null;
    arrayBuffers: number | null;
    /** external strings, WebAssembly memories */
    otherExternal: number | null;
    /** those on the cpu are in the buffers too */
    tensors: number | null;
    /** resident memory that nothing else explains; null where its noise is larger */
    native: number | null;
  };
  /** by kind and by who holds it, the largest first */
  growth: Array<{
    /** constructor; `Object {x, y}`, `function f`, `string` */
    kind: string;
    /** with V8's own parts of these objects */
    bytesPerIteration: number | null;
    /** objects per iteration; 0 for a container that grows */
    count: number | null;
    /** what keeps them alive */
    holder: string | null;
    /** `cell [3]:4`: where they were made; of code that tells no lines, where its function begins */
    line: string | null;
    /** that line */
    source: string | null;
  }>;
  /** why the growth could not be looked into */
  growthReason: string | null;
  /** all iterations were made that were asked for */
  complete: boolean;
  /** why it is not complete, or why nothing could be told */
  reason: string | null;
  elapsedMs: number;
}

export interface MemlimitRecord {
  /** null: off */
  limit: number | null;
  source: string;
  heapLimit: number | null;
}

export interface TimeitRecord {
  loops: number;
  repeats: number;
  best: number;
  mean: number;
  deviation: number;
  runs: number[];
}

export interface TimeRecord {
  wallMs: number;
  cpuMs: number | null;
  userMs: number | null;
  systemMs: number | null;
}

export interface TensorRecord {
  id: number;
  shape: number[];
  dtype: string;
  bytes: number | null;
  backend: string;
  provider: string;
  /** the cell that made it */
  cell: CellRef | null;
  /** globals that reach it */
  variables: string[];
}

export interface TensorStats {
  provider: string;
  backend: string;
  /** new tensors are made on it */
  active: boolean;
  /** live tensors, shared storage once */
  allocated: number | null;
  /** live tensors, each view for itself: what `tf.memory().numBytes` counts */
  viewBytes: number | null;
  /** highest `allocated` since the last reset */
  peak: number | null;
  /** held from the device or the system */
  reserved: number | null;
  peakReserved: number | null;
  /** reserved and free for reuse */
  cachedFree: number | null;
  liveCount: number | null;
  precision: Precision;
  /** why figures are missing */
  reason: string | null;
}

export interface WebGpuRecord {
  /** made and not destroyed */
  devices: number;
  live: {
    count: number;
    bytes: number;
  };
  destroyed: {
    count: number;
    bytes: number;
  };
  collected: {
    count: number;
    /** never destroyed by the program: the device frees them at the next submit after the collection */
    bytes: number;
  };
  /** highest bytes of live ones since the last reset */
  peak: number;
  /** live ones, the largest first */
  byLabel: Array<{
    label: string;
    kind: 'buffer' | 'texture';
    count: number;
    bytes: number;
  }>;
  truncated: boolean;
  precision: Precision;
}

export interface OnnxSession {
  id: number;
  model: string;
  /** by which the resident memory of the process grew while it was made */
  bytes: number | null;
  precision: Precision;
  /** the cell that made it */
  cell: CellRef | null;
}

export interface TensorsRecord {
  stats: TensorStats[];
  tensors: TensorRecord[];
  truncated: boolean;
  /** null while no library uses WebGPU */
  webgpu: WebGpuRecord | null;
  onnxSessions: OnnxSession[];
  /** tensors whose last reference was collected are freed */
  freesCollected: boolean;
  notes: string[];
}

export interface GpuProcess {
  pid: number;
  name: string | null;
  bytes: number | null;
  /** belongs to the same user, so it may be ended */
  own: boolean;
  /** the runtime of this kernel, or a process it started */
  thisKernel: boolean;
  /** of the kernel that it is, or that it belongs to */
  notebook: string | null;
}

export interface GpuRecord {
  index: number;
  name: string;
  total: number | null;
  used: number | null;
  free: number | null;
  /** 0 to 1 */
  utilisation: number | null;
  processes: GpuProcess[];
  source: 'nvml' | 'nvidia-smi' | 'sysfs';
}

export interface GpusRecord {
  devices: GpuRecord[];
  /** why there are none */
  reason: string | null;
  notes: string[];
}

export interface EmptyCacheRecord {
  backends: Array<{
    provider: string;
    backend: string;
    reservedBefore: number | null;
    reservedAfter: number | null;
    /** the same, counted on its own: what the device was asked for, or the process holds */
    measuredBefore: number | null;
    measuredAfter: number | null;
    /** how it was counted */
    measuredBy: string | null;
    reason: string | null;
  }>;
  /** a second, independent measure */
  rssChange: number | null;
}

export interface CacheRecord {
  /** the variable that holds it, or its own name */
  name: string;
  /** memoize, lru-cache, WeakValueMap, Map … */
  kind: string;
  hits: number | null;
  misses: number | null;
  size: number | null;
  /** null: unbounded */
  maxSize: number | null;
  /** null: unbounded */
  maxBytes: number | null;
  bytes: number | null;
  precision: Precision;
  evictions: number | null;
  loads: number | null;
  averageLoadMs: number | null;
  savedMs: number | null;
  oldest: number | null;
  clearable: boolean;
  resizable: boolean;
  advice: string | null;
}

export interface ProcessRecord {
  pid: number;
  role: 'front' | 'runtime' | 'child' | 'other';
  name: string;
  rss: number | null;
  /** resident memory with shared pages divided among their users */
  pss: number | null;
  /** share of one core, 0 to 1 */
  cpu: number | null;
}
