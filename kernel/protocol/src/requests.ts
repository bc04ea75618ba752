/** Requests of the memory protocol: the parameters and the result of each, keyed by method. */
import { CacheRecord, EmptyCacheRecord, GpusRecord, ProcessRecord, TensorsRecord } from './records/resources.js';
import {
  CellRecord,
  FreeRecord,
  GcRecord,
  MemlimitRecord,
  MemoryRecord,
  SnapshotCost,
  SnapshotFileRecord,
} from './records/memory.js';
import { ExpandRecord, VariablesRecord, WhyRecord } from './records/variable.js';
import {
  array,
  boolean,
  integer,
  literal,
  ms,
  nullable,
  number,
  object,
  oneOf,
  optional,
  string,
  union,
  type Schema,
  type Static,
} from './schema.js';

/** What a subscriber may ask to be told. */
export const Topic = oneOf(['sample', 'cell', 'variables', 'warning', 'progress']);
export type Topic = Static<typeof Topic>;

const define = <P, R>(params: Schema<P>, result: Schema<R>, description: string) => ({ params, result, description });

export const requests = {
  hello: define(
    object({ version: integer(), client: string() }),
    object({
      version: integer(),
      kernel: string(),
      kernelVersion: string(),
      language: string(),
      methods: array(string(), 'what this kernel can answer'),
      topics: array(Topic),
      heapLimit: nullable(number()),
    }),
    'First on every comm. The kernel answers with the highest version that both speak, or with the error unsupportedVersion.',
  ),
  subscribe: define(
    object({
      topics: array(Topic, 'replaces what was subscribed before; empty for silence'),
      sampleEveryMs: optional(number('shortest time between two samples; 250 at least')),
    }),
    object({ topics: array(Topic) }),
    'Chooses the events this comm gets. Nothing is sent that was not asked for.',
  ),
  memory: define(object({}), MemoryRecord, 'Where memory stands now, against the limits; answered while a cell runs.'),
  variables: define(
    object({
      pattern: optional(string('glob with * and ?')),
      type: optional(string()),
      sort: optional(oneOf(['size', 'name', 'cell'])),
      all: optional(boolean('functions, classes, imports, _names and names set on globalThis too')),
      exact: optional(boolean('retained sizes from a heap snapshot')),
      force: optional(boolean('takes the snapshot whatever it costs')),
      limit: optional(integer()),
      budgetMs: optional(ms('time for the walk; 50 by default')),
    }),
    object({
      record: VariablesRecord,
      stale: boolean('a cell is running: this is the list from before it'),
      asOf: number(),
    }),
    'The user globals with their sizes. No getter and no proxy trap is run.',
  ),
  expand: define(
    object({
      path: array(string(), 'the name, then keys of earlier answers'),
      from: optional(integer()),
      limit: optional(integer()),
    }),
    ExpandRecord,
    'One level of a value.',
  ),
  free: define(
    object({
      names: array(string()),
      all: optional(boolean()),
      pattern: optional(string('regular expression')),
      dispose: optional(boolean()),
      why: optional(boolean('looks for holders in a heap snapshot where the walk finds none')),
      force: optional(boolean('takes the snapshot whatever it costs')),
    }),
    FreeRecord,
    'Deletes names, forces a collection and tells what came back and what still holds the rest.',
  ),
  why: define(
    object({
      name: string(),
      all: optional(boolean('every direct holder, counted in a heap snapshot')),
      snapshot: optional(boolean('looks into a heap snapshot where the walk finds no other holder')),
      force: optional(boolean('takes the snapshot whatever it costs')),
    }),
    WhyRecord,
    'What keeps a value alive.',
  ),
  gc: define(
    object({
      minor: optional(boolean()),
      count: optional(boolean('which objects went since the last count, by heap snapshots')),
      stats: optional(boolean()),
      force: optional(boolean('takes the snapshot whatever it costs')),
    }),
    GcRecord,
    'Collects.',
  ),
  snapshotCost: define(
    object({}),
    SnapshotCost,
    'What a heap snapshot would cost now: ask before a request with `exact`, `snapshot`, `count` or `all`.',
  ),
  snapshot: define(
    object({
      file: string("relative to the notebook's folder; `.heapsnapshot` is added where it is missing"),
      overwrite: optional(boolean()),
      force: optional(boolean('takes the snapshot whatever it costs')),
    }),
    SnapshotFileRecord,
    'Writes a heap snapshot that Chrome DevTools opens.',
  ),
  cells: define(
    object({ limit: optional(integer()) }),
    object({ cells: array(CellRecord) }),
    'What each cell cost, the newest last.',
  ),
  tensors: define(object({ limit: optional(integer()) }), TensorsRecord, 'Tensors and their allocators.'),
  gpu: define(object({}), GpusRecord, 'Devices and the processes on them.'),
  dispose: define(
    object({ ids: array(integer()) }),
    object({ disposed: array(integer()), bytes: nullable(number()) }),
    'Disposes tensors.',
  ),
  resetPeak: define(
    object({ which: optional(oneOf(['allocated', 'reserved', 'both'])) }),
    object({}),
    'Begins the peaks of tensor memory anew.',
  ),
  emptyCache: define(
    object({ all: optional(boolean()) }),
    EmptyCacheRecord,
    'Gives the free buffers of tensor pools back.',
  ),
  processes: define(object({}), object({ processes: array(ProcessRecord) }), "This kernel's processes."),
  endProcess: define(object({ pid: integer() }), object({ ended: boolean() }), "Ends a process of the user's own."),
  caches: define(object({}), object({ caches: array(CacheRecord) }), 'Every known cache in the process.'),
  cacheClear: define(
    object({ name: string() }),
    object({ cleared: integer(), bytes: nullable(number()) }),
    'Empties a cache.',
  ),
  cacheResize: define(
    object({ name: string(), maxSize: nullable(integer()) }),
    object({ evicted: integer() }),
    'Sets a bound.',
  ),
  memlimit: define(
    object({ bytes: optional(nullable(number('null: off'))) }),
    MemlimitRecord,
    "Reads or sets the guard's limit.",
  ),
  settings: define(
    object({
      settlePauseLimitMs: optional(ms('0 turns the confirming collections off')),
      typecheck: optional(boolean()),
    }),
    object({ settlePauseLimitMs: ms(), typecheck: boolean() }),
    'Reads or changes what this kernel does by itself.',
  ),
  cancel: define(
    object({ id: union([integer(), string()]) }),
    object({ cancelled: boolean() }),
    'Ends a request that is under way.',
  ),
} as const;

export type RequestMethod = keyof typeof requests;
export type RequestMap = {
  [M in RequestMethod]: {
    params: Static<(typeof requests)[M]['params']>;
    result: Static<(typeof requests)[M]['result']>;
  };
};

export const isRequestMethod = (name: string): name is RequestMethod => Object.hasOwn(requests, name);

/** JSON-RPC 2.0's fixed member. */
export const JsonRpcVersion = literal('2.0');
