/** A kernel: the parts of the front, connected. Messages come in by the sockets and leave by the sockets. */
import type { Compiler } from '../compiler/contract.js';
import type { CellTag, ErrorReport } from '../ipc/messages.js';
import { Broadcast } from './broadcast.js';
import { CommHub } from './comms.js';
import type { Connection } from './connection.js';
import { Dispatcher } from './dispatch.js';
import { Executor } from './executor.js';
import type { Language } from './handlers/handler.js';
import { History } from './history.js';
import { reasonOf, type Logger } from './log.js';
import { MemoryDesk } from './memory-desk.js';
import { Outbox } from './outbox.js';
import { OutputLimit } from './output-limit.js';
import { Parents } from './parents.js';
import { questionDesk } from './questions.js';
import { Runtime, type Output, type RuntimeDelegate } from './runtime.js';
import type { RuntimeCommand } from './runtime-process.js';
import { Session } from './session.js';
import { SnapshotDesk } from './snapshots.js';
import { bindSockets, type KernelSockets, type RoutedChannel } from './sockets.js';
import { StdinDesk } from './stdin.js';
import { encode, ReplayWindow, Signer, type Content, type Header, type Message, type ReceivedMessage } from './wire.js';

export interface KernelOptions {
  connection: Connection;
  language: Language;
  runtime: RuntimeCommand;
  /** The script that reads heap snapshots. */
  snapshotWorker: URL;
  compiler: Compiler;
  /** File of the history; `null` for none. */
  historyFile: string | null;
  log: Logger;
  /** Everything is closed; the process may end. */
  onEnd(): void;
}

/** How long a dying kernel tries to say its last messages, ms. */
const FAREWELL_MS = 1_000;

export class Kernel {
  private readonly session = new Session();
  private readonly parents = new Parents();
  private readonly limit = new OutputLimit();
  private readonly signer: Signer;
  private readonly compiler: Compiler;
  private readonly outbox: Outbox;
  private readonly broadcast: Broadcast;
  private readonly runtime: Runtime;
  private readonly snapshots: SnapshotDesk;
  private readonly executor: Executor;
  private readonly stdin: StdinDesk;
  private readonly history: History;
  private readonly memory: MemoryDesk;
  private readonly comms: CommHub;
  private subscribers = 0;
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
    const { connection, language, compiler, log } = options;
    this.compiler = compiler;
    this.signer = new Signer(connection.key, connection.signatureScheme);
    this.outbox = new Outbox(
      sockets,
      (message) => encode(message, this.signer, [topicOf(message)]),
      (pressed) => this.runtime.hold(pressed),
      log,
    );
    this.broadcast = new Broadcast(this.session, this.outbox);
    this.runtime = new Runtime(options.runtime, this.delegate(), log);
    this.snapshots = new SnapshotDesk(this.runtime, options.snapshotWorker);
    this.stdin = new StdinDesk((client, content) => this.send('stdin', client, 'input_request', content));
    this.history = new History(options.historyFile, log);
    this.memory = new MemoryDesk({
      runtime: this.runtime,
      compiler,
      language,
      log,
      busy: () => this.executor.busy,
      stopForMemory: (at) => void this.executor.stop('memory', at),
    });
    this.executor = new Executor({
      broadcast: this.broadcast,
      cells: this.memory.cells,
      compiler,
      history: this.history,
      runtime: this.runtime,
      stdin: this.stdin,
      log,
      begins: (header, silent) => this.parents.add(header, silent),
      reply: (message, content) => this.send('shell', message, 'execute_reply', content),
      explainMemoryStop: (error) => this.memory.explainStop(error),
      busyChanged: (busy) => this.busyChanged(busy),
      now: () => performance.now(),
    });
    this.comms = new CommHub(
      this.broadcast,
      (send) => this.memory.open(send),
      (message) => this.runtime.send({ type: 'comm', message }),
      log,
    );
    const dispatcher = new Dispatcher({
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
        usage: this.memory.usage,
        stdin: this.stdin,
        shutdown: (restart, parent) => void this.shutdown(restart, parent),
      },
      reply: (channel, to, type, content) => this.send(channel, to, type, content),
      log,
    });
    this.runtime.start();
    sockets.listen({
      received: (channel, frames) => dispatcher.receive(channel, frames),
      subscribed: (topic) => this.subscribed(topic),
      unsubscribed: () => this.listen(-1),
    });
  }

  /** What a SIGINT means. */
  interrupt(): void {
    void this.executor.stop('interrupt');
  }

  /**
   * Ends the kernel: ends the runtime with all it started, and closes the sockets.
   * @param parent the request that asked for it, when one did: its reply is told to everyone.
   */
  async shutdown(restart = false, parent: Header | null = null): Promise<void> {
    if (this.ending) return;
    this.ending = true;
    if (parent !== null) this.broadcast.send('shutdown_reply', { status: 'ok', restart }, parent);
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
    await this.compiler.close();
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
    const desk = (): ReturnType<typeof questionDesk> =>
      questionDesk({
        executor: this.executor,
        stdin: this.stdin,
        compiler: this.compiler,
        cells: this.memory.cells,
        monitor: this.memory.monitor,
        guard: this.memory.guard,
        history: this.history,
        snapshots: this.snapshots,
        limits: this.runtime.limits,
        resetRuntime: () => (this.resetWanted = true),
      });
    return {
      output: (output) => this.output(output),
      native: (name, text) => this.native(name, text),
      asked: (question, tag, withdrawn) => desk()(question, tag, withdrawn),
      comm: (message, tag) => this.comms.fromRuntime(message, this.headerOf(tag)),
      event: (event) => this.memory.event(event),
      settled: (record) => this.memory.cells.settle(record),
      forgotten: (names) => this.compiler.forget(names),
      usage: (usage) => this.memory.sampled(usage),
      heapEnded: (at) => this.memory.heapEnded(at),
      died: (report, expected) => this.runtimeDied(report, expected),
    };
  }

  private output(said: Output): void {
    const parent = this.parents.get(said.tag.parentId);
    if (parent === null && said.type === 'lateError') this.options.log.error(`runtime: ${said.error.evalue}`);
    if (parent === null || parent.silent) return;
    const { header } = parent;
    const output = this.limit.admit(said);
    if (output === null) return;
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

  /** Native output names no cell: it counts as that of the one that began last. */
  private native(name: 'stdout' | 'stderr', text: string): void {
    const parent = this.parents.latest();
    if (parent === null) this.options.log.warn(`runtime: ${text.trimEnd()}`);
    else if (!parent.silent) {
      const admitted = this.limit.admitText(parent.header.msg_id, name, text);
      if (admitted !== null) this.broadcast.stream(parent.header, admitted.name, admitted.text);
    }
  }

  private headerOf(tag: CellTag | null): Header | null {
    return tag === null ? null : (this.parents.get(tag.parentId)?.header ?? null);
  }

  private busyChanged(busy: boolean): void {
    this.memory.setBusy(busy);
    if (busy || !this.resetWanted) return;
    this.resetWanted = false;
    this.runtime.kill('reset');
  }

  private runtimeDied(report: ErrorReport, expected: boolean): void {
    if (this.ending) return;
    this.compiler.reset();
    this.comms.runtimeDied();
    this.memory.runtimeDied(report.evalue, expected);
    // With no cell to blame, whoever ran the last one learns that its variables are gone.
    const last = this.parents.latest();
    if (!expected && !this.executor.busy && last !== null) this.broadcast.error(last.header, report);
  }

  private subscribed(topic: Buffer): void {
    this.broadcast.welcome(topic.toString('utf8'));
    this.listen(1);
  }

  private listen(change: 1 | -1): void {
    this.subscribers = Math.max(0, this.subscribers + change);
    this.memory.setListeners(this.subscribers);
  }
}

/** Subscribers choose by the start of the first frame; the welcome goes to those of its topic. */
function topicOf({ header, content }: Message): Buffer {
  const topic = header.msg_type === 'iopub_welcome' ? String(content['subscription']) : header.msg_type;
  return Buffer.from(topic, 'utf8');
}

async function within(ms: number, action: () => Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  await Promise.race([action(), new Promise((resolve) => (timer = setTimeout(resolve, ms)))]);
  clearTimeout(timer);
}
