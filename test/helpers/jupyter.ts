/** A real JupyterLab from `.venv`, with folders of its own, on a free port of this machine. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Page } from 'playwright-core';

const PYTHON = fileURLToPath(
  new URL(process.platform === 'win32' ? '../../.venv/Scripts/python.exe' : '../../.venv/bin/python', import.meta.url),
);
const TOKEN = 'heapmark-tests';
const START_MS = 60_000;
/** A server ends its kernels before itself. */
const STOP_MS = 20_000;
const POLL_MS = 50;

export interface JupyterOptions {
  /** Files below the server's folder, by relative path. */
  files?: Record<string, string>;
  /** Further arguments of JupyterLab. */
  args?: string[];
  env?: Record<string, string>;
}

export class RunningJupyter implements AsyncDisposable {
  constructor(
    private readonly process: ChildProcess,
    /** The server's address, without a slash at the end. */
    readonly url: string,
    /** Its folder, with the notebooks. */
    readonly root: string,
    private readonly home: string,
    private readonly log: () => string,
  ) {}

  readonly token = TOKEN;

  /** All that the server has printed. */
  get output(): string {
    return this.log();
  }

  /** GET or another method on the server's own interface, as JSON. Throws when it is refused. */
  async api(path: string, init: RequestInit = {}): Promise<unknown> {
    const response = await fetch(`${this.url}/api/${path}`, {
      ...init,
      headers: { Authorization: `token ${TOKEN}`, ...(init.headers as Record<string, string> | undefined) },
    });
    if (!response.ok) throw new Error(`${init.method ?? 'GET'} ${path}: ${response.status} ${await response.text()}`);
    return response.status === 204 ? null : response.json();
  }

  /** Opens a file in JupyterLab, in a clean workspace, and waits until it is shown and its kernel is idle. */
  async open(page: Page, path: string): Promise<void> {
    await page.goto(`${this.url}/lab/tree/${encodeURI(path)}?token=${TOKEN}&reset`);
    await page.waitForFunction(() => 'jupyterapp' in globalThis);
    await page.evaluate(() => (globalThis as unknown as LabInPage).jupyterapp.restored);
    await page.locator('.jp-Cell').first().waitFor();
    await page.waitForFunction(() => {
      const { shell } = (globalThis as unknown as LabInPage).jupyterapp;
      return shell.currentWidget?.sessionContext?.session?.kernel?.status === 'idle';
    });
  }

  /** Runs a command of JupyterLab and waits until it has done. */
  async command(page: Page, id: string, args: Record<string, unknown> = {}): Promise<void> {
    await page.evaluate(
      async ({ id, args }) => {
        await (globalThis as unknown as LabInPage).jupyterapp.commands.execute(id, args);
      },
      { id, args },
    );
  }

  /** Ends the kernels, the server and whatever they left behind, and removes the folders. */
  async stop(): Promise<void> {
    try {
      await this.endKernels();
      if (isRunning(this.process)) {
        const ended = once(this.process, 'exit', { signal: AbortSignal.timeout(STOP_MS) });
        this.process.kill('SIGTERM');
        await ended.catch(() => undefined);
      }
    } finally {
      killGroup(this.process);
      for (const folder of [this.root, this.home]) rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
    }
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop();
  }

  private async endKernels(): Promise<void> {
    if (!isRunning(this.process)) return;
    const kernels = (await this.api('kernels')) as { id: string }[];
    await Promise.all(kernels.map(({ id }) => this.api(`kernels/${id}`, { method: 'DELETE' }).catch(() => null)));
  }
}

/** What a test uses of JupyterLab's application inside the page. */
interface LabInPage {
  jupyterapp: {
    restored: Promise<void>;
    commands: { execute(id: string, args?: Record<string, unknown>): Promise<unknown> };
    shell: { currentWidget?: { sessionContext?: { session?: { kernel?: { status: string } } } } };
  };
}

/** Starts a server and waits until it answers. Throws with its output when it ends first. */
export async function startJupyter({ files = {}, args = [], env = {} }: JupyterOptions = {}): Promise<RunningJupyter> {
  const root = mkdtempSync(join(tmpdir(), 'heapmark-notebooks-'));
  const home = mkdtempSync(join(tmpdir(), 'heapmark-jupyter-'));
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), content);
  }
  const port = await freePort();
  const child = spawn(PYTHON, ['-m', 'jupyterlab', ...serverArguments(port, root), ...args], {
    cwd: root,
    detached: process.platform !== 'win32',
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...ownFolders(home), ...env },
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (output += chunk.toString()));
  const jupyter = new RunningJupyter(child, `http://127.0.0.1:${port}`, root, home, () => output);
  try {
    await answered(jupyter, child);
  } catch (cause) {
    await jupyter.stop();
    throw new Error(`JupyterLab did not start. It printed:\n${output}`, { cause });
  }
  return jupyter;
}

function serverArguments(port: number, root: string): string[] {
  return [
    '--no-browser',
    '--allow-root',
    '--ServerApp.ip=127.0.0.1',
    `--ServerApp.port=${port}`,
    '--ServerApp.port_retries=0',
    `--IdentityProvider.token=${TOKEN}`,
    `--ServerApp.root_dir=${root}`,
    '--LabApp.expose_app_in_browser=True',
    '--ServerApp.terminals_enabled=False',
  ];
}

/** Nothing of the person's settings, history or running servers takes part. */
function ownFolders(home: string): Record<string, string> {
  const folders = Object.fromEntries(
    [
      'JUPYTER_CONFIG_DIR',
      'JUPYTER_DATA_DIR',
      'JUPYTER_RUNTIME_DIR',
      'JUPYTERLAB_SETTINGS_DIR',
      'JUPYTERLAB_WORKSPACES_DIR',
      'IPYTHONDIR',
    ].map((name) => [name, join(home, name.toLowerCase())]),
  );
  for (const folder of Object.values(folders)) mkdirSync(folder, { recursive: true });
  return folders;
}

/** The server says nothing when it is ready: it is asked until it answers. */
async function answered(jupyter: RunningJupyter, child: ChildProcess): Promise<void> {
  const deadline = performance.now() + START_MS;
  for (;;) {
    if (!isRunning(child)) throw new Error(`It ended with status ${child.exitCode}.`);
    try {
      await jupyter.api('status');
      return;
    } catch (error) {
      if (performance.now() > deadline) throw error;
    }
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}

function isRunning(child: ChildProcess): boolean {
  return child.exitCode === null && child.signalCode === null;
}

function killGroup(child: ChildProcess): void {
  if (child.pid === undefined) return;
  try {
    process.kill(process.platform === 'win32' ? child.pid : -child.pid, 'SIGKILL');
  } catch {
    // Nothing is left of it.
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
