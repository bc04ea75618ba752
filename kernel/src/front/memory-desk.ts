/** Everything of the front that is about memory, connected: samples, records, the guard, and the memory protocol. */
import type { MemorySample, RequestMap, Topic, VariableRecord } from '@heapmark/protocol';
import type { Compiler } from '../compiler/contract.js';
import type { ErrorReport, EventFrame, RawFrame, RawUsage } from '../ipc/messages.js';
import { CellStore } from './cells.js';
import type { MemoryPeer } from './comms.js';
import { MemoryGuard, type MemoryStop } from './guard.js';
import { growthWarning, GrowthWatch } from './growth.js';
import type { Language } from './handlers/handler.js';
import type { Logger } from './log.js';
import { answeredMethods, KnownVariables, memoryMethods, type SettingsStore } from './memory-methods.js';
import { memoryLimits } from './limits.js';
import { memoryRoom } from './memory-room.js';
import { MemoryServer } from './memory-server.js';
import { explainStop, NAMED_VARIABLES } from './memory-stop.js';
import { MemoryWatch } from './memory-watch.js';
import { Monitor } from './monitor.js';
import { NearLimit, nearLimitWarning } from './near-limit.js';
import { residentBytes } from './proc.js';
import type { Runtime } from './runtime.js';
import { ProcessUsage } from './usage.js';
import { KERNEL_VERSION } from './version.js';

export interface MemoryDeskServices {
  runtime: Runtime;
  compiler: Compiler;
  language: Language;
  log: Logger;
  /** Whether a cell runs. */
  busy(): boolean;
  /** Ends the running cell: it passed the limit. */
  stopForMemory(at: RawFrame[] | null): void;
}

/** A full collection of a large heap takes seconds, ms. */
const COLLECT_MS = 8_000;
/** Time for the list of the largest variables, ms: the walk's, and all of it. */
const LIST_BUDGET_MS = 300;
const LIST_MS = 2_000;
/** Idle time after the last reply before a confirming collection, ms, and the longest pause it may take. */
const SETTLE_DELAY_MS = 300;
const SETTLE_PAUSE_LIMIT_MS = 200;

export class MemoryDesk {
  readonly cells: CellStore;
  readonly guard: MemoryGuard;
  readonly monitor: Monitor;
  readonly usage: ProcessUsage;
  private readonly server: MemoryServer;
  private readonly known = new KnownVariables();
  private readonly nearLimit = new NearLimit();
  private readonly growth = new GrowthWatch();
  private interest: ReadonlySet<Topic> = new Set();
  private readonly watching = new MemoryWatch(() => this.guard.look(this.residentNow()));
  /** Why the running cell was stopped. */
  private stopped: MemoryStop | null = null;
  private heapEndWatched = false;
  private listeners = 0;
  private settlePauseLimitMs = SETTLE_PAUSE_LIMIT_MS;
  private typecheck: boolean;

  constructor(private readonly services: MemoryDeskServices) {
    const { runtime, language, log } = services;
    this.typecheck = language === 'typescript';
    this.usage = new ProcessUsage(process.pid, () => runtime.pid);
    this.cells = new CellStore(
      (cell) => this.server.emit('cell', { cell }),
      () => this.residentNow(),
    );
    this.monitor = new Monitor(runtime, residentBytes, (usage, plain) => {
      const sample = usage.collections === undefined ? plain : { ...plain, collections: usage.collections };
      this.cells.observe(usage);
      if (services.busy()) this.guard.check(sample);
      this.server.emit('sample', sample);
      this.lookAtLimits(sample);
    });
    this.guard = new MemoryGuard({
      heapLimit: () => runtime.heapLimit,
      room: memoryRoom,
      watchHeap: (on) => this.monitor.setGuarded(on),
      watchHeapEnd: (on) => this.watchHeapEnd(on),
      collect: (stopAbove) => runtime.collect(COLLECT_MS, stopAbove),
      stop: (cause, at) => this.passed(cause, at),
      now: () => performance.now(),
    });
    const methods = memoryMethods(
      {
        askRuntime: (method, params, signal) => runtime.request(method, params, null, signal),
        busy: services.busy,
        cells: this.cells,
        guard: this.guard,
        monitor: this.monitor,
        usage: this.usage,
        settings: this.settings(),
        endProcess,
      },
      this.known,
    );
    const greeting = {
      kernelVersion: KERNEL_VERSION,
      language,
      methods: answeredMethods,
      heapLimit: () => runtime.heapLimit,
    };
    this.server = new MemoryServer(methods, greeting, (topics) => this.interestChanged(topics), log);
    this.configure();
  }

  /** A cell began or ended. */
  setBusy(busy: boolean): void {
    if (busy) {
      this.stopped = null;
      this.growth.begin();
      this.guard.cellBegins(this.residentNow());
    } else this.guard.cellEnds();
    this.watching.setBusy(busy);
    this.monitor.setBusy(busy);
  }

  /** V8's heap was at its end, and the code that was there has been stopped. */
  heapEnded(at: RawFrame[]): void {
    this.heapEndWatched = false;
    this.guard.heapEnded(at);
  }

  /** Adds to the error of a cell that was stopped for its memory what it had, and what holds it. */
  async explainStop(error: ErrorReport): Promise<void> {
    explainStop(error, this.stopped, this.cells.peakSoFar(), await this.largestVariables());
  }

  /** A front end opened a comm of the memory protocol. */
  open(send: (data: Record<string, unknown>) => void): MemoryPeer {
    return this.server.open(send);
  }

  /** The runtime told of something by itself. */
  event(event: EventFrame): void {
    if (event.name === 'variables') this.known.replaced(event.params);
    this.server.emit(event.name, event.params);
  }

  sampled(usage: RawUsage): void {
    this.monitor.take(usage);
  }

  /** How many clients listen to broadcasts: for none, no samples are taken. */
  setListeners(count: number): void {
    this.listeners = count;
    this.watch();
  }

  /** All that was known of the runtime's memory went with it. */
  runtimeDied(text: string, expected: boolean): void {
    this.known.clear();
    this.nearLimit.forget();
    this.cells.runtimeEnded();
    this.heapEndWatched = false;
    this.monitor.renew();
    this.server.emit('warning', { kind: expected ? 'runtimeReset' : 'runtimeDied', text });
  }

  private residentNow(): number | null {
    const { pid } = this.services.runtime;
    return pid === null ? null : residentBytes(pid);
  }

  /** Warns before memory runs out; the largest variables are those of the last list, since a busy runtime makes none. */
  private lookAtLimits(sample: MemorySample): void {
    const limits = memoryLimits(sample, this.guard.record().limit);
    const growth = this.services.busy() ? this.growth.look(sample, limits) : null;
    if (!this.interest.has('warning')) return;
    if (growth !== null) this.server.emit('warning', growthWarning(growth, this.cells.runningCount()));
    const near = this.nearLimit.look(limits);
    if (near === null) return;
    const listed = this.services.busy()
      ? Promise.resolve(this.known.recall({})?.record.variables ?? null)
      : this.largestVariables();
    void listed.then((variables) => this.server.emit('warning', nearLimitWarning(near, variables ?? [])));
  }

  /** Asks the runtime; `null` when it does not answer in time. */
  private async largestVariables(): Promise<VariableRecord[] | null> {
    const params = { sort: 'size', limit: NAMED_VARIABLES, budgetMs: LIST_BUDGET_MS };
    const listed = this.services.runtime.request('variables', params, null, AbortSignal.timeout(LIST_MS));
    const answer = (await listed.catch(() => null)) as RequestMap['variables']['result'] | null;
    return answer?.record.variables ?? null;
  }

  private passed(stop: MemoryStop, at: RawFrame[] | null): void {
    this.stopped = stop;
    const { used, limit } = stop;
    this.server.emit('warning', { kind: 'stopped', text: `A cell is stopped at ${stop.text}.`, used, limit });
    this.services.stopForMemory(at);
  }

  private watchHeapEnd(on: boolean): void {
    if (on === this.heapEndWatched) return;
    this.heapEndWatched = on;
    this.services.runtime.watchHeapEnd(on);
  }

  private interestChanged(topics: ReadonlySet<Topic>): void {
    const before = this.interest;
    this.interest = topics;
    this.watch();
    if (before.has('variables') !== topics.has('variables')) this.configure();
  }

  private watch(): void {
    this.monitor.setWatched(this.interest.has('sample') && this.listeners > 0);
  }

  private configure(): void {
    this.services.runtime.configure({
      settlePauseLimitMs: this.settlePauseLimitMs,
      settleDelayMs: SETTLE_DELAY_MS,
      variablesWanted: this.interest.has('variables'),
    });
  }

  private settings(): SettingsStore {
    const get = (): RequestMap['settings']['result'] => ({
      settlePauseLimitMs: this.settlePauseLimitMs,
      typecheck: this.typecheck,
    });
    return {
      get,
      set: async ({ settlePauseLimitMs, typecheck }) => {
        if (settlePauseLimitMs !== undefined) this.settlePauseLimitMs = settlePauseLimitMs;
        if (typecheck !== undefined) this.typecheck = await this.services.compiler.typecheck(typecheck);
        this.configure();
        return get();
      },
    };
  }
}

function endProcess(pid: number): boolean {
  try {
    process.kill(pid, 'SIGTERM');
    return true;
  } catch {
    return false;
  }
}
