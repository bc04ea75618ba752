/**
 * The runtime as the rest of the front sees it: one that is always there. When its process ends, what waited for it
 * fails with {@link RuntimeDiedError} and a new process starts at once.
 */
import { ProtocolError, type ErrorCode, type RequestMethod } from '@heapmark/protocol';
import {
  IPC_VERSION,
  type CellTag,
  type CommMessage,
  type ErrorReport,
  type EventFrame,
  type FromMonitor,
  type FromRuntime,
  type Question,
  type RawFrame,
  type RawUsage,
  type RunMessage,
  type RuntimeSettings,
  type ToRuntime,
} from '../ipc/messages.js';
import { RESERVE_VARIABLE } from '../ipc/heap-limit.js';
import { describeEnd, type KillReason } from './death.js';
import { NextLimits } from './heap-limits.js';
import { heapReserve } from './heap-reserve.js';
import { reasonOf, type Logger } from './log.js';
import { NativeDrain } from './native-drain.js';
import { plainReport } from './report.js';
import { RuntimeProcess, type RuntimeCommand, type RuntimeEnd } from './runtime-process.js';

type Frame<T extends FromRuntime['type']> = Extract<FromRuntime, { type: T }>;
export type Output = Frame<'stream' | 'display' | 'clearOutput' | 'result' | 'lateError'>;
export type Done = Frame<'done'>;

/** What the runtime tells, without being asked. */
export interface RuntimeDelegate {
  output(output: Output): void;
  native(name: 'stdout' | 'stderr', text: string): void;
  /** Answers a question of user code; a rejection reaches that code. `withdrawn` fires when nobody waits any longer. */
  asked(question: Question, tag: CellTag | null, withdrawn: AbortSignal): Promise<unknown>;
  comm(message: CommMessage, tag: CellTag | null): void;
  event(event: EventFrame): void;
  settled(record: Frame<'settled'>['record']): void;
  forgotten(names: string[], reason: 'free' | 'reset'): void;
  usage(usage: RawUsage): void;
  /** Code has been stopped because it brought V8's heap to its end. */
  heapEnded(at: RawFrame[]): void;
  /** The process is gone and everything that waited for it has failed; its successor is starting. */
  died(report: ErrorReport, expected: boolean): void;
}

/** The runtime ended before it had answered. */
export class RuntimeDiedError extends Error {
  readonly code = 'RUNTIME_DIED';
  constructor(
    readonly report: ErrorReport,
    readonly reason: KillReason | null,
  ) {
    super(report.evalue);
    this.name = 'RuntimeDiedError';
  }
}

/** What a collection left, bytes, and where code was that it has ended. */
export interface Collected {
  heapUsed: number | null;
  stoppedAt: RawFrame[] | null;
}

/** A heap snapshot on its way. */
interface Snapshotting extends Waiting<void> {
  id: number;
  part(bytes: Uint8Array): void;
}

interface Waiting<T> {
  resolve(value: T): void;
  reject(error: Error): void;
}

/** The monitor's answer may take so much longer than what it was asked for, ms. */
const ANSWER_MS = 500;
/** Deaths in a row before a runtime was ready, after which none is started until a cell needs one. */
const MAX_FAILED_STARTS = 3;

export class Runtime {
  private process: RuntimeProcess | null = null;
  private ready: Frame<'ready'> | null = null;
  private failedStarts = 0;
  /** Limits of V8's generations that somebody asked for. */
  readonly limits = new NextLimits();
  private killReason: KillReason | null = null;
  /** Resolves when the process that was told to end has ended and its successor has started. */
  private dying: Promise<void> | null = null;
  private buried: () => void = () => undefined;
  private stopped = false;
  private nextId = 1;
  private held = false;
  private settings: RuntimeSettings | null = null;
  private readonly runs = new Map<number, Waiting<Done>>();
  private readonly requests = new Map<number, Waiting<unknown>>();
  private readonly probes = new Map<number, (answer: FromMonitor | null) => void>();
  private readonly questions = new Map<number, AbortController>();
  private snapshotting: Snapshotting | null = null;
  private snapshotTaken: Promise<void> | null = null;
  private readonly drain = new NativeDrain();

  constructor(
    private readonly command: RuntimeCommand,
    private readonly delegate: RuntimeDelegate,
    private readonly log: Logger,
  ) {}

  get pid(): number | null {
    return this.process?.pid ?? null;
  }

  /** V8's heap limit in the runtime, bytes, once it has told. */
  get heapLimit(): number | null {
    return this.ready?.heapLimit ?? null;
  }

  start(): void {
    if (this.process !== null || this.stopped) return;
    this.killReason = null;
    this.drain.reset();
    const { env } = this.command;
    const flags = [...this.command.flags, ...this.limits.begin()];
    const reserve = heapReserve(flags, env['NODE_OPTIONS']);
    this.process = new RuntimeProcess(
      {
        ...this.command,
        flags: [...flags, ...reserve.flags],
        env: { ...env, [RESERVE_VARIABLE]: String(reserve.bytes) },
      },
      {
        frame: (message) => this.take(message),
        monitor: (message) => this.takeMonitor(message),
        native: (name, text) => this.delegate.native(name, text),
        drained: (name, id) => this.drain.note(name, id),
        ended: (end) => this.ended(end),
      },
      this.log,
    );
    if (this.held) this.process.hold(true);
    if (this.settings !== null) this.process.send({ type: 'configure', settings: this.settings });
  }

  /** An id for a run or a request, unique over all processes. */
  newId(): number {
    return this.nextId++;
  }

  /** Runs a cell. Resolves when it is over and its native output is here; rejects with {@link RuntimeDiedError}. */
  async run(message: RunMessage): Promise<Done> {
    await this.dying;
    this.start();
    const done = await new Promise<Done>((resolve, reject) => {
      this.runs.set(message.id, { resolve, reject });
      this.send(message);
    });
    await this.drain.until(message.id);
    return done;
  }

  /** Asks for something only the runtime knows. Rejects with what the runtime said, or {@link RuntimeDiedError}. */
  request(method: RequestMethod, params: unknown, tag: CellTag | null, signal: AbortSignal): Promise<unknown> {
    this.start();
    const id = this.newId();
    const answer = this.answerTo(id);
    signal.addEventListener('abort', () => this.send({ type: 'cancel', id }), { once: true });
    this.send({ type: 'request', id, method, params, tag });
    return answer;
  }

  /** Resolves with the answer to a message that has this id; rejects with {@link RuntimeDiedError}. */
  answerTo(id: number): Promise<unknown> {
    return new Promise((resolve, reject) => this.requests.set(id, { resolve, reject }));
  }

  send(message: ToRuntime): void {
    this.process?.send(message);
  }

  configure(settings: RuntimeSettings): void {
    this.settings = settings;
    this.send({ type: 'configure', settings });
  }

  /** Stops or resumes reading what the runtime says. */
  hold(held: boolean): void {
    this.held = held;
    this.process?.hold(held);
  }

  /** Pushes of samples: one each `everyMs`, `null` for none. */
  watch(everyMs: number | null): void {
    this.process?.tellMonitor({ type: 'watch', everyMs });
  }

  /** One sample; `null` when the monitor does not answer within `withinMs`. */
  async sample(withinMs: number): Promise<RawUsage | null> {
    const answer = await this.probe((id) => ({ type: 'sample', id }), withinMs);
    return answer?.type === 'usage' ? answer.usage : null;
  }

  /**
   * Ends the JavaScript that runs on the runtime's main thread. Where it was; `null` when none ran, when it cannot be
   * ended there, or the monitor did not answer.
   * @param runs whether it is known that some runs: it is not let off then because it looks idle.
   */
  async halt(withinMs: number, runs: boolean): Promise<RawFrame[] | null> {
    const answer = await this.probe((id) => ({ type: 'halt', id, withinMs, runs }), withinMs + ANSWER_MS);
    return answer?.type === 'halted' ? answer.at : null;
  }

  /**
   * Has V8 write a heap snapshot, which stops the main thread for most of the time, and gives its parts as they come.
   * Rejects with {@link RuntimeDiedError}, or with the reason why it could not be made. One at a time.
   */
  snapshot(part: (bytes: Uint8Array) => void, keepIds: boolean): Promise<void> {
    const { process } = this;
    if (process === null) return Promise.reject(new Error('There is no runtime to take a snapshot of.'));
    if (this.snapshotting !== null) return Promise.reject(new Error('A heap snapshot is being taken already.'));
    const id = this.newId();
    const taken = new Promise<void>((resolve, reject) => {
      this.snapshotting = { id, part, resolve, reject };
    });
    this.snapshotTaken = taken.catch(() => undefined);
    process.tellMonitor({ type: 'snapshot', id, keepIds });
    return taken;
  }

  /** Resolves when no snapshot stops the main thread any longer; `null` when none does. */
  get snapshotOver(): Promise<void> | null {
    return this.snapshotting === null ? null : this.snapshotTaken;
  }

  /**
   * Collects garbage, also while the main thread spins; `null` when there was no answer.
   * @param stopAbove heap in use after it, bytes, above which the code that runs is ended at once; `stoppedAt` tells where.
   */
  async collect(withinMs: number, stopAbove: number): Promise<Collected | null> {
    const answer = await this.probe((id) => ({ type: 'collect', id, stopAbove }), withinMs);
    if (answer?.type !== 'usage') return null;
    return { heapUsed: answer.usage.heapUsed, stoppedAt: answer.stoppedAt ?? null };
  }

  /** Has the code stopped that brings V8's heap to its end, or no longer. */
  watchHeapEnd(on: boolean): void {
    this.process?.tellMonitor({ type: 'watchHeapEnd', on });
  }

  /** A SIGINT to the children that user code started. */
  interruptChildren(): void {
    this.process?.interruptChildren();
  }

  killChildren(): void {
    this.process?.killChildren();
  }

  /** Ends the process and all it started; a new one follows unless the reason is `shutdown`. */
  kill(reason: KillReason): void {
    if (reason === 'shutdown') this.stopped = true;
    this.killReason = reason;
    if (this.process === null) return;
    this.dying ??= new Promise((resolve) => (this.buried = resolve));
    this.process.kill();
  }

  private probe(
    ask: (id: number) => Parameters<RuntimeProcess['tellMonitor']>[0],
    withinMs: number,
  ): Promise<FromMonitor | null> {
    const { process } = this;
    if (process === null) return Promise.resolve(null);
    const id = this.newId();
    return new Promise((resolve) => {
      const timer = setTimeout(() => this.probes.get(id)?.(null), withinMs);
      this.probes.set(id, (answer) => {
        clearTimeout(timer);
        this.probes.delete(id);
        resolve(answer);
      });
      process.tellMonitor(ask(id));
    });
  }

  private take(message: FromRuntime): void {
    switch (message.type) {
      case 'ready':
        this.takeReady(message);
        break;
      case 'stream':
      case 'display':
      case 'clearOutput':
      case 'result':
      case 'lateError':
        this.delegate.output(message);
        break;
      case 'done':
        this.settle(this.runs, message.id, message);
        break;
      case 'reply':
        if (message.ok) this.settle(this.requests, message.id, message.value);
        else this.fail(message.id, new ProtocolError(message.code as ErrorCode, message.message, message.data));
        break;
      case 'ask':
        void this.answer(message);
        break;
      case 'withdraw':
        this.questions.get(message.id)?.abort();
        break;
      case 'event':
        this.delegate.event(message.event);
        break;
      case 'settled':
        this.delegate.settled(message.record);
        break;
      case 'forget':
        this.delegate.forgotten(message.names, message.reason);
        break;
      case 'comm':
        this.delegate.comm(message.message, message.tag);
        break;
    }
  }

  private takeReady(message: Frame<'ready'>): void {
    if (message.version !== IPC_VERSION) {
      this.log.error(`the runtime speaks version ${message.version}, the front ${IPC_VERSION}: install Heapmark again`);
    }
    this.ready = message;
    this.failedStarts = 0;
  }

  private takeMonitor(message: FromMonitor): void {
    if (message.type === 'ready') return;
    if (message.type === 'heapEnd') {
      this.delegate.heapEnded(message.at);
      return;
    }
    if (message.type === 'snapshotPart') {
      if (message.id === this.snapshotting?.id) this.snapshotting.part(message.bytes);
    } else if (message.type === 'snapshotEnd') {
      if (message.id === this.snapshotting?.id)
        this.endSnapshot(message.message === null ? null : new Error(`V8 took no heap snapshot: ${message.message}`));
    } else if (message.type === 'usage' && message.id === null) this.delegate.usage(message.usage);
    else if (message.id !== null) this.probes.get(message.id)?.(message);
  }

  private endSnapshot(error: Error | null): void {
    const { snapshotting } = this;
    this.snapshotting = null;
    if (error === null) snapshotting?.resolve();
    else snapshotting?.reject(error);
  }

  private async answer({ id, tag, question }: Frame<'ask'>): Promise<void> {
    const { process } = this;
    const withdrawn = new AbortController();
    this.questions.set(id, withdrawn);
    try {
      const value = await this.delegate.asked(question, tag, withdrawn.signal);
      process?.send({ type: 'answer', id, ok: true, value });
    } catch (error) {
      process?.send({ type: 'answer', id, ok: false, error: asReport(error) });
    } finally {
      if (this.questions.get(id) === withdrawn) this.questions.delete(id);
    }
  }

  private settle<T>(waiting: Map<number, Waiting<T>>, id: number, value: T): void {
    const waiter = waiting.get(id);
    waiting.delete(id);
    waiter?.resolve(value);
  }

  private fail(id: number, error: Error): void {
    const waiter = this.requests.get(id);
    this.requests.delete(id);
    waiter?.reject(error);
  }

  private ended(end: RuntimeEnd): void {
    const report = describeEnd(end, this.killReason, this.heapLimit);
    const error = new RuntimeDiedError(report, this.killReason);
    const expected = this.killReason === 'shutdown' || this.killReason === 'reset';
    if (!expected) this.log.warn(report.evalue);
    if (this.ready === null) {
      this.failedStarts += 1;
      this.limits.drop();
    }
    this.process = null;
    this.ready = null;
    for (const waiting of [this.runs, this.requests] as Map<number, Waiting<never>>[]) {
      const failed = [...waiting.values()];
      waiting.clear();
      for (const waiter of failed) waiter.reject(error);
    }
    for (const answer of [...this.probes.values()]) answer(null);
    for (const withdrawn of this.questions.values()) withdrawn.abort();
    this.questions.clear();
    this.endSnapshot(error);
    this.delegate.died(report, expected);
    if (this.failedStarts < MAX_FAILED_STARTS) this.start();
    this.dying = null;
    this.buried();
  }
}

const asReport = (error: unknown): ErrorReport =>
  plainReport(error instanceof Error ? error.name : 'Error', reasonOf(error));
