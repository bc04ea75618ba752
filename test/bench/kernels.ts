/** The kernels that are compared, and how each is started. */
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execFileSync } from 'node:child_process';
import { NODE_OPTIONS } from '../../kernel/src/front/kernelspec.js';

export const KERNEL_NAMES = ['heapmark', 'tslab', 'deno'] as const;
export type KernelName = (typeof KERNEL_NAMES)[number];

export interface KernelLaunch {
  name: KernelName;
  command: string;
  /** Arguments for a connection file at `path`. */
  arguments(path: string): string[];
  environment: Record<string, string>;
}

/** A kernel that cannot be measured; the message says why, in a line. */
export class UnavailableKernel extends Error {
  readonly code = 'KERNEL_UNAVAILABLE';
  constructor(
    readonly kernel: KernelName,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.name = 'UnavailableKernel';
  }
}

const BENCH = fileURLToPath(new URL('.', import.meta.url));
const PEERS = join(BENCH, 'node_modules');
const MAIN = fileURLToPath(new URL('../../kernel/dist/main.mjs', import.meta.url));

/** Installs the peers from their own lockfile when they are absent. Throws with npm's output when that fails. */
export function installPeers(): void {
  if (existsSync(join(PEERS, 'tslab')) && existsSync(join(PEERS, 'deno'))) return;
  execFileSync('npm', ['ci', '--no-audit', '--no-fund'], {
    cwd: BENCH,
    stdio: ['ignore', 'ignore', 'pipe'],
    shell: process.platform === 'win32',
  });
}

/** How to start a kernel. Throws {@link UnavailableKernel} when it is not installed or not built. */
export function findKernel(name: KernelName, scratch: Scratch): KernelLaunch {
  switch (name) {
    case 'heapmark':
      return {
        name,
        command: process.execPath,
        // As its kernelspec starts it.
        arguments: (path) => [...NODE_OPTIONS, present(name, MAIN, 'run npm run build'), 'kernel', path],
        // A history and caches of its own: the person's stay as they are.
        environment: {
          HEAPMARK_STATE_DIR: join(scratch.path, 'heapmark-state'),
          HEAPMARK_CACHE_DIR: join(scratch.path, 'heapmark-cache'),
        },
      };
    case 'tslab':
      return {
        name,
        command: process.execPath,
        arguments: (path) => [
          present(name, join(PEERS, 'tslab', 'bin', 'tslab'), 'its installation failed'),
          'kernel',
          '--config-path',
          path,
        ],
        environment: {},
      };
    case 'deno':
      return {
        name,
        command: denoBinary(),
        arguments: (path) => ['jupyter', '--kernel', '--conn', path],
        // Its caches start empty and stay out of the person's own; it must not look for updates while it is timed.
        environment: { DENO_DIR: join(scratch.path, 'deno'), DENO_NO_UPDATE_CHECK: '1', NO_COLOR: '1' },
      };
  }
}

/** A folder for connection files, caches and the notebook, removed at the end. */
export class Scratch {
  readonly path = mkdtempSync(join(tmpdir(), 'heapmark-bench-'));
  /** Where the kernels run. It has Node's types, as a person's project has: tslab finds them nowhere else. */
  readonly notebooks = join(this.path, 'notebooks');

  constructor() {
    mkdirSync(this.notebooks);
    symlinkSync(PEERS, join(this.notebooks, 'node_modules'), 'junction');
  }

  [Symbol.dispose](): void {
    rmSync(this.path, { recursive: true, force: true });
  }
}

function present(kernel: KernelName, path: string, remedy: string): string {
  if (!existsSync(path)) throw new UnavailableKernel(kernel, `${path} is not there: ${remedy}.`);
  return path;
}

/** Deno itself, not its Node wrapper, which would add a Node process to its time and memory. */
function denoBinary(): string {
  const binary = process.platform === 'win32' ? 'deno.exe' : 'deno';
  const platforms = join(PEERS, '@deno');
  const folders = existsSync(platforms) ? readdirSync(platforms).map((folder) => join(platforms, folder)) : [];
  const found = folders.map((folder) => join(folder, binary)).find((path) => existsSync(path));
  if (found === undefined) throw new UnavailableKernel('deno', 'No binary of Deno for this platform was installed.');
  return found;
}
