/** A kernel: the parts of the front, connected. Messages come in by the sockets and leave by the sockets. */
import type { RequestMap, Topic } from '@heapmark/protocol';
import type { CellTag, ErrorReport } from '../ipc/messages.js';
import { Broadcast } from './broadcast.js';
import type { Compiler } from '../compiler/contract.js';
import { CellStore } from './cells.js';
import { CommHub } from './comms.js';
import type { Connection } from './connection.js';
import { Dispatcher } from './dispatch.js';
import { Executor } from './executor.js';
import { MemoryGuard } from './guard.js';
import type { Language } from './handlers/handler.js';
import { History } from './history.js';
import { reasonOf, type Logger } from './log.js';
import { KnownVariables, answeredMethods, memoryMethods, type SettingsStore } from './memory-methods.js';
import { MemoryServer } from './memory-server.js';
import { Monitor } from './monitor.js';
import { Outbox } from './outbox.js';
import { Parents } from './parents.js';
import { residentBytes } from './proc.js';
import { questionDesk } from './questions.js';
import { Runtime, type Output, type RuntimeDelegate } from './runtime.js';
import type { RuntimeCommand } from './runtime-process.js';
import { Session } from './session.js';
import { bindSockets, type KernelSockets, type RoutedChannel } from './sockets.js';
import { StdinDesk } from './stdin.js';
import { ProcessUsage } from './usage.js';
import { KERNEL_VERSION } from './version.js';
import { encode, ReplayWindow, Signer, type Content, type Header, type Message, type ReceivedMessage } from './wire.js';

export interface KernelOptions {
  connection: Connection;
  language: Language;
  runtime: RuntimeCommand;
  compiler: Compiler;
  /** File of the history; `null` for none. */
  historyFile: string | null;
  log: Logger;
  /** Everything is closed; the process may end. */
  onEnd(): void;
}

/** Idle time after the last reply before a confirming collection, ms, and the longest pause it may take. */
const SETTLE_DELAY_MS = 300;
const SETTLE_PAUSE_LIMIT_MS = 200;
/** How long a dying kernel tries to say its last messages, ms. */
const FAREWELL_MS = 1_000;

export class Kernel {
  private readonly session = new Session();
  private readonly parents = new Parents();
  private readonly known = new KnownVariables();
  private readonly signer: Signer;
  private readonly outbox: Outbox;
  private readonly broadcast: Broadcast;
  private readonly runtime: Runtime;
  private readonly executor: Executor;
  private readonly stdin: StdinDesk;
  private readonly history: History;
  private readonly cells: CellStore;
  private readonly monitor: Monitor;
  private readonly guard: MemoryGuard;
  private readonly server: MemoryServer;
  private readonly comms: CommHub;
  private readonly dispatcher: Dispatcher;
  private subscribers = 0;
  private interest: ReadonlySet<Topic> = new Set();
  private settlePauseLimitMs = SETTLE_PAUSE_LIMIT_MS;
  private typecheck: boolean;
  private resetWanted = false;
  private ending = false;

  /** Binds the sockets, then starts the runtime; requests are answered from the moment this resolves. */
  static async start(options: KernelOptions): Promise<Kernel> {
    const sockets = await bindSockets(options.connection, options.log);
    return new Kernel(options, sockets);
  }

  private constructor(
    private readonly options: KernelOptions,
    private readonly sockets: KernelSockets,
  ) {
    const { connection, compiler, language, log } = options;
    this.typecheck = language === 'typescript';
    this.signer = new Signer(connection.key, connection.signatureScheme);
    this.outbox = new Outbox(
      sockets,
      (message) => encode(message, this.signer, [topicOf(message)]),
      (pressed) => this.runtime.hold(pressed),
      log,
    );
    this.broadcast = new Broadcast(this.session, this.outbox);
    this.runtime = new Runtime(options.runtime, this.delegate(), log);
    this.stdin = new StdinDesk((client, content) => this.send('stdin', client, 'input_request', content));
    this.history = new History(options.historyFile, log);
    this.cells = new CellStore(
      (cell) => this.server.emit('cell', { cell }),
      () => (this.runtime.pid === null ? null : residentBytes(this.runtime.pid)),
    );
    this.monitor = new Monitor(this.runtime, residentBytes, (usage, sample) => {
      this.cells.observe(usage);
      this.guard.check(sample);
      this.server.emit('sample', sample);
    });
    this.guard = new MemoryGuard(
      () => this.runtime.heapLimit,
      (limit) => this.monitor.setGuarded(limit !== null),
      (used, limit) => this.stopForMemory(used, limit),
    );
    this.executor = new Executor({
      broadcast: this.broadcast,
      cells: this.cells,
      compiler,
      history: this.history,
      runtime: this.runtime,
      stdin: this.stdin,
      log,
      begins: (header, silent) => this.parents.add(header, silent),
      reply: (message, content) => this.send('shell', message, 'execute_reply', content),
      busyChanged: (busy) => this.busyChanged(busy),
      now: () => performance.now(),
    });
    const usage = new ProcessUsage(process.pid, () => this.runtime.pid);
    this.server = new MemoryServer(
      memoryMethods(
        {
          askRuntime: (method, params, signal) => this.runtime.request(method, params, null, signal),
          busy: () => this.executor.busy,
          cells: this.cells,
          guard: this.guard,
          monitor: this.monitor,
          usage,
          settings: this.settings(),
          endProcess: (pid) => endProcess(pid),
        },
        this.known,
      ),
      { kernelVersion: KERNEL_VERSION, language, methods: answeredMethods, heapLimit: () => this.runtime.heapLimit },
      (topics) => this.interestChanged(topics),
      log,
    );
    this.comms = new CommHub(
      this.broadcast,
      (send) => this.server.open(send),
      (message) => this.runtime.send({ type: 'comm', message }),
      log,
    );
    this.dispatcher = new Dispatcher({
      signer: this.signer,
      replays: new ReplayWindow(),
      broadcast: this.broadcast,
      handlers: {
        connection,
        language,
        compiler,
        executor: this.executor,
        history: this.history,
        comms: this.comms,
        usage,
        stdin: this.stdin,
        shutdown: (restart, parent) => void this.shutdown(restart, parent),
      },
      reply: (channel, to, type, content) => this.send(channel, to, type, content),
      log,
    });
    this.runtime.start();
    this.configure();
    sockets.listen({
      received: (channel, frames) => this.dispatcher.receive(channel, frames),
      subscribed: (topic) => this.subscribed(topic),
      unsubscribed: () => this.unsubscribed(),
    });
  }

  /** What a SIGINT means. */
  interrupt(): void {
    void this.executor.stop('interrupt');
  }

  /** Ends the kernel: says so to everyone, ends the runtime with all it started, and closes the sockets. */
  async shutdown(restart = false, parent: Header | null = null): Promise<void> {
    if (this.ending) return;
    this.ending = true;
    this.broadcast.send('shutdown_reply', { status: 'ok', restart }, parent);
    this.executor.abortQueued();
    this.runtime.kill('shutdown');
    await within(FAREWELL_MS, async () => {
      await this.history.settled();
      // The reply of the request that asked for this is made after this call.
      await new Promise((resolve) => setImmediate(resolve));
      await this.outbox.flushed();
      await this.sockets.flushed();
    });
    this.sockets.close();
    await this.options.compiler.close();
    this.options.onEnd();
  }

  private send(channel: RoutedChannel, to: ReceivedMessage, type: string, content: object): void {
    const message = this.session.message(type, content as Content, to.header);
    try {
      this.sockets.send(channel, encode(message, this.signer, to.identities));
    } catch (error) {
      this.options.log.error(`a ${type} was not sent: ${reasonOf(error)}`);
    }
  }

  private delegate(): RuntimeDelegate {
    const ask = (): ReturnType<typeof questionDesk> =>
      questionDesk({
        executor: this.executor,
        stdin: this.stdin,
        compiler: this.options.compiler,
        cells: this.cells,
        monitor: this.monitor,
        guard: this.guard,
        history: this.history,
        resetRuntime: () => (this.resetWanted = true),
      });
    return {
      output: (output) => this.output(output),
      native: (name, text) => {
        const parent = this.parents.latest();
        if (parent === null) this.options.log.warn(`runtime: ${text.trimEnd()}`);
        else if (!parent.silent) this.broadcast.stream(parent.header, name, text);
      },
      asked: (question, tag) => ask()(question, tag),
      comm: (message, tag) => this.comms.fromRuntime(message, this.headerOf(tag)),
      event: (event) => {
        if (event.name === 'variables') this.known.replaced(event.params);
        this.server.emit(event.name, event.params as never);
      },
      settled: (record) => this.cells.settle(record),
      forgotten: (names, reason) => {
        if (reason === 'reset' && names.length === 0) this.options.compiler.reset();
        else this.options.compiler.forget(names);
      },
      usage: (usage) => this.monitor.take(usage),
      died: (report, expected) => this.runtimeDied(report, expected),
    };
  }

  private output(output: Output): void {
    const parent = this.parents.get(output.tag.parentId);
    if (parent === null && output.type === 'lateError') this.options.log.error(`runtime: ${output.error.evalue}`);
    if (parent === null || parent.silent) return;
    const { header } = parent;
    switch (output.type) {
      case 'stream':
        this.broadcast.stream(header, output.name, output.text);
        break;
      case 'display': {
        const { data, metadata, transient, buffers, update } = output;
        this.broadcast.display(header, { data, metadata, transient, ...(buffers && { buffers }) }, update);
        break;
      }
      case 'clearOutput':
        this.broadcast.clearOutput(header, output.wait);
        break;
      case 'result':
        this.executor.noteResult(output.tag.parentId, output.data);
        this.broadcast.result(header, output.tag.executionCount, output.data, output.metadata);
        break;
      case 'lateError':
        this.broadcast.error(header, output.error);
        break;
    }
  }

  private headerOf(tag: CellTag | null): Header | null {
    return tag === null ? null : (this.parents.get(tag.parentId)?.header ?? null);
  }

  private busyChanged(busy: boolean): void {
    this.monitor.setBusy(busy);
    if (busy || !this.resetWanted) return;
    this.resetWanted = false;
    this.runtime.kill('reset');
  }

  private runtimeDied(report: ErrorReport, expected: boolean): void {
    if (this.ending) return;
    this.known.clear();
    this.options.compiler.reset();
    this.comms.runtimeDied();
    this.monitor.renew();
    this.server.emit('warning', { kind: expected ? 'runtimeReset' : 'runtimeDied', text: report.evalue });
    // With no cell to blame, whoever ran the last one learns that its variables are gone.
    const last = this.parents.latest();
    if (!expected && !this.executor.busy && last !== null) this.broadcast.error(last.header, report);
  }

  private stopForMemory(used: number, limit: number): void {
    if (!this.executor.busy) return;
    this.server.emit('warning', {
      kind: 'stopped',
      text: 'The cell passed the memory limit and is stopped.',
      used,
      limit,
    });
    void this.executor.stop('memory');
  }

  private subscribed(topic: Buffer): void {
    this.subscribers += 1;
    this.broadcast.welcome(topic.toString('utf8'));
    this.watch();
  }

  private unsubscribed(): void {
    this.subscribers = Math.max(0, this.subscribers - 1);
    this.watch();
  }

  private interestChanged(topics: ReadonlySet<Topic>): void {
    const before = this.interest;
    this.interest = topics;
    this.watch();
    if (before.has('variables') !== topics.has('variables')) this.configure();
  }

  /** Samples are taken for someone who listens. */
  private watch(): void {
    this.monitor.setWatched(this.interest.has('sample') && this.subscribers > 0);
  }

  private configure(): void {
    this.runtime.configure({
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
        if (typecheck !== undefined) this.typecheck = await this.options.compiler.typecheck(typecheck);
        this.configure();
        return get();
      },
    };
  }
}

/** Subscribers choose by the start of the first frame; the welcome goes to those of its topic. */
function topicOf({ header, content }: Message): Buffer {
  const topic = header.msg_type === 'iopub_welcome' ? String(content['subscription']) : header.msg_type;
  return Buffer.from(topic, 'utf8');
}

function endProcess(pid: number): boolean {
  try {
    process.kill(pid, 'SIGTERM');
    return true;
  } catch {
    return false;
  }
}

async function within(ms: number, action: () => Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  await Promise.race([action(), new Promise((resolve) => (timer = setTimeout(resolve, ms)))]);
  clearTimeout(timer);
}
