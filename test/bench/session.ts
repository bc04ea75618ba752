/** One started kernel: from launch to the end of its last process. */
import { spawn, type ChildProcess } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { KernelClient, type ConnectionFields } from './kernel-client.js';
import { findKernel, UnavailableKernel, type KernelName, type Scratch } from './kernels.js';
import { processTree } from './process-tree.js';

const READY_BOUND_MS = 60_000;
/** Jupyter's client waits as long before it asks again. Milliseconds. */
const ASK_AGAIN_MS = 1_000;
const SHUTDOWN_BOUND_MS = 3_000;
const STDERR_KEPT = 2_000;

export class Session {
  private static readonly live = new Set<Session>();
  private stderr = '';

  private constructor(
    readonly name: KernelName,
    readonly client: KernelClient,
    private readonly child: ChildProcess,
    /** When the process was asked for, by `performance.now()`. Milliseconds. */
    readonly launchedAt: number,
  ) {
    Session.live.add(this);
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.stderr = (this.stderr + text).slice(-STDERR_KEPT);
    });
  }

  /** Starts a kernel. Throws {@link UnavailableKernel} when it cannot be started or ends before it is ready. */
  static async launch(name: KernelName, scratch: Scratch): Promise<{ session: Session; readyMs: number }> {
    const kernel = findKernel(name, scratch);
    const fields = await connectionFields(name);
    const path = join(scratch.path, `${randomUUID()}.json`);
    writeFileSync(path, JSON.stringify(fields), { mode: 0o600 });
    const args = kernel.arguments(path);

    const launchedAt = performance.now();
    const child = spawn(kernel.command, args, {
      stdio: ['ignore', 'ignore', 'pipe'],
      cwd: scratch.notebooks,
      env: { ...process.env, ...kernel.environment },
    });
    const session = new Session(name, new KernelClient(fields), child, launchedAt);
    const ended = Promise.race([
      once(child, 'exit').then(([code, signal]) => `It ended (${String(code ?? signal)}) before it was ready.`),
      once(child, 'error').then(([error]) => `It could not be started: ${String(error)}`),
    ]);
    const bound = new AbortController();
    const outcome = await Promise.race([
      session.answered(bound.signal).then(() => null),
      ended,
      delay(READY_BOUND_MS, `It was not ready within ${READY_BOUND_MS} ms.`, { signal: bound.signal }),
    ]);
    const readyMs = performance.now() - launchedAt;
    bound.abort();
    if (outcome !== null) {
      await session.end();
      throw new UnavailableKernel(name, [outcome, session.stderr.trim()].join(' ').trim());
    }
    return { session, readyMs };
  }

  /** Asks until there is an answer, as Jupyter's client does: what came while a socket was being bound may be lost. */
  private async answered(signal: AbortSignal): Promise<void> {
    let answer: Promise<unknown> | null = null;
    while (!signal.aborted) {
      const asked = this.client.request('kernel_info_request', {});
      answer = answer === null ? asked : Promise.race([answer, asked]);
      const came = await Promise.race([answer.then(() => true), delay(ASK_AGAIN_MS, false)]);
      if (came) return;
    }
  }

  get pid(): number {
    return this.child.pid ?? 0;
  }

  /** Ends whatever is running: nothing may outlive a bench that was interrupted. */
  static async endAll(): Promise<void> {
    await Promise.all([...Session.live].map((session) => session.end()));
  }

  /** Asks the kernel to shut down, then makes sure that no process of it is left. */
  async end(): Promise<void> {
    if (!Session.live.delete(this)) return;
    const tree = this.pid === 0 ? [] : processTree(this.pid);
    if (this.pid !== 0 && this.child.exitCode === null && this.child.signalCode === null) {
      const exited = once(this.child, 'exit');
      const bound = new AbortController();
      void this.client.request('shutdown_request', { restart: false }, 'control');
      await Promise.race([exited, delay(SHUTDOWN_BOUND_MS, undefined, { signal: bound.signal })]);
      bound.abort();
    }
    for (const pid of tree) endProcess(pid);
    this.client.close();
  }
}

function endProcess(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It has ended by itself, which is what was wanted.
  }
}

async function connectionFields(name: KernelName): Promise<ConnectionFields> {
  const [shell, iopub, stdin, control, hb] = await freePorts();
  return {
    ip: '127.0.0.1',
    transport: 'tcp',
    key: randomUUID(),
    signature_scheme: 'hmac-sha256',
    kernel_name: name,
    shell_port: shell,
    iopub_port: iopub,
    stdin_port: stdin,
    control_port: control,
    hb_port: hb,
  };
}

/** Five free ports. They are held together, so that they differ. */
async function freePorts(): Promise<[number, number, number, number, number]> {
  const hold = async (): Promise<{ port: number; release: () => void }> => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    return { port: (server.address() as AddressInfo).port, release: () => server.close() };
  };
  const held = await Promise.all([hold(), hold(), hold(), hold(), hold()]);
  for (const { release } of held) release();
  const [a, b, c, d, e] = held;
  return [a.port, b.port, c.port, d.port, e.port];
}
