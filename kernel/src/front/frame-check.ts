/**
 * Whether a frame of the runtime process has the form it must have. User code shares that process and can write to its
 * descriptors: what comes from there is believed only as far as its form goes.
 */
import { isEventName } from '@heapmark/protocol';
import type { FromMonitor, FromRuntime } from '../ipc/messages.js';

type Check = (value: unknown) => boolean;
type Fields = Record<string, Check>;

const text: Check = (value) => typeof value === 'string';
const number: Check = (value) => typeof value === 'number';
const truth: Check = (value) => typeof value === 'boolean';
const anything: Check = () => true;
const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype;
const one =
  (...values: unknown[]): Check =>
  (value) =>
    values.includes(value);
const orNull =
  (check: Check): Check =>
  (value) =>
    value === null || check(value);
const maybe =
  (check: Check): Check =>
  (value) =>
    value === undefined || check(value);
const list =
  (check: Check): Check =>
  (value) =>
    Array.isArray(value) && value.every(check);
const record =
  (fields: Fields): Check =>
  (value) =>
    isRecord(value) && Object.entries(fields).every(([name, check]) => check(value[name]));

const tag = record({ parentId: text, cellId: orNull(text), executionCount: number });
const error = record({ ename: text, evalue: text, traceback: list(text) });
const buffers = list((value) => value instanceof Uint8Array);
const bundle = record({});
const stream = one('stdout', 'stderr');
const memory = orNull(
  record({ heapUsed: orNull(number), arrayBuffers: orNull(number), otherExternal: orNull(number) }),
);
const frames = list(record({ functionName: text, url: text, line: number, column: number }));

const runtimeFrames: { [T in FromRuntime['type']]: Fields } = {
  ready: { version: number, pid: number, node: text, heapLimit: number },
  stream: { tag, name: stream, text },
  display: { tag, data: bundle, metadata: bundle, transient: bundle, update: truth, buffers: maybe(buffers) },
  clearOutput: { tag, wait: truth },
  result: { tag, data: bundle, metadata: bundle },
  lateError: { tag, error },
  done: {
    id: number,
    tag,
    status: one('ok', 'error', 'aborted'),
    error: orNull(error),
    defined: list(text),
    userExpressions: bundle,
    payload: list(isRecord),
    measure: record({ startedAt: number, elapsedMs: number, before: memory, after: memory }),
  },
  reply: { id: number, ok: truth, code: maybe(number), message: maybe(text) },
  event: {
    event: record({ name: (value) => typeof value === 'string' && isEventName(value), params: isRecord }),
  },
  settled: { record: record({ executionCount: number, startedAt: number, byVariable: list(isRecord) }) },
  ask: { id: number, tag: orNull(tag), question: record({ kind: text, params: anything }) },
  withdraw: { id: number },
  forget: { names: list(text), reason: one('free', 'reset') },
  comm: {
    tag: orNull(tag),
    message: record({
      kind: one('open', 'msg', 'close'),
      commId: text,
      targetName: maybe(text),
      metadata: isRecord,
      buffers,
    }),
  },
};

const usage = record({
  time: number,
  rss: number,
  heapUsed: orNull(number),
  heapTotal: orNull(number),
  arrayBuffers: orNull(number),
  external: orNull(number),
  collections: maybe(
    list(
      record({
        time: number,
        kind: text,
        count: number,
        pauseMs: number,
        longestMs: number,
        freed: orNull(number),
        heapUsed: orNull(number),
      }),
    ),
  ),
});

const monitorFrames: { [T in FromMonitor['type']]: Fields } = {
  ready: { version: number },
  usage: { id: orNull(number), usage, stoppedAt: maybe(orNull(frames)) },
  halted: { id: number, at: orNull(frames) },
  snapshotPart: { id: number, bytes: (value) => value instanceof Uint8Array },
  snapshotEnd: { id: number, message: orNull(text) },
  heapEnd: { at: frames },
};

function fitsOne(checks: Record<string, Fields>, value: unknown): boolean {
  if (!isRecord(value) || typeof value['type'] !== 'string' || !Object.hasOwn(checks, value['type'])) return false;
  return record(checks[value['type']] as Fields)(value);
}

/** Whether it can be a frame of the runtime's main thread. Inner values of bundles and parameters are not looked at. */
export const isRuntimeFrame = (value: unknown): value is FromRuntime => fitsOne(runtimeFrames, value);

/** Whether it can be a frame of the runtime's monitor. */
export const isMonitorFrame = (value: unknown): value is FromMonitor => fitsOne(monitorFrames, value);
