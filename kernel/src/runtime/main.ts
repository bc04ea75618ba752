/** The runtime process: everything that runs user code, put together. */
import * as caches from '../caches/index.js';
import type { LineTracer } from '../ipc/cell.js';
import { heapLimit, takeHeapReserve } from '../ipc/heap-limit.js';
import { IPC_VERSION, type CellTag, type FromRuntime, type RuntimeSettings, type ToRuntime } from '../ipc/messages.js';
import { DESCRIPTORS, drainMarker, SECRET_VARIABLE } from '../ipc/process.js';
import { installMagics, reserveGlobals } from '../magics/install.js';
import { CellCode, type CellWorld } from './cell-code.js';
import { cellPackage, defineGlobals } from './cell-package.js';
import { currentRun, NO_CELL, ownRun } from './cell-run.js';
import { Comms } from './comms.js';
import type { RuntimeContext } from './context.js';
import { Displays } from './displays.js';
import { readFront } from './front-link.js';
import { useDefaultLoaderQuietly } from './function-source.js';
import { offerGauge } from './gauge.js';
import { Globals } from './globals.js';
import { Imports } from './imports.js';
import { makeInput } from './input.js';
import { reportLateErrors } from './late-errors.js';
import { startMonitor } from './monitor-thread.js';
import { makeOutboxMemory, Outbox, Side, tensorGaugeIn, writeAll } from './outbox.js';
import { replaceOutput } from './output.js';
import type { Namespace } from './packages.js';
import { printPlainly } from './plain-printing.js';
import { killGroup } from './process-group.js';
import { Questions } from './questions.js';
import { rehearseCells } from './rehearsal.js';
import { Requests } from './requests.js';
import { CellRunner } from './run-cell.js';
import { SourcePositions } from './source-positions.js';
import { installStackTraces } from './stack.js';
import { liveTimers, trackTimers } from './timers.js';
import { UNTRACED } from './untraced.js';
import { loadTslab } from './tslab.js';
import { prepareForTermination, rehookPromises, unhookPromises } from './unwinding.js';
import { KernelBytes, usageNow } from './usage.js';

const secret = process.env[SECRET_VARIABLE] ?? '';
delete process.env[SECRET_VARIABLE];
takeHeapReserve(process.env, process.execArgv);

const memory = makeOutboxMemory();
const tail = startMonitor(memory);
const outbox = new Outbox(memory, Side.main, DESCRIPTORS.toFront, tail);
const send = (message: FromRuntime): void => outbox.send(message);
const currentTag = (): CellTag => currentRun()?.tag ?? NO_CELL;

let settings: RuntimeSettings = { settlePauseLimitMs: 100, settleDelayMs: 1_000, variablesWanted: false };

const positions = new SourcePositions();
const displays = new Displays(send, currentTag);
const questions = new Questions(send);
const requests = new Requests(send);
const comms = new Comms(send);
const kernelBytes = new KernelBytes();
const userGlobals = {
  display: displays.makeDisplay(),
  input: makeInput((kind, params) => questions.ask(kind, params)),
};

replaceOutput(
  (tag, name, text) => outbox.stream(tag, name, text),
  () => displays.clear(),
);
installStackTraces(positions);
trackTimers();
printPlainly();
useDefaultLoaderQuietly();
prepareForTermination();
// Only the front decides about an interrupt: these signals may reach the whole process group.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => undefined);
process.on('exit', () => outbox.flush());

defineGlobals(userGlobals);
reserveGlobals();
const globals = new Globals((names, reason) => send({ type: 'forget', names, reason }));

let ownPackage: Namespace | null = null;
const own = (): Namespace => (ownPackage ??= cellPackage(userGlobals, displays, comms, extension.api ?? {}));
let tslab: Namespace | null = null;
const folder = process.cwd();
const show = (data: Record<string, unknown>, options: object): void => displays.bundle(data, options);
const imports = new Imports(
  folder,
  new Map([
    ['heapmark', own],
    ['heapmark/caches', () => ({ ...caches, default: caches })],
    ['tslab', () => (tslab ??= kernelBytes.book(() => loadTslab(folder, show)))],
  ]),
  {
    compile: (path, source) => questions.ask('compileModule', { path, source }),
    positions,
    trace: (filename, body) => trace(filename, null, body),
  },
);

const world: CellWorld = {
  globals,
  imports,
  positions,
  magic: (name, args) => extension.line(name, args),
  trace,
};
function trace(filename: string, cell: CellTag | null, body: object): LineTracer {
  const label = positions.label(filename) ?? filename;
  const code = { filename, cell, label, source: positions.source(filename), body };
  return extension.trace?.(code) ?? UNTRACED;
}
const runner = new CellRunner(world, send, drain, () => extension);
function drain(id: number): void {
  const marker = drainMarker(secret, id);
  writeAll(DESCRIPTORS.stdout, marker);
  writeAll(DESCRIPTORS.stderr, marker);
}

const context: RuntimeContext = {
  globals,
  currentCell: () => currentRun()?.tag ?? null,
  ownCell: () => ownRun()?.tag ?? null,
  pendingTimers: () =>
    liveTimers.pending().map(({ run, what, count }) => ({ cell: run.tag, over: run.over, what, count })),
  isRunning: () => runner.running,
  rehearse: () => rehearseCells(imports, () => currentRun() === null || currentRun()?.tag === NO_CELL),
  display: (data, options) => displays.bundle(data, options),
  stdout: (text) => outbox.stream(currentTag(), 'stdout', text),
  stderr: (text) => outbox.stream(currentTag(), 'stderr', text),
  stdoutBetween: (text) => outbox.streamBetween(currentTag(), 'stdout', text),
  ask: (kind, params) => questions.ask(kind, params),
  compile: async (code, options = {}) =>
    new CellCode(await questions.ask('compileFragment', { code, ...options }), currentTag(), world),
  emit: (event) => send({ type: 'event', event }),
  settled: (record) => send({ type: 'settled', record }),
  stopTimers,
  payload: (entry) => void currentRun()?.payload.push(entry),
  get settings() {
    return settings;
  },
  tensorGauge: tensorGaugeIn(memory),
  usage: usageNow,
  bookToKernel: (load) => kernelBytes.book(load),
  kernelBytes: () => kernelBytes.total,
  labelOf: (script) => positions.label(script),
  placeOf: (script, line, column) => positions.place(script, line, column),
  aborted: () => currentRun()?.signal ?? new AbortController().signal,
};

const extension = installMagics(context);
offerGauge(() => extension.lookAtHeap?.() ?? [], unhookPromises);
if (extension.requests !== undefined) requests.register(extension.requests);

/** Clears the timers that cells have started, and tells each cell; gives how many cells had any. */
function stopTimers(why: string): number {
  const stopped = liveTimers.stopAll();
  for (const { run, what } of stopped) outbox.stream(run.tag, 'stderr', `${why}: stopped ${what} of this cell.\n`);
  return stopped.length;
}

function take(message: ToRuntime): void {
  rehookPromises();
  switch (message.type) {
    case 'run':
      runner.enqueue(message);
      break;
    case 'abort':
      runner.abort(message.id, message.reason, message.at ?? []);
      break;
    case 'stopBackground':
      send({ type: 'reply', id: message.id, ok: true, value: stopTimers('Interrupted') });
      break;
    case 'request':
      void requests.handle(message);
      break;
    case 'cancel':
      requests.cancel(message.id);
      break;
    case 'answer':
      questions.answer(message);
      break;
    case 'comm':
      comms.receive(message.message);
      break;
    case 'quiet':
      extension.quiet?.(message.quiet);
      break;
    case 'configure':
      settings = message.settings;
      extension.settingsChanged?.(settings);
      break;
    case 'shutdown':
      // The handlers that user code has for its exit run; whatever else it waits for does not count any longer.
      // eslint-disable-next-line no-restricted-syntax -- this process is the user's code's own
      process.exit(0);
  }
}

// Only now: a failure above must end the process with its reason.
reportLateErrors(send, positions);
readFront(DESCRIPTORS.fromFront, take, killGroup);
send({
  type: 'ready',
  version: IPC_VERSION,
  pid: process.pid,
  node: process.version,
  heapLimit: heapLimit(),
});
