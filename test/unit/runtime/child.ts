/** A real runtime process with a small front at the other end of its pipes. */
import { spawn, type ChildProcess } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { fileURLToPath } from 'node:url';
import type { Readable, Writable } from 'node:stream';
import { build, type BuildOptions } from 'esbuild';
import type { CompiledCell, DeclarationKind } from '../../../kernel/src/ipc/cell.js';
import { encodeFrame, FrameDecoder } from '../../../kernel/src/ipc/frames.js';
import type { FromMonitor, FromRuntime, RunMessage, ToMonitor, ToRuntime } from '../../../kernel/src/ipc/messages.js';
import { RUNTIME_FLAGS, SECRET_VARIABLE } from '../../../kernel/src/ipc/process.js';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const SECRET = 'c0ffee';

export type Done = Extract<FromRuntime, { type: 'done' }>;
type Of<T extends FromRuntime['type']> = Extract<FromRuntime, { type: T }>;

/** Bundles the runtime as it is shipped, with the fixture's extension in the place of the magics. */
async function bundle(): Promise<string> {
  const folder = `${root}node_modules/.cache/runtime-tests/${process.pid}`;
  mkdirSync(folder, { recursive: true });
  const common: BuildOptions = {
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    external: ['tslab', 'koffi'],
    alias: { '@heapmark/protocol': `${root}kernel/protocol/src/index.ts` },
  };
  const extension = `${root}test/unit/runtime/fixtures/extension.ts`;
  await Promise.all([
    build({
      ...common,
      entryPoints: [`${root}kernel/src/runtime/main.ts`],
      outfile: `${folder}/runtime.mjs`,
      plugins: [
        {
          name: 'extension',
          setup: (plugin) => plugin.onResolve({ filter: /magics\/install\.js$/ }, () => ({ path: extension })),
        },
      ],
    }),
    build({ ...common, entryPoints: [`${root}kernel/src/runtime/monitor.ts`], outfile: `${folder}/monitor.mjs` }),
  ]);
  return `${folder}/runtime.mjs`;
}

let bundled: Promise<string> | null = null;

export interface CellOptions {
  /** Names the code may use as `__hm_name.v`; with their kinds, those it declares. */
  uses?: string[];
  declares?: Record<string, DeclarationKind>;
  run?: Partial<Omit<RunMessage, 'type' | 'cell'>>;
  cell?: Partial<CompiledCell>;
}

export class TestRuntime {
  readonly frames: FromRuntime[] = [];
  readonly fromMonitor: FromMonitor[] = [];
  readonly native = { stdout: '', stderr: '' };
  readonly ended: Promise<{ code: number | null; signal: NodeJS.Signals | null }>;
  /** Answers questions; without it they wait for ever. */
  answer: ((question: Of<'ask'>['question']) => unknown) | null = null;
  private readonly child: ChildProcess;
  private readonly waiting: {
    wanted: (message: FromRuntime | FromMonitor) => boolean;
    resolve: (message: never) => void;
  }[] = [];
  private runs = 0;

  constructor(script: string, cwd: string, environment: NodeJS.ProcessEnv) {
    this.child = spawn(process.execPath, [...RUNTIME_FLAGS, script], {
      cwd,
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe', 'pipe', 'pipe', 'pipe'],
      env: { ...process.env, ...environment, [SECRET_VARIABLE]: SECRET },
    });
    this.ended = new Promise((resolve) => this.child.on('exit', (code, signal) => resolve({ code, signal })));
    const stdio = this.child.stdio as unknown as (Readable & Writable)[];
    const read = (stream: Readable | undefined, take: (message: unknown) => void): void => {
      const decoder = new FrameDecoder();
      stream?.on('data', (chunk: Buffer) => {
        for (const message of decoder.push(chunk)) take(message);
      });
      stream?.on('error', () => undefined);
    };
    read(stdio[4], (message) => this.take(message as FromRuntime));
    read(stdio[3], (message) => {
      this.fromMonitor.push(message as FromMonitor);
      this.tell(message as FromMonitor);
    });
    stdio[5]?.on('error', () => undefined);
    this.child.stdout?.on('data', (chunk: Buffer) => (this.native.stdout += chunk.toString('latin1')));
    this.child.stderr?.on('data', (chunk: Buffer) => (this.native.stderr += chunk.toString('latin1')));
  }

  get pid(): number {
    return this.child.pid as number;
  }

  send(message: ToRuntime): void {
    // The declaration knows five descriptors only.
    (this.child.stdio as unknown as Writable[])[5]?.write(encodeFrame(message));
  }

  sendMonitor(message: ToMonitor): void {
    (this.child.stdio[3] as Writable).write(encodeFrame(message));
  }

  /** The next frame (or message of the monitor) of a type that also satisfies `match`. */
  next<T extends FromRuntime['type']>(type: T, match: (message: Of<T>) => boolean = () => true): Promise<Of<T>> {
    return new Promise((resolve) => {
      this.waiting.push({ wanted: (message) => message.type === type && match(message as Of<T>), resolve });
    });
  }

  nextOfMonitor<T extends FromMonitor['type']>(type: T, id?: number): Promise<Extract<FromMonitor, { type: T }>> {
    return new Promise((resolve) => {
      const wanted = (message: FromRuntime | FromMonitor): boolean =>
        this.fromMonitor.includes(message as FromMonitor) &&
        message.type === type &&
        (id === undefined || (message as { id?: number }).id === id);
      this.waiting.push({ wanted, resolve });
    });
  }

  /** Sends a cell; the code is the body of an async function that knows `$hm`. */
  start(code: string, options: CellOptions = {}): { id: number; done: Promise<Done> } {
    const id = ++this.runs;
    const done = this.next('done', (message) => message.id === id);
    const message: RunMessage = {
      type: 'run',
      id,
      tag: { parentId: `parent-${id}`, cellId: `id-${id}`, executionCount: id },
      startedAt: 1_000 + id,
      cell: compiled(`cell-${id}.ts`, code, options),
      silent: false,
      allowStdin: true,
      userExpressions: {},
      ...options.run,
    };
    this.send(message);
    return { id, done };
  }

  /** Runs a cell to its end. */
  run(code: string, options: CellOptions = {}): Promise<Done> {
    return this.start(code, options).done;
  }

  /** Runs a cell and gives what it printed on standard output. */
  async print(code: string, options: CellOptions = {}): Promise<string> {
    const from = this.frames.length;
    const done = await this.run(code, options);
    if (done.error !== null) throw new Error(`${done.error.ename}: ${done.error.evalue}`);
    return this.text('stdout', from);
  }

  /** The text of a stream since a frame. */
  text(name: 'stdout' | 'stderr', from = 0): string {
    return this.frames
      .slice(from)
      .map((frame) => (frame.type === 'stream' && frame.name === name ? frame.text : ''))
      .join('');
  }

  of<T extends FromRuntime['type']>(type: T): Of<T>[] {
    return this.frames.filter((frame): frame is Of<T> => frame.type === type);
  }

  /** Closes the front's ends, as its death does. */
  abandon(): void {
    for (const stream of this.child.stdio) (stream as Readable | null)?.destroy();
  }

  async stop(): Promise<void> {
    try {
      process.kill(-this.pid, 'SIGKILL');
    } catch {
      // It has ended already.
    }
    await this.ended;
    this.abandon();
  }

  private take(message: FromRuntime): void {
    this.frames.push(message);
    if (message.type === 'ask' && this.answer !== null) void this.reply(message);
    this.tell(message);
  }

  private async reply(ask: Of<'ask'>): Promise<void> {
    try {
      this.send({ type: 'answer', id: ask.id, ok: true, value: await this.answer?.(ask.question) });
    } catch (error) {
      const { name: ename, message: evalue } = error as Error;
      this.send({ type: 'answer', id: ask.id, ok: false, error: { ename, evalue, traceback: [] } });
    }
  }

  private tell(message: FromRuntime | FromMonitor): void {
    for (const waiter of this.waiting.filter(({ wanted }) => wanted(message))) {
      this.waiting.splice(this.waiting.indexOf(waiter), 1);
      waiter.resolve(message as never);
    }
  }
}

/** A cell as the compiler makes it of code that is written in its output's form. */
export function compiled(
  filename: string,
  code: string,
  { uses = [], declares = {}, cell = {} }: CellOptions = {},
): CompiledCell {
  const bindings = [...new Set([...uses, ...Object.keys(declares)])];
  const parameters = ['$hm', ...bindings.map((name) => `__hm_${name}`)].join(', ');
  return {
    filename,
    js: `async function (${parameters}) {${code}\n}`,
    sourceMap: null,
    bindings,
    declares: Object.entries(declares).map(([name, kind]) => ({ name, kind })),
    hasResult: true,
    cellMagic: null,
    moduleName: null,
    ...cell,
  };
}

/** Starts a runtime and waits until it is ready. */
export async function startRuntime(cwd: string = tmpdir(), environment: NodeJS.ProcessEnv = {}): Promise<TestRuntime> {
  bundled ??= bundle();
  const runtime = new TestRuntime(await bundled, cwd, environment);
  await runtime.next('ready');
  return runtime;
}

/** Text without the escapes that colour it. */
export const plain = (text: string): string => text.replace(/\u001b\[[0-9;]*m/g, '');
