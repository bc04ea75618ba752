/** Starts the built kernel as Jupyter does, and stops it whatever happened. */
import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { curveKeyPair } from 'zeromq';
import { NODE_OPTIONS } from '../../kernel/src/front/kernelspec.js';
import { WireClient, type ConnectionInfo } from './wire-client.js';

export const KERNEL_MAIN =
  process.env['HEAPMARK_TEST_MAIN'] ?? fileURLToPath(new URL('../../kernel/dist/main.mjs', import.meta.url));

export interface KernelOptions {
  transport?: 'tcp' | 'ipc';
  key?: string;
  encrypted?: boolean;
  env?: Record<string, string>;
  args?: string[];
  /** Folder the kernel starts in; its own temporary one by default. */
  cwd?: string;
  /** Script to start, when it is not the one that was built. */
  main?: string;
  /** Longest wait of its clients for anything, ms. */
  patienceMs?: number;
}

export class RunningKernel {
  private readonly clients: WireClient[] = [];
  private errors = '';
  readonly exited: Promise<{ code: number | null; signal: NodeJS.Signals | null }>;

  constructor(
    readonly process: ChildProcess,
    readonly info: ConnectionInfo,
    readonly folder: string,
    private readonly patienceMs?: number,
  ) {
    this.process.stderr?.on('data', (chunk: Buffer) => (this.errors += chunk.toString('utf8')));
    this.exited = new Promise((resolve) => this.process.on('exit', (code, signal) => resolve({ code, signal })));
  }

  get pid(): number {
    return this.process.pid as number;
  }

  /** What the kernel has logged. */
  get log(): string {
    return this.errors;
  }

  /** A new client, subscribed, of a kernel that answers. */
  async connect(): Promise<WireClient> {
    const client = this.client();
    await client.ready();
    return client;
  }

  /** A new client that has said nothing yet. */
  client(): WireClient {
    const client = new WireClient(this.info, this.patienceMs);
    this.clients.push(client);
    return client;
  }

  /** What was wrong with any message that any client saw. */
  get faults(): Error[] {
    return this.clients.flatMap((client) => client.faults);
  }

  /** Ends the kernel. */
  async stop(): Promise<void> {
    for (const client of this.clients) client.close();
    if (this.process.exitCode === null && this.process.signalCode === null) this.process.kill('SIGTERM');
    const timer = setTimeout(() => this.process.kill('SIGKILL'), 5_000);
    await this.exited;
    clearTimeout(timer);
    rmSync(this.folder, { recursive: true, force: true });
  }
}

export async function startKernel(options: KernelOptions = {}): Promise<RunningKernel> {
  const folder = mkdtempSync(join(tmpdir(), 'heapmark-'));
  const info = await connectionInfo(options, folder);
  const file = join(folder, 'connection.json');
  writeFileSync(file, JSON.stringify(info));
  const child = spawn(
    process.execPath,
    [...NODE_OPTIONS, options.main ?? KERNEL_MAIN, 'kernel', file, ...(options.args ?? [])],
    {
      cwd: options.cwd ?? folder,
      // With the parent's mark, as from a server: a test run that is killed leaves no kernel behind.
      env: {
        ...process.env,
        JPY_PARENT_PID: String(process.pid),
        HEAPMARK_STATE_DIR: join(folder, 'state'),
        ...options.env,
      },
      stdio: ['ignore', 'ignore', 'pipe'],
    },
  );
  return new RunningKernel(child, info, folder, options.patienceMs);
}

async function connectionInfo(
  { transport = 'tcp', key = 'a-key', encrypted }: KernelOptions,
  folder: string,
): Promise<ConnectionInfo> {
  const ports = transport === 'tcp' ? await freePorts(5) : [1, 2, 3, 4, 5];
  const [shell, iopub, stdin, control, hb] = ports as [number, number, number, number, number];
  const info: ConnectionInfo = {
    transport,
    ip: transport === 'tcp' ? '127.0.0.1' : join(folder, 'ipc'),
    shell_port: shell,
    iopub_port: iopub,
    stdin_port: stdin,
    control_port: control,
    hb_port: hb,
    key,
    signature_scheme: 'hmac-sha256',
  };
  if (encrypted !== true) return info;
  const keys = curveKeyPair();
  return { ...info, curve_publickey: keys.publicKey, curve_secretkey: keys.secretKey };
}

async function freePorts(count: number): Promise<number[]> {
  const servers = Array.from({ length: count }, () => createServer());
  const ports = await Promise.all(
    servers.map(
      (server) =>
        new Promise<number>((resolve, reject) => {
          server.on('error', reject);
          server.listen(0, '127.0.0.1', () => resolve((server.address() as { port: number }).port));
        }),
    ),
  );
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports;
}
