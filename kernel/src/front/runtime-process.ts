/** One runtime process: its start, its five channels, and its end with everything it started. */
import { spawn, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import type { Duplex, Readable, Writable } from 'node:stream';
import { encodeFrame, FrameDecoder } from '../ipc/frames.js';
import type { FromMonitor, FromRuntime, ToMonitor, ToRuntime } from '../ipc/messages.js';
import { DESCRIPTORS, RUNTIME_FLAGS, SECRET_VARIABLE } from '../ipc/process.js';
import { isMonitorFrame, isRuntimeFrame } from './frame-check.js';
import { HeldWords } from './held-words.js';
import { reasonOf, type Logger } from './log.js';
import { NativeOutput } from './native-output.js';
import { oomKills } from './oom-kills.js';
import { family } from './proc.js';

/** How a runtime ended. */
export interface RuntimeEnd {
  code: number | null;
  signal: NodeJS.Signals | null;
  /** The last of what it wrote to its native standard error: V8 says there why it gave up. */
  lastWords: string;
  /** It was ended because its channels to the front were damaged or closed. */
  brokenChannel: boolean;
  /** Whether the system killed a process of this group meanwhile for want of memory; `null` where it does not tell. */
  outOfMemoryKill: boolean | null;
}

export interface RuntimeEvents {
  frame(message: FromRuntime): void;
  monitor(message: FromMonitor): void;
  native(name: 'stdout' | 'stderr', text: string): void;
  drained(name: 'stdout' | 'stderr', id: number): void;
  /** Comes once, after everything it had sent. */
  ended(end: RuntimeEnd): void;
}

export interface RuntimeCommand {
  /** Node's executable. */
  node: string;
  flags: readonly string[];
  /** The runtime's script and its arguments. */
  script: string;
  env: NodeJS.ProcessEnv;
  cwd: string;
}

/** What Node writes about the monitor's own inspector session. */
const INSPECTOR_NOISE = /^(Waiting for the debugger to disconnect\.\.\.|Debugger (attached|listening on .*)\.?)\n/gm;
/** Signals by which V8 and Node end a process of their own accord. */
const ABORTS: ReadonlySet<NodeJS.Signals> = new Set(['SIGABRT', 'SIGTRAP', 'SIGILL', 'SIGBUS', 'SIGSEGV']);
const LAST_WORDS_CHARACTERS = 8_192;
/** How long, ms, the pipes of a dead process may still deliver; a surviving grandchild can hold them open for ever. */
const PIPES_AFTER_END_MS = 300;
/** A process whose channel ends is given so long, ms, to end as well. */
const CLOSED_MS = 1_000;

export class RuntimeProcess {
  private readonly child: ChildProcess;
  private readonly toRuntime: Writable;
  private readonly monitorChannel: Duplex;
  private readonly sources: Readable[];
  private lastWords = '';
  private readonly held: HeldWords;
  private readonly oomKillsBefore = oomKills();
  private over = false;
  /** Nothing that comes from it can be understood any longer. */
  private broken = false;
  private refused = 0;

  constructor(
    command: RuntimeCommand,
    private readonly events: RuntimeEvents,
    private readonly log: Logger,
  ) {
    const secret = randomBytes(16).toString('hex');
    this.child = spawn(command.node, [...RUNTIME_FLAGS, ...command.flags, command.script], {
      // Its own process group: a signal to the kernel's group does not reach it, and its children can be ended with it.
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe', 'pipe', 'pipe', 'pipe'],
      env: { ...command.env, [SECRET_VARIABLE]: secret },
      cwd: command.cwd,
    });
    const stdio = this.child.stdio as unknown as (Readable & Duplex)[];
    const channel = (descriptor: number) => stdio[descriptor] as Readable & Duplex;
    const frames = channel(DESCRIPTORS.toFront);
    this.toRuntime = channel(DESCRIPTORS.fromFront);
    this.monitorChannel = channel(DESCRIPTORS.monitor);
    this.sources = [frames, channel(DESCRIPTORS.stdout), channel(DESCRIPTORS.stderr)];
    this.readFrames(frames, isRuntimeFrame, (message) => events.frame(message));
    this.readFrames(this.monitorChannel, isMonitorFrame, (message) => events.monitor(message));
    this.held = new HeldWords((text) => events.native('stderr', text));
    this.readNative('stdout', channel(DESCRIPTORS.stdout), secret);
    this.readNative('stderr', channel(DESCRIPTORS.stderr), secret);
    for (const stream of stdio.slice(1)) stream.on('error', (error) => log.debug(`runtime pipe: ${reasonOf(error)}`));
    this.child.on('error', (error) => this.end(null, null, reasonOf(error)));
    this.child.on('exit', (code, signal) => this.end(code, signal, null));
  }

  get pid(): number | null {
    return this.child.pid ?? null;
  }

  send(message: ToRuntime): void {
    if (!this.toRuntime.destroyed) this.toRuntime.write(encodeFrame(message));
  }

  tellMonitor(message: ToMonitor): void {
    if (!this.monitorChannel.destroyed) this.monitorChannel.write(encodeFrame(message));
  }

  /** Stops or resumes reading what the runtime says; it waits in its writes meanwhile. */
  hold(held: boolean): void {
    for (const source of this.sources) {
      if (held) source.pause();
      else source.resume();
    }
  }

  /** Interrupts the children that user code started; the runtime itself lives through a SIGINT. */
  interruptChildren(): void {
    for (const pid of this.children()) signal(pid, 'SIGINT');
    // Where the system does not tell who the children are, the whole group hears it: the runtime lives through it.
    if (process.platform !== 'linux' && this.pid !== null) signal(-this.pid, 'SIGINT');
  }

  /** Ends the children that user code started and that a SIGINT did not end. */
  killChildren(): void {
    for (const pid of this.children()) signal(pid, 'SIGKILL');
  }

  /** Ends the runtime and all that it started, also those in process groups of their own. */
  kill(): void {
    const { pid } = this;
    if (pid === null) return;
    const children = this.children();
    signal(-pid, 'SIGKILL');
    signal(pid, 'SIGKILL');
    for (const child of children) signal(child, 'SIGKILL');
  }

  private children(): number[] {
    return this.pid === null ? [] : family(this.pid);
  }

  /** User code can write to these channels too: what does not fit is left out, and a broken channel ends the process. */
  private readFrames<T>(stream: Readable, fits: (frame: unknown) => frame is T, take: (message: T) => void): void {
    const decoder = new FrameDecoder();
    stream.on('data', (chunk: Buffer) => {
      if (this.broken) return;
      try {
        for (const frame of decoder.push(chunk)) {
          if (fits(frame)) take(frame);
          else this.refuse();
        }
      } catch (error) {
        this.breakOff(`it sent what cannot be read: ${reasonOf(error)}`);
      }
    });
    stream.on('end', () => {
      // A process that ends closes its channels first: only one that lives on has closed this one by itself.
      setTimeout(() => this.breakOff('it closed its channel'), CLOSED_MS).unref();
    });
  }

  private refuse(): void {
    this.refused += 1;
    if (this.refused === 1) this.log.warn('the runtime sent a frame of no known form: it and all like it are left out');
  }

  private breakOff(why: string): void {
    if (this.over || this.broken) return;
    this.broken = true;
    this.log.error(`the runtime is ended: ${why}`);
    this.kill();
  }

  private readNative(name: 'stdout' | 'stderr', stream: Readable, secret: string): void {
    const output = new NativeOutput(
      secret,
      (written) => {
        const text = written.replace(INSPECTOR_NOISE, '');
        if (text === '') return;
        if (name === 'stdout') {
          this.events.native(name, text);
          return;
        }
        this.lastWords = (this.lastWords + text).slice(-LAST_WORDS_CHARACTERS);
        this.held.push(text);
      },
      (id) => {
        // It has come to the end of a cell: it lives.
        if (name === 'stderr') this.held.letGo();
        this.events.drained(name, id);
      },
    );
    stream.on('data', (chunk: Buffer) => output.push(chunk));
    stream.on('end', () => output.end());
  }

  private end(code: number | null, signalName: NodeJS.Signals | null, failure: string | null): void {
    if (this.over) return;
    this.over = true;
    // What it started must not outlive it.
    if (this.pid !== null) signal(-this.pid, 'SIGKILL');
    this.hold(false);
    const ends = this.sources.map((source) =>
      source.readableEnded || source.destroyed
        ? Promise.resolve()
        : new Promise<void>((resolve) => source.once('close', resolve)),
    );
    let timer: NodeJS.Timeout | undefined;
    const bound = new Promise<void>((resolve) => (timer = setTimeout(resolve, PIPES_AFTER_END_MS)));
    void Promise.race([Promise.all(ends), bound]).then(() => {
      clearTimeout(timer);
      for (const stream of [...this.sources, this.toRuntime, this.monitorChannel]) stream.destroy();
      const aborted = signalName !== null && ABORTS.has(signalName);
      if (aborted) this.log.warn(`the runtime aborted: ${this.held.take().trim()}`);
      else this.held.letGo();
      const kills = oomKills();
      this.events.ended({
        code,
        signal: signalName,
        lastWords: failure ?? this.lastWords,
        brokenChannel: this.broken,
        outOfMemoryKill: kills === null || this.oomKillsBefore === null ? null : kills > this.oomKillsBefore,
      });
    });
  }
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch {
    // It is gone already, which is what was wanted.
  }
}
